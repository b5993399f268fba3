"""Suspended goals: what holds now, and how many days a goal was not judged."""

from collections.abc import Collection
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


def days_suspended(goal_ids: Collection[int]) -> dict[int, int]:
    """How many days each goal was not judged in suspensions that are over; goals without any are absent. One query,
    none without goals.

    These days are not lived in the sense of design/evaluation.md: the goal's weight shrinks by their share.
    """
    if not goal_ids:
        return {}
    days: dict[int, int] = {}
    over = Suspension.objects.filter(goal_id__in=goal_ids, ended_on__isnull=False)
    for goal_id, from_on, ended_on in over.values_list("goal_id", "from_on", "ended_on"):
        assert ended_on is not None  # those that last were left out
        days[goal_id] = days.get(goal_id, 0) + (ended_on - from_on).days
    return days
