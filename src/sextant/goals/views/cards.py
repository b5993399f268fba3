"""Goals as the templates draw them: plain values, no queries while rendering."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from sextant.engines.alignment import Code
from sextant.engines.values import Light
from sextant.goals.contracts import GoalRow, GoalState, LightCounts, MapNode
from sextant.goals.messages.alignment import MARKS, also_supported, say_alignment
from sextant.goals.messages.goals import name_of_level
from sextant.goals.models import Goal
from sextant.goals.queries.marks import Marks, read_marks
from sextant.metrics import queries as metrics
from sextant.metrics.contracts import StandingRow

NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a goal. `href` is empty where the reader cannot go; a unit has an icon instead of an avatar."""

    id: int
    name: str
    is_unit: bool
    href: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Something wrong with a goal's alignment: a word for its card, and the sentence behind it."""

    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Card:
    """One goal on a map or in a list.

    `attained` is progress against the base (None = unknown), `due` what was expected by now on the same scale, None
    where nothing is expected yet or everything always is. `below` counts the lights of the goals right below one that
    has no metric. `flags` say what is wrong with its alignment, `also` names what it supports beside the goal in whose
    branch it stands, `also_ids` those of them in sight. `is_judged`: it has a metric, and so a light.
    `is_told`: it runs without one, so that the page asks for its status once it stands."""

    goal: GoalRow
    href: str
    tag: str
    owner: Owner
    light: Light
    attained: Decimal | None
    due: Decimal | None
    value: Decimal | None
    reason: str
    below: LightCounts | None = None
    flags: tuple[Flag, ...] = ()
    also: str = ""
    also_ids: tuple[int, ...] = ()
    is_judged: bool = True
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the map ready to draw. `card` is None for a goal the reader may not see; `marks` are CSS classes.

    `more_href` gives the children that are not drawn; with `more_replaces` it gives all, in place of those drawn.
    """

    key: str
    card: Card | None
    children: tuple["Branch", ...]
    more: int
    more_href: str
    more_replaces: bool
    marks: str
    depth: int

    @property
    def is_open(self) -> bool:
        """Whether the children are drawn already."""
        return bool(self.children)


def make_card(
    row: GoalRow, standing: StandingRow | None, *, below: LightCounts | None = None, marks: Marks = NO_MARKS
) -> Card:
    """The card of a goal. A goal that no run has looked at is grey; one without a metric shows the lights `below`, and
    its own once somebody asks for it (`told_query`)."""
    return Card(
        goal=row,
        href=reverse("goals:detail", kwargs={"goal_id": row.id}),
        tag=name_of_level(row),
        owner=owner_of(row),
        light=standing.light if standing and row.state != GoalState.SUSPENDED else Light.NONE,
        attained=standing.attainment if standing else None,
        due=expected_progress(standing),
        value=standing.value if standing else None,
        reason=standing.reason if standing else "",
        below=below,
        flags=_flags(row.id, marks),
        also=also_supported(marks.also.get(row.id, ()), marks.titles),
        also_ids=tuple(one for one in marks.also.get(row.id, ()) if one in marks.titles),
        is_judged=row.metric_id is not None,
        is_told=row.metric_id is None and row.state in (GoalState.RUNNING, GoalState.CLOSED),
    )


def make_cards(rows: Iterable[GoalRow], *, visible: QuerySet[Goal]) -> list[Card]:
    """Cards of `rows`, standings in one query; marks in another, which speak of `visible` goals alone."""
    listed = list(rows)
    ids = [row.id for row in listed]
    standings, marks = metrics.standings_of(ids), read_marks(ids, visible=visible)
    return [make_card(row, standings.get(row.id), marks=marks) for row in listed]


def told_query(cards: Iterable[Card], *, why: int | None = None) -> str:
    """The address that gives the lights of those of `cards` that run without a metric; "" where there are none. `why`
    is the goal whose reason is wanted too."""
    ids = dict.fromkeys(card.goal.id for card in cards if card.is_told)
    asked = [*(("id", one) for one in ids), *([("why", why)] if why in ids else [])]
    return f"{reverse('goals:statuses')}?{urlencode(asked)}" if ids else ""


def cards_of(branches: Iterable[Branch]) -> Iterator[Card]:
    """Every card of a map."""
    for branch in branches:
        if branch.card is not None:
            yield branch.card
        yield from cards_of(branch.children)


def _flags(goal_id: int, marks: Marks) -> tuple[Flag, ...]:
    # that a goal supports nothing is a question for a filter, not a fault to show on every card
    said = (one for one in marks.problems.get(goal_id, ()) if one.code != Code.ORPHAN)
    return tuple(Flag(str(MARKS[Code(one.code)]), say_alignment(one, marks.titles)) for one in said)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a map is drawn: its cycle's code goes into every address; marks speak of `visible` goals alone; `found` says
    that filters chose the nodes, with `highlight` the way to them is marked, without it paler."""

    cycle: str
    visible: QuerySet[Goal]
    found: bool = False
    highlight: bool = False


