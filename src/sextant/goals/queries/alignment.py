"""Who supports what: links of a goal, and the graph that the analysis reads."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, JSONObject

from sextant.engines.alignment import Edge, Graph, Node
from sextant.engines.evaluation import Aggregation
from sextant.engines.values import Period
from sextant.goals.contracts import BESIDE, GoalRow, GoalState
from sextant.goals.models import Alignment, Goal
from sextant.goals.policy.plan_kinds import STANDS_ALONE
from sextant.goals.queries.rows import list_rows
from sextant.people.models import Post

ADDITIVE = (Aggregation.SUM, Aggregation.COUNT)

_AROUND = """
    WITH RECURSIVE up (id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT link.parent_id FROM goals_alignment link JOIN up ON link.child_id = up.id
    )
    SELECT id FROM up UNION SELECT child_id FROM goals_alignment WHERE parent_id = ANY(%s)
"""
_EDGES_UPWARDS = """
    WITH RECURSIVE up (child_id, parent_id) AS (
        SELECT child_id, parent_id FROM goals_alignment WHERE child_id = ANY(%s)
        UNION
        SELECT link.child_id, link.parent_id FROM goals_alignment link JOIN up ON link.child_id = up.parent_id
    )
    SELECT child_id, parent_id FROM up
"""
_COLUMNS = (
    *("id", "title", "kind", "owner_person_id", "owner_unit__path", "owner_unit__parent_id", "person_path"),
    *("metric_id", "metric__aggregation", "base", "from_on", "until_on", "links", "in_sight"),
)


@dataclass(frozen=True, slots=True)
class Support:
    """One goal supporting another, seen from one of the two. `goal` is the other one, None where the reader may not see
    it; `goal_id` is its id either way. `contribution` is per cent of the parent, None where nobody said."""

    goal_id: int
    goal: GoalRow | None
    contribution: Decimal | None
    how: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class SeenGraph:
    """A graph, and the titles of those of its goals that the reader may see: the analysis needs all of them."""

    graph: Graph
    titles: Mapping[int, str]


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


def read_graph(goal_ids: Collection[int], *, visible: QuerySet[Goal]) -> SeenGraph:
    """The goals, whatever they lead up to, circles included, and what supports them, for `engines.alignment`. One
    query, ten thousand goals in about a second: columns, not objects."""
    ids = RawSQL(_AROUND, [list(goal_ids)] * 2)
    rows = list(_columns(Goal.objects.filter(id__in=ids).exclude(state=GoalState.DROPPED), visible))
    edges = [edge for row in rows for edge in _edges(row)]
    titles = {row["id"]: row["title"] for row in rows if row["in_sight"]}
    return SeenGraph(Graph.of([_node(row) for row in rows], edges), titles)


def _supports(links: Sequence[tuple[Alignment, int]], visible: QuerySet[Goal]) -> list[Support]:
    rows = {row.id: row for row in list_rows(visible.filter(id__in=[other for _, other in links]))} if links else {}
    return [Support(other, rows.get(other), link.contribution, link.how, link.is_primary) for link, other in links]


def _columns(goals: QuerySet[Goal], visible: QuerySet[Goal]) -> Iterable[dict[str, Any]]:
    # the latest post decides whose share is part of whose: where a mover sat before is history
    post = Post.objects.filter(person_id=OuterRef("owner_person_id"), is_primary=True).order_by("-valid_from")
    links = Alignment.objects.filter(child=OuterRef("pk")).order_by("parent_id")
    told = JSONObject(parent="parent_id", contribution=Cast("contribution", TextField()), how="how", first="is_primary")
    rows: Iterable[dict[str, Any]] = (
        goals.order_by("id")
        .annotate(
            person_path=Subquery(post.values("unit__path")[:1]),
            links=ArraySubquery(links.values(told=told)),
            in_sight=Exists(visible.filter(id=OuterRef("pk"))),
        )
        .values(*_COLUMNS)
    )
    return rows


def _edges(row: Mapping[str, Any]) -> Iterator[Edge]:
    for link in row["links"]:
        share = None if link["contribution"] is None else Decimal(link["contribution"])
        yield Edge(row["id"], link["parent"], share, bool(link["how"]), link["first"])


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
        stands_alone=is_company or row["kind"] in STANDS_ALONE,
        is_beside=row["kind"] in BESIDE,
    )
