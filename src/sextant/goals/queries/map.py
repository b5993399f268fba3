"""The goal map: a tree that is read branch by branch, so that ten thousand goals cost what a screenful costs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from sextant.goals.contracts import GoalMap, GoalRow, LightCounts, MapNode
from sextant.goals.models import Goal
from sextant.goals.queries.rows import list_rows
from sextant.goals.queries.scope import count_below
from sextant.goals.queries.tree import ids_upwards

TOP_NODES = 12
"""Topmost goals of one reading."""
BRANCH_NODES = 8
"""Children of one goal in one reading; the rest comes by "show more"."""
OPEN_NODES = 32
"""How many nodes a page opens by itself: about what four columns hold without scrolling for long."""
OPEN_LEVELS = 3
FOUND_NODES = 24
"""Matches of a narrowed map; more are in the list."""

# units from the top of the organisation down, then people, each in the order of their making
IN_TREE_ORDER = (F("owner_unit__path").asc(nulls_last=True), F("parent_id").asc(nulls_last=True), F("id").asc())


def read_map(goals: QuerySet[Goal], *, visible: QuerySet[Goal], offset: int = 0) -> GoalMap:
    """The map of all `goals` (visible ones of a cycle): the topmost from `offset`, opened as far as a screen holds.

    A goal is topmost when its parent is not among `goals`; where the reader may not see that parent at all, a nameless
    node holds its place. At most 3 + OPEN_LEVELS queries.
    """
    tops = goals.exclude(Exists(goals.filter(id=OuterRef("parent_id")))).order_by(*IN_TREE_ORDER)
    rows = list_rows(tops[offset : offset + TOP_NODES + 1])
    shown = rows[:TOP_NODES]
    branches = _open_branches(goals, shown)
    drawn = _Branches(branches, count_below(goals, [row.id for row in (*shown, *_all(branches))]))
    nodes = _under_hidden_parents(shown, drawn, hidden=_hidden_parents(shown, visible))
    return GoalMap(nodes, offset + TOP_NODES if len(rows) > TOP_NODES else None)


def read_branch(parent_id: int, goals: QuerySet[Goal], *, offset: int = 0) -> GoalMap:
    """The children of a goal from `offset`, their own branches closed. Two queries."""
    children = goals.filter(parent_id=parent_id).order_by(*IN_TREE_ORDER)
    rows = list_rows(children[offset : offset + BRANCH_NODES + 1])
    shown = rows[:BRANCH_NODES]
    drawn = _Branches({}, count_below(goals, [row.id for row in shown]))
    return GoalMap(tuple(map(drawn.node, shown)), offset + BRANCH_NODES if len(rows) > BRANCH_NODES else None)


def find_on_map(matches: QuerySet[Goal], *, goals: QuerySet[Goal], visible: QuerySet[Goal], offset: int = 0) -> GoalMap:
    """The map of what filters found: the first matches, each with the way that leads to it; other branches are closed.

    `matches` come in the order that matters; ways run through `visible`. Four queries.
    """
    found = list(matches.values_list("id", flat=True)[offset : offset + FOUND_NODES + 1])
    ids = frozenset(found[:FOUND_NODES])
    parents = ids_upwards(ids=ids)
    rows = list_rows(visible.filter(id__in=parents.keys()).order_by(*IN_TREE_ORDER))
    shown = {row.id for row in rows}
    branches: defaultdict[int, list[GoalRow]] = defaultdict(list)
    for row in rows:
        if row.parent_id in shown:
            branches[row.parent_id].append(row)
    drawn = _Branches(branches, count_below(goals, shown), matches=ids)
    tops = [row for row in rows if row.parent_id not in shown]
    nodes = _under_hidden_parents(tops, drawn, hidden=parents.keys() - shown)
    return GoalMap(nodes, offset + FOUND_NODES if len(found) > FOUND_NODES else None)


@dataclass(frozen=True, slots=True)
class _Branches:
    """Rows by parent as far as they were read, and what lies below each row. `matches` None = everything matches."""

    rows: Mapping[int, Sequence[GoalRow]]
    below: Mapping[int, tuple[int, LightCounts]]
    matches: frozenset[int] | None = None

    def node(self, row: GoalRow) -> MapNode:
        """The node of a row with everything below it that was read."""
        count, lights = self.below.get(row.id, (0, None))
        children = tuple(self.node(child) for child in self.rows.get(row.id, ()))
        return MapNode(
            key=str(row.id),
            goal=replace(row, children=count),
            children=children,
            more=max(count - len(children), 0),
            below=lights,
            is_match=self.matches is None or row.id in self.matches,
        )


def _all(branches: Mapping[int, Sequence[GoalRow]]) -> list[GoalRow]:
    return [row for rows in branches.values() for row in rows]


def _open_branches(goals: QuerySet[Goal], rows: Sequence[GoalRow]) -> dict[int, list[GoalRow]]:
    """Children by parent, level by level, while the page has room. One query a level."""
    branches: defaultdict[int, list[GoalRow]] = defaultdict(list)
    room, level = OPEN_NODES - len(rows), list(rows)
    for _ in range(OPEN_LEVELS):
        if room <= 0 or not level:
            break
        found = list_rows(_first_children(goals, [row.id for row in level])[: room + 1])
        # a branch that does not fit whole stays closed
        cut = found[room].parent_id if len(found) > room else None
        level = [row for row in found if row.parent_id != cut]
        for row in level:
            assert row.parent_id is not None  # read by their parents
            branches[row.parent_id].append(row)
        room -= len(level)
    return branches


def _first_children(goals: QuerySet[Goal], parents: Iterable[int]) -> QuerySet[Goal]:
    """The first BRANCH_NODES children of each of `parents`: a goal with a thousand children costs as much as any."""
    place = Window(RowNumber(), partition_by=[F("parent_id")], order_by=list(IN_TREE_ORDER))
    first = goals.filter(parent_id__in=parents).annotate(place=place).filter(place__lte=BRANCH_NODES)
    return first.order_by("parent_id", "place")


def _hidden_parents(rows: Iterable[GoalRow], visible: QuerySet[Goal]) -> Collection[int]:
    """Parents of `rows` that the reader may not see. No query for who sees everything, or where nothing is above."""
    parents = {row.parent_id for row in rows if row.parent_id is not None}
    if not parents or not visible.query.where:
        return ()
    return parents - set(visible.filter(id__in=parents).values_list("id", flat=True))


def _under_hidden_parents(tops: Sequence[GoalRow], drawn: _Branches, *, hidden: Collection[int]) -> tuple[MapNode, ...]:
    """The topmost nodes; goals with the same hidden parent under one nameless node, at the place of the first."""
    groups: dict[tuple[bool, int | None], list[MapNode]] = {}
    for row in tops:
        key = (True, row.parent_id) if row.parent_id in hidden else (False, row.id)
        groups.setdefault(key, []).append(drawn.node(row))
    placed: list[MapNode] = []
    for (is_hidden, _), group in groups.items():
        # the key of a nameless node is made from its first child: the id of a hidden goal stays on the server
        placed += [MapNode(f"above-{group[0].key}", None, tuple(group))] if is_hidden else group
    return tuple(placed)
