"""Events go out signed and at least once; calls come in signed, by schema and once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Actor
from sextant.foundation.catalogs import load_catalogs
from sextant.foundation.events import registry
from sextant.foundation.events.actions import publish, tell_waiting
from sextant.foundation.events.contracts import EventSpec
from sextant.foundation.events.models import Event
from sextant.foundation.outbound.tests.stub import Asked, web_stub
from sextant.foundation.secrets import unseal
from sextant.foundation.webhooks.actions import sending
from sextant.foundation.webhooks.actions.endpoints import create_endpoint, rotate_secret
from sextant.foundation.webhooks.actions.queueing import list_waiting_endpoints, replay, replay_span
from sextant.foundation.webhooks.actions.sending import send_waiting
from sextant.foundation.webhooks.actions.triggers import create_trigger
from sextant.foundation.webhooks.contracts import EndpointTerms, TriggerTerms
from sextant.foundation.webhooks.models import Endpoint, Receipt, Sending, Trigger
from sextant.foundation.webhooks.signing import headers_for, is_signed

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def inside(settings, monkeypatch) -> None:
    load_catalogs()  # before the registry is replaced: what registers meanwhile would be lost for every later test
    settings.SEXTANT_OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    known = EventSpec("test.red", "红灯", ("goal_id",))
    monkeypatch.setattr(registry, "_EVENTS", {**registry._EVENTS, known.code: known})


def make_endpoint(url: str, *, name: str = "BI", **terms: Any) -> tuple[int, str]:
    return create_endpoint(EndpointTerms(name, url, **terms), actor=SYSTEM, now=NOON)


def turn_red(goal_id: int, *, now: datetime = NOON) -> None:
    publish("test.red", subject=("goal", goal_id), params={"goal_id": goal_id}, now=now, actor=SYSTEM)
    tell_waiting(now=now)


def taken(_: Asked) -> tuple[int, bytes]:
    return 204, b""


def check(secret: str, asked: Asked) -> bool:
    stamp = int(asked.headers["webhook-timestamp"])
    given, message_id = asked.headers["webhook-signature"], asked.headers["webhook-id"]
    return is_signed(secret, given, message_id=message_id, timestamp=stamp, body=asked.body)


def test_an_endpoint_gets_what_it_wants_once_and_signed_under_both_secrets_during_a_change(db) -> None:
    with web_stub(taken) as stub:
        every, old = make_endpoint(f"{stub.url}/all")
        some, secret = make_endpoint(f"{stub.url}/some", name="ERP", codes=("test.red",), only={"goal_id": ["7", "8"]})
        for goal_id in (6, 7):
            turn_red(goal_id)
        tell_waiting(now=NOON)
        new = rotate_secret(every, keep_old=True, actor=SYSTEM, now=NOON)
        assert send_waiting(every, now=NOON) is False
        send_waiting(some, now=NOON)
        send_waiting(some, now=NOON)
    assert [one.path for one in stub.asked] == ["/all", "/all", "/some"]
    assert check(old, stub.asked[0]) and check(new, stub.asked[0]) and not check(secret, stub.asked[0])
    body = json.loads(stub.asked[2].body)
    assert (body["type"], body["timestamp"]) == ("test.red", "2026-11-20T04:00:00Z")
    assert body["data"]["goal_id"] == 7 and check(secret, stub.asked[2])
    assert unseal(bytes(Endpoint.objects.get(pk=some).secret)) == secret


def test_a_receiver_that_hangs_is_left_alone_for_longer_each_time_and_switched_off_in_the_end(db, monkeypatch) -> None:
    monkeypatch.setattr(sending, "CALL_SECONDS", 0.1)
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(sending, "send_notice", lambda code, **said: told.append({"code": code, **said}))
    with web_stub(taken, hangs=True) as stub:
        endpoint_id, _ = make_endpoint(stub.url)
        Endpoint.objects.update(owner_person_id=5)
        for goal_id in range(30):
            turn_red(goal_id)
        assert send_waiting(endpoint_id, now=NOON) is False
        assert len(stub.asked) == 1, "the others wait with the one that failed"
        states = Sending.objects.order_by("id").values_list("state", "attempts", "problem")
        assert list(states)[:2] == [("waiting", 1, "silent"), ("waiting", 0, "")]
        assert list_waiting_endpoints(now=NOON + 4 * SECOND) == []
        assert list_waiting_endpoints(now=NOON + 6 * SECOND) == [endpoint_id]
        send_waiting(endpoint_id, now=NOON + 6 * SECOND)
        assert Endpoint.objects.get().paused_until == NOON + 36 * SECOND
        send_waiting(endpoint_id, now=NOON + timedelta(days=5))
        endpoint = Endpoint.objects.get()
        assert (endpoint.is_active, len(told)) == (False, 1) and told[0]["person_ids"] == [5]
        assert send_waiting(endpoint_id, now=NOON + timedelta(days=6)) is False
    assert len(stub.asked) == 3


def test_a_message_nobody_takes_is_given_up_and_can_be_replayed_alone_or_by_span(db) -> None:
    answers = iter([(500, b"no")] * 10)
    with web_stub(lambda asked: next(answers, (200, b""))) as stub:
        endpoint_id, _ = make_endpoint(stub.url)
        turn_red(1)
        now = NOON
        for _ in range(10):
            Endpoint.objects.update(failing_since=None)
            send_waiting(endpoint_id, now=now)
            now += timedelta(hours=25)
        [row] = Sending.objects.all()
        assert (row.state, row.attempts, row.status, row.excerpt) == ("dead", 10, 500, "no")
        assert replay(endpoint_id, [row.pk], actor=SYSTEM, now=now) == 1
        send_waiting(endpoint_id, now=now)
        assert Sending.objects.get().state == "done"
        assert len({one.headers["webhook-id"] for one in stub.asked}) == 1, "the same message, however often"
        Endpoint.objects.update(is_active=False)
        turn_red(2, now=NOON + SECOND)
        assert Sending.objects.count() == 1
        Endpoint.objects.update(is_active=True)
        assert replay_span(endpoint_id, since=NOON + SECOND, until=NOON + 2 * SECOND, actor=SYSTEM, now=now) == 1
        assert replay_span(endpoint_id, since=NOON, until=NOON + 2 * SECOND, actor=SYSTEM, now=now) == 2
        send_waiting(endpoint_id, now=now)
    assert set(Sending.objects.values_list("state", flat=True)) == {"done"}


def test_a_receiver_that_says_it_is_gone_is_switched_off_and_one_inside_is_never_called(db, settings) -> None:
    with web_stub(lambda _: (410, b"")) as stub:
        gone, _ = make_endpoint(stub.url)
        turn_red(1)
        send_waiting(gone, now=NOON)
        assert Endpoint.objects.get().is_active is False
        settings.SEXTANT_OUTBOUND_HOSTS = frozenset()
        inside, _ = make_endpoint(stub.url, name="inside")
        turn_red(2)
        send_waiting(inside, now=NOON)
    assert Sending.objects.get(endpoint_id=inside).problem == "host_private"
    assert len(stub.asked) == 1


def test_a_dead_workers_messages_go_out_again(db) -> None:
    with web_stub(taken) as stub:
        endpoint_id, _ = make_endpoint(stub.url)
        turn_red(1)
        Sending.objects.update(state="sending", claimed_until=NOON + timedelta(minutes=5))
        assert list_waiting_endpoints(now=NOON) == []
        assert list_waiting_endpoints(now=NOON + timedelta(minutes=6)) == [endpoint_id]
        send_waiting(endpoint_id, now=NOON + timedelta(minutes=6))
    assert len(stub.asked) == 1


SCHEMA = {"type": "object", "properties": {"amount": {"type": "number", "minimum": 0}}, "required": ["amount"]}


def test_a_signed_call_becomes_an_event_once_and_others_are_refused(client: Client, db, monkeypatch) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOON.isoformat())
    trigger_id, secret = create_trigger(TriggerTerms("CRM", SCHEMA), actor=SYSTEM, now=NOON)
    address = reverse("webhooks:receive", kwargs={"key": Trigger.objects.get(pk=trigger_id).key})

    def call(body: bytes, *, message_id: str = "m1", key: str = secret, at: datetime = NOON, url: str = address) -> int:
        headers = headers_for([key], message_id=message_id, timestamp=int(at.timestamp()), body=body)
        return client.post(url, body, content_type="application/json", headers=headers).status_code

    good = b'{"amount": 3}'
    assert call(good) == 202
    assert call(good) == 200, "the same id again changes nothing"
    assert call(good, message_id="m2", key="whsec_" + "A" * 44) == 401
    assert call(good, message_id="m2", at=NOON - timedelta(minutes=6)) == 401
    assert call(good, url=reverse("webhooks:receive", kwargs={"key": "x" * 24})) == 404
    assert call(b'{"amount": -1}', message_id="m2") == 400
    assert call(b"{", message_id="m2") == 400
    assert call(b" " * 300_000, message_id="m2") == 413
    assert client.get(address).status_code == 405
    [event] = Event.objects.filter(code="webhook.received")
    assert event.params["payload"] == {"amount": 3} and event.subject_id == trigger_id
    problems = list(Receipt.objects.order_by("id").values_list("status", "problem", "detail"))
    assert problems[1] == (400, "schema", "$.amount: -1 is less than the minimum of 0")
    assert len(problems) == 3, "who cannot sign fills no log"
    Trigger.objects.update(schema={"$ref": "http://127.0.0.1:1/schema.json"})
    assert call(good, message_id="m3") == 400, "nothing is fetched for a schema"
    Trigger.objects.update(is_active=False)
    assert call(good, message_id="m4") == 404
