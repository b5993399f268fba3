"""What closing the plans of a cycle would do, before it is done."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from sextant.goals.contracts import OPEN_ADJUSTMENTS, GoalState, PlanState
from sextant.goals.models import AdjustmentRequest, Cycle, Goal, Plan
from sextant.goals.policy.closing import CLOSABLE, closes_on
from sextant.goals.queries.told import progress_of_goals

_UNSIGNED = (PlanState.DRAFT, PlanState.DISCUSSION, PlanState.PROPOSED)
_COUNTS = (GoalState.RUNNING, GoalState.SUSPENDED)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """`plans` would be closed with `goals`; `unsigned` stay as they are, `first_unsigned` are some of them: (id, owner,
    state). Of the goals, `without_value` have no figure yet and `suspended` are not judged now; `asked` adjustments
    have no answer. `on` is the first day it may be done."""

    on: date
    plans: int
    closed: int
    unsigned: int
    first_unsigned: tuple[tuple[int, str, PlanState], ...]
    goals: int
    without_value: int
    suspended: int
    asked: int


def preview_closing(cycle: Cycle) -> ClosingPreview:
    """Six queries, however many plans."""
    plans = Plan.objects.filter(cycle=cycle)
    counts = plans.aggregate(
        plans=Count("id", filter=Q(state__in=CLOSABLE)),
        closed=Count("id", filter=Q(state=PlanState.CLOSED)),
        unsigned=Count("id", filter=Q(state__in=_UNSIGNED)),
    )
    unsigned = plans.filter(state__in=_UNSIGNED).select_related("owner_person", "owner_unit").order_by("id")[:SHOWN]
    counted = Goal.objects.filter(plan__cycle=cycle, plan__state__in=CLOSABLE, state__in=_COUNTS)
    states = dict(counted.values_list("id", "state"))
    ratios = progress_of_goals(states)
    asked = AdjustmentRequest.objects.filter(plan__cycle=cycle, plan__state__in=CLOSABLE, state__in=OPEN_ADJUSTMENTS)
    return ClosingPreview(
        on=closes_on(cycle.until_on, days=cycle.closing_days),
        **counts,
        first_unsigned=tuple(
            (one.pk, str(one.owner_person or one.owner_unit), PlanState(one.state)) for one in unsigned
        ),
        goals=len(states),
        without_value=sum(ratio is None for ratio in ratios.values()),
        suspended=sum(state == GoalState.SUSPENDED for state in states.values()),
        asked=asked.count(),
    )
