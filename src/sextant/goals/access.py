"""The only door from a request to a goal.

Everyone sees their own goals, those of the people below them, and the goals of the units around them: their own unit,
its ancestors, and the subtree of every unit they head. Who may read all goals, reads all goals.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.models import Goal
from sextant.people.access import PeopleSight, people_sight

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose goals an actor sees on a day; both sets are None where all goals are seen."""

    person_ids: frozenset[int] | None
    unit_ids: frozenset[int] | None

    @property
    def goals(self) -> QuerySet[Goal]:
        """The goals in sight: one filter by integer keys, shared by list, page, file and export."""
        if self.person_ids is None or self.unit_ids is None:
            return Goal.objects.all()
        return Goal.objects.filter(Q(owner_person_id__in=self.person_ids) | Q(owner_unit_id__in=self.unit_ids))

    def access(self, goal_id: int) -> Goal:
        """The goal with its cycle, or AccessDenied: one answer for "there is none" and for "not for you"."""
        goal = self.goals.filter(id=goal_id).select_related("cycle").first()
        if goal is None:
            raise AccessDenied("goal")
        return goal


def sight_of(actor: Actor, *, on: date, people: PeopleSight | None = None) -> Sight:
    """Whose goals `actor` sees on the day `on`. At most two queries, none where `people` of the same actor and day is
    at hand; ask once a request."""
    if may(actor, Permission.GOAL_READ_ALL):
        return Sight(None, None)
    if not may(actor, Permission.GOAL_READ):
        return Sight(NOBODY, NOBODY)
    people = people or people_sight(actor, on=on)
    persons, units = people.person_ids, people.unit_ids
    # None means "everyone" to the directory of people. Reading the directory is not reading performance: fail closed.
    if persons is None:
        persons = NOBODY if actor.person_id is None else frozenset({actor.person_id})
    return Sight(persons, NOBODY if units is None else units)


def visible_goals(actor: Actor, *, on: date) -> QuerySet[Goal]:
    """The goals `actor` may read on the day `on`."""
    return sight_of(actor, on=on).goals


def access_goal(actor: Actor, *, goal_id: int, on: date) -> Goal:
    """The goal with its cycle, or AccessDenied where there is none or it is out of sight."""
    return sight_of(actor, on=on).access(goal_id)
