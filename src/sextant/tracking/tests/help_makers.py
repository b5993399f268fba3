"""Makers of packs and what belongs to them, for tests: every field has a value."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sextant.goals.models import Goal
from sextant.people.models import Person
from sextant.tracking.models import HelpAct, HelpPack, Script


def make_pack(goal: Goal, *, keeper: Person | None, now: datetime, **changes: Any) -> HelpPack:
    """An open pack of a goal that was yellow two weeks."""
    values = {
        "person": goal.owner_person,
        "unit": goal.owner_unit,
        "keeper": keeper,
        "trouble_on": date(2026, 1, 4),
        "weeks": 2,
        "state": "open",
        "opened_at": now,
        "light_before": "yellow",
        "completion_before": Decimal("0.65"),
        "before_on": date(2026, 1, 11),
        **changes,
    }
    return HelpPack.objects.create(goal=goal, **values)


def make_act(pack: HelpPack, *, person: Person, now: datetime, **changes: Any) -> HelpAct:
    """Something of one's own that a person was given to do."""
    values = {"kind": "own", "state": "agreed", "text": "陪访一次", "due_on": date(2026, 1, 20), **changes}
    return HelpAct.objects.create(pack=pack, person=person, chosen_by=pack.keeper, chosen_at=now, **values)


def make_script(title: str = "首访话术", *, now: datetime, **changes: Any) -> Script:
    """A script for any metric and cause."""
    values = {"text": "先问住院部怎么预约。", "written_at": now, "changed_at": now, **changes}
    return Script.objects.create(title=title, **values)
