"""Walking up the goal tree in the database, in one statement however high it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from sextant.goals.contracts import ChainLink, GoalRow
from sextant.goals.models import Goal
from sextant.goals.queries.alignment import edges_upwards
from sextant.goals.queries.rows import list_rows

_UPWARDS = """
    WITH RECURSIVE up (id, parent_id) AS (
        SELECT id, parent_id FROM goals_goal WHERE {seed}
        UNION
        SELECT goal.id, goal.parent_id FROM goals_goal goal JOIN up ON goal.id = up.parent_id
    )
    SELECT id, parent_id FROM up
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A goal on a way up, with the code of the goal above it."""

    goal: Goal
    parent_code: str | None


def ancestors_by_code(codes: Iterable[str]) -> dict[str, Link]:
    """The goals with `codes` and everything above them, by code."""
    goals = Goal.objects.filter(id__in=ids_upwards(codes=codes).keys()).select_related("parent")
    return {goal.code: Link(goal, goal.parent.code if goal.parent else None) for goal in goals}


def ids_upwards(*, codes: Iterable[str] = (), ids: Iterable[int] = ()) -> dict[int, int | None]:
    """Parent by id of the goals named by code or id, and of all goals above them. A loop ends the walk (UNION drops
    repeats)."""
    with connection.cursor() as cursor:
        cursor.execute(_UPWARDS.format(seed="code = ANY(%s) OR id = ANY(%s)"), [list(codes), list(ids)])
        return dict(cursor.fetchall())


def supports_by_code(codes: Iterable[str]) -> dict[str, set[str]]:
    """What the goals with these codes, and everything above them, support: codes by code, over all links and not only
    the primary ones. Three queries."""
    started = list(Goal.objects.filter(code__in=set(codes)).values_list("id", flat=True))
    edges = edges_upwards(started)
    ids = {*started, *edges, *(one for above in edges.values() for one in above)}
    code_of = dict(Goal.objects.filter(id__in=ids).values_list("id", "code"))
    return {code_of[one]: {code_of[above] for above in edges.get(one, ())} for one in ids}


def list_chain(goal: GoalRow, *, visible: QuerySet[Goal]) -> list[ChainLink]:
    """The way from the top down to `goal`, the goal itself last. What the reader may not see keeps its place, empty."""
    parents = ids_upwards(ids=[goal.id])
    rows = {row.id: row for row in list_rows(visible.filter(id__in=parents.keys() - {goal.id}))} | {goal.id: goal}
    way: list[ChainLink] = []
    current: int | None = goal.id
    while current is not None and len(way) < len(parents):
        way.append(ChainLink(rows.get(current)))
        current = parents.get(current)
    return way[::-1]
