"""The workbench: what the signed-in person should look at first, by what they are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.access import sight_of
from sextant.goals.contracts import LightCounts
from sextant.goals.queries import in_force
from sextant.metrics.connectors.contracts import StaleMetric
from sextant.metrics.contracts import BatchRow, RunRow
from sextant.metrics.queries import list_batches, list_runs
from sextant.metrics.queries.connectors import list_stale_metrics
from sextant.people.access import PeopleSight, people_sight
from sextant.people.contracts import UnitRow
from sextant.people.queries import list_persons, list_report_ids, list_units
from sextant.web.contracts import GoalLine, SourceState, UnitLights
from sextant.web.queries.cycles import CycleState, find_cycle_state
from sextant.web.queries.goals import list_lines, most_urgent
from sextant.web.queries.lights import NO_LIGHTS, count_by_person, count_by_unit, roll_up
from sextant.web.queries.people import list_headed_units
from sextant.web.queries.plans import Plan, plan_of, score_lines
from sextant.web.queries.sources import list_sources
from sextant.web.queries.teams import Team, choose_shown, make_team
from sextant.web.routes import find_url

URGENT_SHOWN = 6
STALE_SHOWN = 5
RECENT_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Company:
    """What those see who may read everything. `runs` and `batches` are None without the permission to read them."""

    root: UnitRow | None
    counts: LightCounts
    tops: tuple[UnitLights, ...]
    root_lines: tuple[GoalLine, ...]
    urgent: tuple[GoalLine, ...]
    runs: tuple[RunRow, ...] | None
    batches: tuple[BatchRow, ...] | None


@dataclass(frozen=True, slots=True)
class Workbench:
    """The page. A part is None when it is not for this reader: `own` without goals, `team` without people below,
    `company` without the right to read everything. `as_of` is the day of the lights shown, `stale` are
    the metrics this reader answers for that have waited for data longer than they promise."""

    cycle: CycleState | None
    as_of: date | None
    own: Plan | None
    team: Team | None
    company: Company | None
    sources: tuple[SourceState, ...]
    stale: tuple[StaleMetric, ...]


EMPTY = Workbench(cycle=None, as_of=None, own=None, team=None, company=None, sources=(), stale=())


def read_workbench(actor: Actor, *, today: date) -> Workbench:
    """Everything the workbench of `actor` shows on the day `today`: at most twelve queries."""
    if not may(actor, Permission.GOAL_READ):
        return EMPTY
    state, _ = find_cycle_state(today=today)
    cycle_id = state.cycle.id if state else 0
    sight = people_sight(actor, on=today)
    goals = in_force(sight_of(actor, on=today, people=sight).goals).filter(cycle_id=cycle_id)
    units = list_units(on=today) if may(actor, Permission.PERSON_READ_ALL) else None
    headed = _headed(actor, units, today)
    team_ids = _team_ids(actor, sight, today)
    counts = count_by_person(goals.filter(owner_person_id__in=team_ids)) if team_ids else {}
    shown = choose_shown(counts, team_ids)
    root = units[0] if units else None
    lines = list_lines(_wanted(goals, actor, shown=shown, headed=headed, root=root))
    own = [line for line in lines if actor.person_id is not None and line.owner_person_id == actor.person_id]
    team = None
    if team_ids:
        persons = list_persons(on=today, ids=shown, limit=len(shown))
        theirs = [line for line in lines if line.owner_person_id in set(shown) or line.owner_unit_id is not None]
        team = make_team(units=headed, size=len(team_ids), counts=counts, persons=persons, lines=theirs)
    # whoever looks after others first sees theirs: the page has no room for the own score then
    score = score_lines(own, state.cycle) if state and own and team is None and units is None else None
    return Workbench(
        cycle=state,
        as_of=max((line.standing.as_of for line in lines if line.standing), default=None),
        own=plan_of(own, score) if own else None,
        team=team,
        company=None if units is None else _company(actor, goals, units, lines, today),
        sources=() if may(actor, Permission.BATCH_READ) else tuple(list_sources(_source_names(lines))),
        stale=_stale(actor, today),
    )


def _stale(actor: Actor, today: date) -> tuple[StaleMetric, ...]:
    # whoever reads connectors finds every waiting metric there
    if actor.person_id is None or may(actor, Permission.CONNECTOR_READ):
        return ()
    return tuple(list_stale_metrics(today=today, owner_id=actor.person_id, limit=STALE_SHOWN))


def _headed(actor: Actor, units: list[UnitRow] | None, today: date) -> list[tuple[int, str]]:
    """Units the actor heads; read from the tree where it is at hand."""
    if actor.person_id is None:
        return []
    if units is not None:
        return [(unit.id, unit.name) for unit in units if unit.head_id == actor.person_id]
    return list_headed_units(actor.person_id, on=today)


def _team_ids(actor: Actor, sight: PeopleSight, today: date) -> frozenset[int]:
    """The people below. Who may read everyone is shown their direct reports, not the whole company once more."""
    if actor.person_id is None:
        return frozenset()
    if sight.person_ids is None:
        return frozenset(list_report_ids(actor.person_id, on=today, deep=False))
    return sight.person_ids - {actor.person_id}


def _wanted(
    goals: QuerySet[Any], actor: Actor, *, shown: list[int], headed: list[tuple[int, str]], root: UnitRow | None
) -> QuerySet[Any]:
    """All goals the page shows, in one set: own, of the people shown, of the units headed, and the company's."""
    persons = [*shown, *([actor.person_id] if actor.person_id is not None else [])]
    unit_ids = [unit_id for unit_id, _ in headed]
    wanted = Q(owner_person_id__in=persons) | Q(owner_unit_id__in=unit_ids)
    if root is not None:
        urgent = most_urgent(goals.filter(owner_unit__isnull=False), limit=URGENT_SHOWN)
        wanted |= Q(owner_unit_id=root.id) | Q(id__in=urgent.values("id"))
    return goals.filter(wanted).order_by("-weight", "id")


def _company(actor: Actor, goals: QuerySet[Any], units: list[UnitRow], lines: list[GoalLine], today: date) -> Company:
    totals = roll_up(count_by_unit(goals, on=today), units)
    root = units[0] if units else None
    tops = [unit for unit in units if root and unit.parent_id == root.id]
    glowing = [line for line in lines if line.owner_unit_id is not None and line.light.severity > 0]
    glowing.sort(key=lambda line: (-line.light.severity, -line.weight, line.id))
    return Company(
        root=root,
        counts=totals.get(root.id, NO_LIGHTS) if root else NO_LIGHTS,
        tops=tuple(UnitLights(unit, totals[unit.id], find_url("web:unit", unit_id=unit.id)) for unit in tops),
        root_lines=tuple(line for line in lines if root and line.owner_unit_id == root.id),
        urgent=tuple(glowing[:URGENT_SHOWN]),
        runs=tuple(list_runs(limit=RECENT_SHOWN, offset=0)) if may(actor, Permission.RUN_READ) else None,
        batches=tuple(list_batches(limit=RECENT_SHOWN, offset=0)) if may(actor, Permission.BATCH_READ) else None,
    )


def _source_names(lines: list[GoalLine]) -> set[str]:
    return {line.source for line in lines if line.source}
