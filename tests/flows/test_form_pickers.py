"""Persons, units and goals in answers: found by what the writer knows, named to who may know them."""

from datetime import UTC, date, datetime

import pytest

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import Actor, Role
from sextant.goals.tests.makers import make_goal
from sextant.lowcode.registry_pickers import find_picker
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.mark.django_db
def test_answers_name_what_their_writer_may_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    unit = make_unit(name="苏南组")
    own, other = make_person(name="何书瑶", unit=unit), make_person(name="周予安", unit=make_unit(name="浙北组"))
    make_person(name="重名", unit=unit), make_person(name="重名", unit=unit)
    actor = Actor(None, own.pk, frozenset({Role.EMPLOYEE}), own.name)
    persons, units, goals = (find_picker(kind) for kind in (FieldKind.PERSON, FieldKind.UNIT, FieldKind.GOAL))
    assert persons is not None and units is not None and goals is not None
    assert persons.find(other.number, actor=actor, on=TODAY) == other.pk
    assert persons.find("周予安", actor=actor, on=TODAY) == other.pk
    assert persons.find("重名", actor=actor, on=TODAY) is None
    Person.objects.filter(pk=other.pk).update(left_on=TODAY)
    assert persons.find("周予安", actor=actor, on=TODAY) is None
    assert units.find("苏南组", actor=actor, on=TODAY) == units.find(unit.code, actor=actor, on=TODAY) == unit.pk
    mine, theirs = make_goal(owner=own, metric=make_metric()), make_goal(owner=other, metric=make_metric())
    assert goals.find(mine.code, actor=actor, on=TODAY) == mine.pk
    assert goals.find(theirs.code, actor=actor, on=TODAY) is None
    assert goals.names([mine.pk, theirs.pk], actor=actor) == {mine.pk: mine.title}
