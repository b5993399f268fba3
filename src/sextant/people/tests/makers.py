"""Makers of persons, units, posts and lines for tests: every field has a value, name only what the test is about."""

from datetime import date
from itertools import count
from typing import Any

from sextant.foundation.accounts.models import User
from sextant.people.contracts import LineKind
from sextant.people.models import Person, Post, ReportingLine, Unit
from sextant.people.pinyin import sort_key

LONG_AGO = date(2015, 1, 1)
"""Where posts and lines of made people start, unless a test says otherwise."""

_serial = count(1)


def make_unit(name: str = "销售中心", parent: Unit | None = None, **changes: Any) -> Unit:
    """A unit under `parent`, with its path."""
    fields = {"code": f"U{next(_serial):05}", **changes}
    unit = Unit.objects.create(name=name, parent=parent, path="0", **fields)
    unit.path = f"{parent.path}.{unit.pk}" if parent else str(unit.pk)
    unit.save(update_fields=["path"])
    return unit


def make_person(
    name: str = "张伟",
    unit: Unit | None = None,
    manager: Person | None = None,
    user: User | None = None,
    *,
    title: str = "专员",
    is_head: bool = False,
    since: date = LONG_AGO,
    **changes: Any,
) -> Person:
    """A person; with `unit` they hold a primary post there since `since`, with `manager` a solid line."""
    fields: dict[str, Any] = {
        "number": f"P{next(_serial):05}",
        "name_sort": sort_key(name),
        "hired_on": since,
        **changes,
    }
    person = Person.objects.create(name=name, user=user, **fields)
    if unit is not None:
        make_post(person, unit, title=title, is_head=is_head, valid_from=since)
    if manager is not None:
        make_line(person, manager, valid_from=since)
    return person


def make_post(person: Person, unit: Unit, *, valid_from: date = LONG_AGO, **changes: Any) -> Post:
    """A post of `person` in `unit`; open-ended and primary unless changed."""
    return Post.objects.create(person=person, unit=unit, valid_from=valid_from, **changes)


def make_line(
    person: Person,
    manager: Person,
    kind: LineKind = LineKind.SOLID,
    *,
    valid_from: date = LONG_AGO,
    **changes: Any,
) -> ReportingLine:
    """A reporting line from `person` up to `manager`."""
    return ReportingLine.objects.create(person=person, manager=manager, kind=kind, valid_from=valid_from, **changes)
