"""Events reach each subscriber once, in order, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.foundation.audit.actions import record
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.catalogs import load_catalogs
from sextant.foundation.events import registry
from sextant.foundation.events.actions import publish, tell_again, tell_waiting
from sextant.foundation.events.contracts import EventRow, EventSpec, EventUnknown, Subscription
from sextant.foundation.events.models import Event, Telling

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
SUBSCRIPTIONS = (
    Subscription("test.first", f"{__name__}.hear", frozenset({"test.done"})),
    Subscription("test.second", f"{__name__}.hear_badly"),
)


def hear(event: EventRow, *, now: datetime) -> None:
    """Writes down what it heard."""
    record("heard", actor=SYSTEM, now=now, object_kind=event.subject[0], object_id=event.params["number"])


def hear_badly(event: EventRow, *, now: datetime) -> None:
    """Writes, and fails for the subject 13."""
    record("misheard", actor=SYSTEM, now=now, object_kind=event.subject[0], object_id=event.params["number"])
    if event.subject[1] == 13:
        raise RuntimeError("thirteen")


@pytest.fixture(autouse=True)
def events(settings, monkeypatch) -> None:
    load_catalogs()  # before the registry is replaced: what registers meanwhile would be lost for every later test
    settings.SEXTANT_SUBSCRIPTIONS = f"{__name__}.SUBSCRIPTIONS"
    known = {code: EventSpec(code, code, ("number",)) for code in ("test.done", "test.other")}
    monkeypatch.setattr(registry, "_EVENTS", {**registry._EVENTS, **known})


def say(number: int, *, subject_id: int = 1, code: str = "test.done") -> None:
    publish(code, subject=("test", subject_id), params={"number": number}, now=NOON, actor=SYSTEM)


def heard(verb: str = "heard") -> list[str]:
    return list(AuditEntry.objects.filter(verb=verb).order_by("id").values_list("object_id", flat=True))


def test_what_was_published_is_told_once_to_whom_it_concerns(db) -> None:
    say(1)
    say(2, code="test.other")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        say(3)
        raise ZeroDivisionError
    tell_waiting(now=NOON)
    tell_waiting(now=NOON)
    assert heard() == ["1"]
    assert heard("misheard") == ["1", "2"]
    with pytest.raises(EventUnknown):
        publish("test.done", subject=("test", 1), params={"numbr": 1}, now=NOON, actor=SYSTEM)
    with pytest.raises(EventUnknown):
        publish("test.dnoe", subject=("test", 1), params={}, now=NOON, actor=SYSTEM)


def test_a_handler_that_fails_leaves_nothing_holds_its_subject_and_is_given_up(db) -> None:
    say(1, subject_id=13)
    say(2, subject_id=13)
    say(3, subject_id=7)
    assert tell_waiting(now=NOON) == 5, "three of the first, the failure, and another subject of the second"
    assert heard() == ["1", "3", "2"] or heard() == ["1", "2", "3"]
    assert heard("misheard") == ["3"]
    first = Telling.objects.get(subscriber="test.second", event__params__number=1)
    assert (first.attempts, first.due_at, first.problem) == (1, NOON + timedelta(seconds=5), "RuntimeError: thirteen")
    assert tell_waiting(now=NOON + timedelta(seconds=4)) == 0, "what is behind the failure waits with it"
    now = NOON
    for _ in range(20):
        now += timedelta(hours=4)
        tell_waiting(now=now)
    assert set(Telling.objects.filter(subscriber="test.second").values_list("state", flat=True)) == {"dead", "told"}
    dead = list(Telling.objects.filter(state="dead").values_list("id", flat=True))
    Event.objects.filter(subject_id=13).update(subject_id=14)
    assert tell_again(dead, actor=SYSTEM, now=now) == 2
    tell_waiting(now=now)
    assert heard("misheard") == ["3", "1", "2"]


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_nothing_twice() -> None:
    for number in range(60):
        say(number, subject_id=number % 5)

    def work(_: int) -> int:
        try:
            return tell_waiting(now=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    tell_waiting(now=NOON)
    assert sorted(heard(), key=int) == [str(number) for number in range(60)]
    for subject in range(5):
        assert [int(one) for one in heard() if int(one) % 5 == subject] == list(range(subject, 60, 5))


def test_what_was_given_up_is_listed_with_its_reason_and_told_again(client, db, django_assert_max_num_queries) -> None:
    for number in range(3):
        say(number, subject_id=13)
    moment = NOON
    while Telling.objects.filter(state="waiting").exists():
        tell_waiting(now=moment)
        moment += timedelta(hours=5)
    user = User.objects.create(username="it", name="it", password="!", created_at=NOON)
    RoleGrant.objects.create(user=user, role=Role.ADMIN, granted_at=NOON)
    client.force_login(user)
    with django_assert_max_num_queries(15):
        page = client.get("/events/").content.decode()
    assert page.count("RuntimeError: thirteen") == 3 and "test.second" in page and "全部重新处理" in page
    first = Telling.objects.filter(state="dead").order_by("id").first()
    assert first is not None
    client.post("/events/again/", {"telling": first.pk})
    assert Telling.objects.filter(state="waiting").count() == 1
    assert "再试" in client.get("/events/?state=waiting").content.decode()
    client.post("/events/again/", {"all": "1"})
    assert Telling.objects.filter(state="waiting").count() == 3
    assert "事件都处理好了" in client.get("/events/").content.decode()
