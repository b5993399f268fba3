"""Walking up the goal tree in the database, in one statement however high it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from sextant.goals.models import Goal

_UPWARDS = """
    WITH RECURSIVE up (id, parent_id) AS (
        SELECT id, parent_id FROM goals_goal WHERE {seed}
        UNION
        SELECT goal.id, goal.parent_id FROM goals_goal goal JOIN up ON goal.id = up.parent_id
    )
    SELECT id FROM up
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A goal on a way up, with the code of the goal above it."""

    goal: Goal
    parent_code: str | None


def ancestors_by_code(codes: Iterable[str]) -> dict[str, Link]:
    """The goals with `codes` and everything above them, by code."""
    goals = Goal.objects.filter(id__in=ids_upwards(codes=codes)).select_related("parent")
    return {goal.code: Link(goal, goal.parent.code if goal.parent else None) for goal in goals}


def ids_upwards(*, codes: Iterable[str] = (), ids: Iterable[int] = ()) -> list[int]:
    """Ids of the goals named by code or id, and of all goals above them. A loop ends the walk (UNION drops repeats)."""
    with connection.cursor() as cursor:
        cursor.execute(_UPWARDS.format(seed="code = ANY(%s) OR id = ANY(%s)"), [list(codes), list(ids)])
        return [row[0] for row in cursor.fetchall()]
