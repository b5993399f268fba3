"""Work that waits: opened once, closed by whoever did it, first due first, a deputy for the absent."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sextant.lowcode import registry_work
from sextant.lowcode.actions.work import close_work, open_work
from sextant.lowcode.contracts.work import WorkGroup
from sextant.lowcode.models import Deputy, WorkItem
from sextant.lowcode.queries.work import (
    count_copies,
    count_open,
    count_open_by_kind,
    find_open,
    list_copies,
    list_done,
    list_open,
)
from sextant.lowcode.registry_work import WorkSpec, register_work

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ONE, TWO, THREE = 101, 102, 103


@pytest.fixture
def kinds(monkeypatch):
    """Two kinds for the length of a test: one for the person alone, one that a deputy may do."""
    monkeypatch.setattr(registry_work, "_SPECS", dict(registry_work.list_work()))
    register_work(WorkSpec(kind="test.sign", name="签署", title="签署%(title)s", verb="签署"))
    register_work(
        WorkSpec(kind="test.fill", name="填写", title="%(title)s", verb="填写", group=WorkGroup.FILL, may_pass_on=True)
    )


def ask(kind="test.sign", persons=(ONE,), subject=("test.plan", 7), due=None, **more):
    return open_work(
        kind, person_ids=persons, subject=subject, params={"title": "一"}, path="/x/", due_at=due, now=NOW, **more
    )


@pytest.mark.django_db
def test_work_is_open_once_counted_and_closed_for_who_did_it(kinds, django_assert_num_queries):
    later, sooner = NOW + timedelta(days=3), NOW + timedelta(days=1)
    assert ask(persons=[ONE, TWO], due=later) == 2
    assert ask(persons=[ONE, TWO, THREE], due=later) == 1
    ask(subject=("test.plan", 8), due=sooner)
    ask(subject=("test.plan", 9))
    assert [row.subject[1] for row in list_open(ONE)] == [8, 7, 9]
    with django_assert_num_queries(1):
        assert count_open(ONE) == 3
    assert count_open_by_kind(ONE) == {"test.sign": 3}
    assert find_open(("test.plan", 7), kind="test.sign", person_id=THREE) is not None

    assert close_work("test.sign", subject=("test.plan", 7), now=NOW, person_ids=[TWO]) == 1
    assert close_work("test.sign", subject=("test.plan", 7), now=NOW, outcome="void") == 2
    assert close_work("test.sign", subject=("test.plan", 7), now=NOW) == 0
    assert [len(list_done(person)) for person in (ONE, TWO, THREE)] == [0, 1, 0]
    assert ask(persons=[TWO]) == 1  # what is asked again is open again
    with pytest.raises(KeyError):
        ask(kind="test.nobody_knows")


@pytest.mark.django_db
def test_a_deputy_gets_what_may_be_passed_on_and_copies_are_counted_apart(kinds):
    day = date(2026, 11, 23)
    Deputy.objects.create(person_id=ONE, deputy_id=TWO, from_on=day, until_on=day + timedelta(days=2), made_at=NOW)
    assert ask(kind="test.fill") == 1 and ask(kind="test.sign") == 1
    assert [(row.kind, row.owner_id) for row in list_open(TWO)] == [("test.fill", ONE)]
    assert [(row.kind, row.owner_id) for row in list_open(ONE)] == [("test.sign", None)]
    assert len(list_open(TWO, passed_on=True)) == 1 and list_open(TWO, kinds=["test.sign"]) == []
    WorkItem.objects.filter(person_id=ONE).update(is_information=True)
    assert (count_open(ONE), count_copies(ONE), len(list_copies(ONE))) == (0, 1, 1)
