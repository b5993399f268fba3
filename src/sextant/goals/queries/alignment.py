"""Who supports what: links of a goal, and the graph that the analysis reads."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from sextant.engines.alignment import Edge, Graph, Node
from sextant.engines.evaluation import Aggregation
from sextant.engines.values import Period
from sextant.goals.contracts import GoalKind, GoalRow, GoalState
from sextant.goals.models import Alignment, Goal
from sextant.goals.queries.rows import list_rows
from sextant.people.models import Post

ADDITIVE = (Aggregation.SUM, Aggregation.COUNT)

_EDGES_UPWARDS = """
    WITH RECURSIVE up (child_id, parent_id) AS (
        SELECT child_id, parent_id FROM goals_alignment WHERE child_id = ANY(%s)
        UNION
        SELECT link.child_id, link.parent_id FROM goals_alignment link JOIN up ON link.child_id = up.parent_id
    )
    SELECT child_id, parent_id FROM up
"""


@dataclass(frozen=True, slots=True)
class Support:
    """One goal supporting another, seen from one of the two. `goal` is the other one, None where the reader may not see
    it; `goal_id` is its id either way. `contribution` is per cent of the parent, None where nobody said."""

    goal_id: int
    goal: GoalRow | None
    contribution: Decimal | None
    how: str
    is_primary: bool


def list_supports(goal_id: int, *, visible: QuerySet[Goal]) -> list[Support]:
    """What a goal supports, the primary first. Two queries."""
    links = Alignment.objects.filter(child_id=goal_id).order_by("-is_primary", "id")
    return _supports([(link, link.parent_id) for link in links], visible)


def list_supporters(goal_id: int, *, visible: QuerySet[Goal], limit: int | None = None) -> list[Support]:
    """What supports a goal, the weightiest first; `limit` None = all. Two queries."""
    links = Alignment.objects.filter(parent_id=goal_id).order_by(F("contribution").desc(nulls_last=True), "id")
    return _supports([(link, link.child_id) for link in links[:limit]], visible)


def edges_upwards(goal_ids: Iterable[int]) -> dict[int, list[int]]:
    """Parents by goal for `goal_ids` and everything they lead up to, circles included. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_EDGES_UPWARDS, [list(goal_ids)])
        found: defaultdict[int, list[int]] = defaultdict(list)
        for child, parent in cursor.fetchall():
            found[child].append(parent)
    return dict(found)


def graph_of(goals: QuerySet[Goal]) -> Graph:
    """`goals` and every link that begins at one of them, for `engines.alignment`. Two queries, ten thousand goals in
    well under a second: columns, not objects."""
    edges = Alignment.objects.filter(child__in=goals.order_by().values("id"))
    return Graph.of(_nodes(goals), _edges(edges))


def graph_around(goal_ids: Collection[int]) -> Graph:
    """The part of the graph that decides about `goal_ids`: what they lead up to, whether it leads back, and whatever
    supports them. Three queries."""
    parents = edges_upwards(goal_ids)
    upwards = set(goal_ids).union(parents, *parents.values())
    links = Alignment.objects.filter(Q(child_id__in=upwards) | Q(parent_id__in=list(goal_ids)))
    edges = _edges(links)
    return Graph.of(_nodes(Goal.objects.filter(id__in=upwards.union(edge.child for edge in edges))), edges)


def _supports(links: Sequence[tuple[Alignment, int]], visible: QuerySet[Goal]) -> list[Support]:
    rows = {row.id: row for row in list_rows(visible.filter(id__in=[other for _, other in links]))} if links else {}
    return [Support(other, rows.get(other), link.contribution, link.how, link.is_primary) for link, other in links]


def _edges(links: QuerySet[Alignment]) -> list[Edge]:
    columns = links.values_list("child_id", "parent_id", "contribution", "how")
    return [Edge(child, parent, contribution, bool(how)) for child, parent, contribution, how in columns]


_COLUMNS = (
    *("id", "kind", "owner_person_id", "owner_unit__path", "owner_unit__parent_id", "person_path"),
    *("metric_id", "metric__aggregation", "base", "from_on", "until_on"),
)


def _nodes(goals: QuerySet[Goal]) -> list[Node]:
    # the latest post decides whose share is part of whose: where a mover sat before is history
    unit = Post.objects.filter(person_id=OuterRef("owner_person_id"), is_primary=True).order_by("-valid_from")
    living = goals.exclude(state=GoalState.DROPPED).order_by("id")
    rows = living.annotate(person_path=Subquery(unit.values("unit__path")[:1])).values(*_COLUMNS)
    return [_node(row) for row in rows]


def _node(row: Mapping[str, Any]) -> Node:
    units = (row["owner_unit__path"] or row["person_path"] or "").split(".")
    is_company = row["owner_unit__path"] is not None and row["owner_unit__parent_id"] is None
    return Node(
        key=row["id"],
        owners=tuple(units) if row["owner_person_id"] is None else (*units, f"p{row['owner_person_id']}"),
        period=Period(row["from_on"], row["until_on"]),
        metric=row["metric_id"],
        is_additive=row["metric__aggregation"] in ADDITIVE,
        base=row["base"],
        is_company=is_company,
        stands_alone=is_company or row["kind"] == GoalKind.OBJECTIVE,
    )