def make_branches(nodes: Iterable[MapNode], drawing: Drawing, *, depth: int = 1) -> list[Branch]:
    """The nodes of a map, ready to draw; standings of all of them in one query, marks in another."""
    listed = list(nodes)
    ids = [node.goal.id for node in _walk(listed) if node.goal]
    found = _Found(metrics.standings_of(ids), read_marks(ids, visible=drawing.visible))
    return [_branch(node, found, drawing, depth) for node in listed]


def expected_progress(standing: StandingRow | None) -> Decimal | None:
    """What was expected by now, as progress against the base: completion is progress over it. None at 0 and at 1,
    where a mark on the bar would say nothing."""
    if standing is None or not standing.attainment or not standing.completion:
        return None
    expected = standing.attainment / standing.completion
    return expected if 0 < expected < Decimal("0.9995") else None


def owner_of(row: GoalRow) -> Owner:
    """The owner with the address of their page."""
    if row.owner_unit_id is not None:
        href = reverse("web:unit", kwargs={"unit_id": row.owner_unit_id})
        return Owner(row.owner_unit_id, row.owner_name, True, href)
    assert row.owner_person_id is not None  # the database holds exactly one owner
    href = reverse("web:person", kwargs={"person_id": row.owner_person_id})
    return Owner(row.owner_person_id, row.owner_name, False, href)


def _walk(nodes: Iterable[MapNode]) -> Iterator[MapNode]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read about the goals of a map."""

    standings: Mapping[int, StandingRow]
    marks: Marks

    def card(self, row: GoalRow, below: LightCounts | None) -> Card:
        """The card of one of them."""
        return make_card(row, self.standings.get(row.id), below=below, marks=self.marks)


def _branch(node: MapNode, found: _Found, drawing: Drawing, depth: int) -> Branch:
    children = tuple(_branch(child, found, drawing, depth + 1) for child in node.children)
    href = ""
    if node.goal and node.more:
        # what filters found is no beginning of the branch: the rest cannot be read from an offset
        offset = 0 if drawing.found else len(children)
        href = branch_href(node.goal.id, cycle=drawing.cycle, depth=depth + 1, offset=offset)
    return Branch(
        key=node.key,
        card=found.card(node.goal, node.below) if node.goal else None,
        children=children,
        more=node.more,
        more_href=href,
        more_replaces=drawing.found,
        marks=_marks(node, drawing),
        depth=depth,
    )


def branch_href(goal_id: int, *, cycle: str, depth: int, offset: int = 0) -> str:
    """Where the children of a goal are read from."""
    query = urlencode([("cycle", cycle), ("depth", depth), ("from", offset)])
    return f"{reverse('goals:children', kwargs={'goal_id': goal_id})}?{query}"


def _marks(node: MapNode, drawing: Drawing) -> str:
    marks = [] if node.children or node.more else ["leaf"]
    if drawing.highlight:
        marks.append("on")
    elif not node.is_match:
        marks.append("way")
    return " ".join(marks)
