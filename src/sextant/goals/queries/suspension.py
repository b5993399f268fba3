"""Suspended goals: what holds now."""

from dataclasses import dataclass
from datetime import date, datetime

from sextant.goals.models import Suspension


@dataclass(frozen=True, slots=True)
class SuspensionRow:
    """A suspension that lasts, for the days [from_on, until_on)."""

    from_on: date
    until_on: date
    reason: str
    by: str
    at: datetime


def find_suspension(goal_id: int) -> SuspensionRow | None:
    """The suspension of a goal that lasts now, or None. One query."""
    found = Suspension.objects.filter(goal_id=goal_id, ended_on=None).select_related("by_person").first()
    if found is None:
        return None
    by = found.by_person.name if found.by_person else found.by_label
    return SuspensionRow(found.from_on, found.until_on, found.reason, by, found.at)
