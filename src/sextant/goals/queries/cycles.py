"""Reading cycles."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from sextant.engines.schedule import WorkCalendar
from sextant.goals.contracts import CycleRow, GoalState, PlanState
from sextant.goals.models import Cycle, Goal, Plan
from sextant.metrics.queries import calendar_of, company_calendar_column


def list_cycles() -> list[CycleRow]:
    """Every cycle, the latest first; of two that end together, the longer first."""
    return [_row(cycle) for cycle in Cycle.objects.order_by("-until_on", "from_on", "id")]


def list_cycles_with_calendar() -> tuple[list[CycleRow], WorkCalendar]:
    """As `list_cycles`, and the calendar by which their days are counted: one query for both."""
    cycles = list(Cycle.objects.order_by("-until_on", "from_on", "id").annotate(calendar=company_calendar_column()))
    return [_row(cycle) for cycle in cycles], calendar_of(cycles[0].calendar if cycles else None)


def find_cycle(code: str) -> CycleRow | None:
    """The cycle with this code, or None."""
    cycle = Cycle.objects.filter(code=code).first()
    return _row(cycle) if cycle else None


def find_current_cycle(on: date) -> CycleRow | None:
    """The cycle people mean on the day `on`: the shortest that runs then, since a quarter is lived in more closely than
    its year; without one that runs, the latest that has begun, else the first to come. None while there is none."""
    return choose_current_cycle(list_cycles(), on=on)


def choose_current_cycle(cycles: list[CycleRow], *, on: date) -> CycleRow | None:
    """`find_current_cycle` over cycles already read."""
    running = [cycle for cycle in cycles if cycle.from_on <= on < cycle.until_on]
    if running:
        return min(running, key=lambda cycle: (cycle.until_on - cycle.from_on, cycle.id))
    begun = [cycle for cycle in cycles if cycle.from_on <= on]
    if begun:
        return max(begun, key=lambda cycle: (cycle.until_on, cycle.from_on))
    return min(cycles, key=lambda cycle: cycle.from_on, default=None)


def _row(cycle: Cycle) -> CycleRow:
    return CycleRow(cycle.id, cycle.code, cycle.name, cycle.from_on, cycle.until_on)


@dataclass(frozen=True, slots=True)
class CycleUse:
    """A cycle with what stands in it: goals that count, plans, how many of these are agreed, and how many closed."""

    cycle: CycleRow
    goals: int
    plans: int
    agreed: int
    closed: int


def list_cycle_uses() -> list[CycleUse]:
    """Every cycle, the latest first, with what stands in it. Three queries."""
    goals = Goal.objects.exclude(state=GoalState.DROPPED).order_by().values_list("cycle_id")
    counted = dict(goals.annotate(n=Count("id")))
    agreed = Q(state__in=[PlanState.SIGNED, PlanState.RUNNING, PlanState.CLOSED])
    plans = (
        Plan.objects.order_by()
        .values("cycle_id")
        .annotate(
            n=Count("id"),
            agreed=Count("id", filter=agreed),
            closed=Count("id", filter=Q(state=PlanState.CLOSED)),
        )
    )
    held = {row["cycle_id"]: (row["n"], row["agreed"], row["closed"]) for row in plans}
    return [CycleUse(one, counted.get(one.id, 0), *held.get(one.id, (0, 0, 0))) for one in list_cycles()]
