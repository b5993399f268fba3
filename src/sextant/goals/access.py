"""The only door from a request to a goal.

Everyone sees their own goals, those of the people below them, and the goals of the units around them: their own unit,
its ancestors, and the subtree of every unit they head. Who may read all goals, reads all goals.
"""

from datetime import date

from django.db.models import Q, QuerySet

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.models import Goal
from sextant.people.access import visible_person_ids, visible_unit_ids


def visible_goals(actor: Actor, *, on: date) -> QuerySet[Goal]:
    """The goals `actor` may read on the day `on`: one filter by integer keys, shared by list, page, file and export."""
    if may(actor, Permission.GOAL_READ_ALL):
        return Goal.objects.all()
    if not may(actor, Permission.GOAL_READ):
        return Goal.objects.none()
    persons = visible_person_ids(actor, on=on)
    units = visible_unit_ids(actor, on=on)
    # None means "everyone" to the directory of people. Reading the directory is not reading performance: fail closed.
    if persons is None:
        persons = frozenset() if actor.person_id is None else frozenset({actor.person_id})
    return Goal.objects.filter(Q(owner_person_id__in=persons) | Q(owner_unit_id__in=units or ()))


def access_goal(actor: Actor, *, goal_id: int, on: date) -> Goal:
    """The goal, or AccessDenied: one answer for "there is none" and for "not for you"."""
    goal = visible_goals(actor, on=on).filter(id=goal_id).select_related("cycle").first()
    if goal is None:
        raise AccessDenied("goal")
    return goal
