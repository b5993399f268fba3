"""The page of one unit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.goals.access import sight_of
from sextant.goals.contracts import LightCounts
from sextant.goals.queries import in_force
from sextant.people.access import PeopleSight, people_sight
from sextant.people.contracts import PersonRow, UnitRow
from sextant.people.queries import count_persons, list_persons, list_units
from sextant.web.contracts import GoalLine, PersonLights, UnitLights
from sextant.web.queries.cycles import CycleState, find_cycle_state
from sextant.web.queries.goals import list_lines, most_urgent
from sextant.web.queries.lights import NO_LIGHTS, count_by_unit, roll_up
from sextant.web.queries.plans import count_lines
from sextant.web.routes import find_url

MEMBERS_A_PAGE = 50
URGENT_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Members:
    """One page of people. `total` is None where only some of the unit's people are the reader's to see."""

    people: tuple[PersonRow, ...]
    total: int | None
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class UnitPage:
    """The page. `chain` holds the units above, root first, with addresses where the reader may open them; `counts` are
    the lights of the whole subtree; `people` are `members` with their lights."""

    unit: UnitRow
    head_href: str | None
    chain: tuple[tuple[UnitRow, str | None], ...]
    cycle: CycleState | None
    counts: LightCounts
    children: tuple[UnitLights, ...]
    lines: tuple[GoalLine, ...]
    urgent: tuple[GoalLine, ...]
    people: tuple[PersonLights, ...]
    members: Members

    @property
    def as_of(self) -> date | None:
        """The day of the lights shown."""
        return max((line.standing.as_of for line in self.lines if line.standing), default=None)


def read_unit_page(actor: Actor, *, unit_id: int, today: date, page: int = 1) -> UnitPage:
    """Everything the page of a unit shows to `actor`: at most ten queries, whatever its size. AccessDenied when the
    unit is missing, closed or out of sight."""
    sight = people_sight(actor, on=today)
    seen_units = sight.unit_ids
    units = list_units(on=today)
    by_id = {unit.id: unit for unit in units}
    unit = by_id.get(unit_id)
    if unit is None or (seen_units is not None and unit_id not in seen_units):
        raise AccessDenied(Permission.UNIT_READ)
    subtree = _subtree(unit_id, units)
    state, _ = find_cycle_state(today=today)
    goals = in_force(sight_of(actor, on=today, people=sight).goals).filter(cycle_id=state.cycle.id if state else 0)
    members = _members(actor, unit, by_id, subtree, sight, max(page, 1))
    lines = list_lines(_wanted(goals, unit_id, subtree, members.people))
    totals = roll_up(count_by_unit(goals, on=today), [by_id[one] for one in subtree])
    return UnitPage(
        unit=unit,
        head_href=_head_href(actor, unit, members.people),
        chain=tuple((above, _href(above.id, seen_units)) for above in _chain(unit, by_id)),
        cycle=state,
        counts=totals.get(unit_id, NO_LIGHTS),
        children=tuple(
            UnitLights(by_id[child], totals[child], _href(child, seen_units))
            for child in subtree
            if by_id[child].parent_id == unit_id
        ),
        lines=tuple(sorted((line for line in lines if line.owner_unit_id == unit_id), key=_objectives_first)),
        urgent=_urgent(lines, unit_id),
        people=_with_lights(members.people, lines),
        members=members,
    )


def _objectives_first(line: GoalLine) -> tuple[bool, Decimal]:
    """What the unit wants stands before how it measures it."""
    return (line.metric_id is not None, -line.weight)


def _subtree(unit_id: int, units: Sequence[UnitRow]) -> list[int]:
    """The unit and all below it, parents before children; `units` has parents before children."""
    inside = {unit_id}
    found = []
    for unit in units:
        if unit.id == unit_id or unit.parent_id in inside:
            inside.add(unit.id)
            found.append(unit.id)
    return found


def _chain(unit: UnitRow, by_id: Mapping[int, UnitRow]) -> list[UnitRow]:
    above: list[UnitRow] = []
    parent_id = unit.parent_id
    while parent_id is not None and parent_id in by_id:
        above.insert(0, by_id[parent_id])
        parent_id = by_id[parent_id].parent_id
    return above


def _members(
    actor: Actor, unit: UnitRow, by_id: Mapping[int, UnitRow], subtree: Sequence[int], sight: PeopleSight, page: int
) -> Members:
    """One page of the people in the subtree whom the actor may see.

    Who heads the unit, or one above it, sees everyone in it; that is known from the tree and needs no query. Others
    see few, and for them nobody is counted.
    """
    over = [unit, *_chain(unit, by_id)]
    heads = actor.person_id is not None and any(one.head_id == actor.person_id for one in over)
    seen, today = (None if heads else sight.person_ids), sight.on
    total = count_persons(on=today, unit_ids=subtree) if seen is None else None
    if total is not None:
        page = min(page, max(1, -(-total // MEMBERS_A_PAGE)))
    found = list_persons(
        on=today, ids=seen, unit_ids=subtree, limit=MEMBERS_A_PAGE + 1, offset=(page - 1) * MEMBERS_A_PAGE
    )
    return Members(tuple(found[:MEMBERS_A_PAGE]), total, page, len(found) > MEMBERS_A_PAGE)


def _wanted(goals: QuerySet[Any], unit_id: int, subtree: Sequence[int], members: Sequence[PersonRow]) -> QuerySet[Any]:
    """All goals the page shows, in one set: the unit's own, its members', and the most pressing of the units below."""
    urgent = most_urgent(goals.filter(owner_unit_id__in=subtree).exclude(owner_unit_id=unit_id), limit=URGENT_SHOWN)
    wanted = Q(owner_unit_id=unit_id) | Q(owner_person_id__in=[person.id for person in members])
    return goals.filter(wanted | Q(id__in=urgent.values("id"))).order_by("-weight", "id")


def _with_lights(members: Sequence[PersonRow], lines: Sequence[GoalLine]) -> tuple[PersonLights, ...]:
    by_person: defaultdict[int, list[GoalLine]] = defaultdict(list)
    for line in lines:
        if line.owner_person_id is not None:
            by_person[line.owner_person_id].append(line)
    return tuple(
        PersonLights(
            person,
            count_lines(by_person[person.id]),
            tuple(by_person[person.id]),
            find_url("web:person", person_id=person.id),
        )
        for person in members
    )


def _urgent(lines: Sequence[GoalLine], unit_id: int) -> tuple[GoalLine, ...]:
    below = [line for line in lines if line.owner_unit_id not in (None, unit_id) and line.light.severity > 0]
    return tuple(sorted(below, key=lambda line: (-line.light.severity, -line.weight, line.id)))


def _head_href(actor: Actor, unit: UnitRow, members: Sequence[PersonRow]) -> str | None:
    """Address of the head's page, where the reader is known to see it without asking again."""
    visible = unit.head_id == actor.person_id or any(person.id == unit.head_id for person in members)
    return find_url("web:person", person_id=unit.head_id) if unit.head_id and visible else None


def _href(unit_id: int, seen: frozenset[int] | None) -> str | None:
    return find_url("web:unit", unit_id=unit_id) if seen is None or unit_id in seen else None
