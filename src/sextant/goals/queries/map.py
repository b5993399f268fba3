"""The goal map: a tree that is read branch by branch, so that ten thousand goals cost what a screenful costs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from sextant.goals.contracts import GoalMap, GoalRow, MapNode
from sextant.goals.models import Goal
from sextant.goals.queries.rows import list_rows
from sextant.goals.queries.tree import ids_upwards

TOP_NODES = 16
"""Topmost goals of one reading."""
BRANCH_NODES = 12
"""Children of one goal in one reading; the rest comes by "show more"."""
OPEN_NODES = 40
"""How many nodes a page opens by itself: about what four columns hold without scrolling for long."""
OPEN_LEVELS = 3
FOUND_NODES = 24
"""Matches of a narrowed map; more are in the list."""

# units from the top of the organisation down, then people, each in the order of their making
IN_TREE_ORDER = (F("owner_unit__path").asc(nulls_last=True), F("parent_id").asc(nulls_last=True), F("id").asc())


def read_map(goals: QuerySet[Goal], *, visible: QuerySet[Goal], offset: int = 0) -> GoalMap:
    """The map of all `goals` (visible ones of a cycle): the topmost from `offset`, opened as far as a screen holds.

    A goal is topmost when its parent is not among `goals`; where the reader may not see that parent at all, a nameless
    node holds its place. At most 1 + OPEN_LEVELS queries.
    """
    tops = goals.exclude(Exists(goals.filter(id=OuterRef("parent_id")))).order_by(*IN_TREE_ORDER)
    rows = list_rows(tops[offset : offset + TOP_NODES + 1], visible=visible, counted=goals)
    shown = rows[:TOP_NODES]
    below = _open_branches(goals, shown)
    nodes = _under_hidden_parents([(row, _node(row, below)) for row in shown])
    return GoalMap(nodes, offset + TOP_NODES if len(rows) > TOP_NODES else None)


def read_branch(parent_id: int, goals: QuerySet[Goal], *, offset: int = 0) -> GoalMap:
    """The children of a goal from `offset`, their own branches closed. One query."""
    children = goals.filter(parent_id=parent_id).order_by(*IN_TREE_ORDER)
    rows = list_rows(children[offset : offset + BRANCH_NODES + 1], visible=goals)
    nodes = tuple(_node(row, {}) for row in rows[:BRANCH_NODES])
    return GoalMap(nodes, offset + BRANCH_NODES if len(rows) > BRANCH_NODES else None)


def find_on_map(matches: QuerySet[Goal], *, goals: QuerySet[Goal], visible: QuerySet[Goal], offset: int = 0) -> GoalMap:
    """The map of what filters found: the first matches, each with the way that leads to it; other branches are closed.

    `matches` come in the order that matters; ways run through `visible`. Three queries.
    """
    found = list(matches.values_list("id", flat=True)[offset : offset + FOUND_NODES + 1])
    ids = frozenset(found[:FOUND_NODES])
    on_the_way = visible.filter(id__in=ids_upwards(ids=ids).keys()).order_by(*IN_TREE_ORDER)
    rows = list_rows(on_the_way, visible=visible, counted=goals)
    shown = {row.id for row in rows}
    below: defaultdict[int, list[GoalRow]] = defaultdict(list)
    for row in rows:
        if row.parent_id in shown:
            below[row.parent_id].append(row)
    tops = [(row, _node(row, below, matches=ids)) for row in rows if row.parent_id not in shown]
    return GoalMap(_under_hidden_parents(tops), offset + FOUND_NODES if len(found) > FOUND_NODES else None)


def _open_branches(goals: QuerySet[Goal], rows: Sequence[GoalRow]) -> dict[int, list[GoalRow]]:
    """Children by parent, level by level, while the page has room. One query a level."""
    below: defaultdict[int, list[GoalRow]] = defaultdict(list)
    room, level = OPEN_NODES - len(rows), list(rows)
    for _ in range(OPEN_LEVELS):
        parents = []
        for row in level:
            size = min(row.children, BRANCH_NODES)
            if 0 < size <= room:
                parents.append(row.id)
                room -= size
        if not parents:
            break
        level = list_rows(_first_children(goals, parents), visible=goals)
        for row in level:
            assert row.parent_id is not None  # read by their parents
            below[row.parent_id].append(row)
    return below


def _first_children(goals: QuerySet[Goal], parents: Iterable[int]) -> QuerySet[Goal]:
    """The first BRANCH_NODES children of each of `parents`: a goal with a thousand children costs as much as any."""
    place = Window(RowNumber(), partition_by=[F("parent_id")], order_by=list(IN_TREE_ORDER))
    return goals.filter(parent_id__in=parents).annotate(place=place).filter(place__lte=BRANCH_NODES).order_by("place")


def _under_hidden_parents(tops: Sequence[tuple[GoalRow, MapNode]]) -> tuple[MapNode, ...]:
    """Put goals with the same hidden parent under one nameless node, at the place of the first of them."""
    groups: dict[tuple[bool, int | None], list[MapNode]] = {}
    for row, node in tops:
        groups.setdefault((row.has_hidden_parent, row.parent_id if row.has_hidden_parent else row.id), []).append(node)
    placed: list[MapNode] = []
    for (is_hidden, _), group in groups.items():
        # the key of a nameless node is made from its first child: the id of a hidden goal stays on the server
        placed += [MapNode(f"above-{group[0].key}", None, tuple(group))] if is_hidden else group
    return tuple(placed)


def _node(row: GoalRow, below: Mapping[int, list[GoalRow]], matches: frozenset[int] | None = None) -> MapNode:
    children = tuple(_node(child, below, matches) for child in below.get(row.id, ()))
    return MapNode(
        key=str(row.id),
        goal=row,
        children=children,
        more=max(row.children - len(children), 0),
        is_match=matches is None or row.id in matches,
    )
