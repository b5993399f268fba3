"""Goals of a mover that were adjusted: a request under way is answered first, and an earlier end is a target, too."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Max

from sextant.engines.movement import Decision
from sextant.engines.values import Problem
from sextant.goals.contracts import OPEN_ADJUSTMENTS, AdjustmentState
from sextant.goals.contracts.movement import MoveOrder, MovingGoal
from sextant.goals.models import AdjustmentRequest, Goal, GoalTarget, Movement
from sextant.goals.queries.specs import TARGETS

_UNCHANGED = frozenset({Decision.KEEP, Decision.PAUSE})
_DAY = timedelta(days=1)


def hindered_by_adjustments(order: MoveOrder, goals: Sequence[MovingGoal]) -> list[Problem]:
    """What an adjustment forbids: movement.adjusting (a request of the goal is open or yet to take effect),
    movement.adjusted_later (`on`: it was adjusted from that day on, after the move). Two queries."""
    touched = {one.id: one for one in goals if order.choices[one.id].decision not in _UNCHANGED}
    waiting = AdjustmentRequest.objects.filter(
        goal_id__in=touched, state__in=[*OPEN_ADJUSTMENTS, AdjustmentState.AGREED]
    ).values_list("goal_id", flat=True)
    found = [Problem("movement.adjusting", {"title": touched[goal_id].title, "goal": goal_id}) for goal_id in waiting]
    begun = GoalTarget.objects.filter(goal_id__in=touched).order_by().values_list("goal_id").annotate(on=Max("from_on"))
    for goal_id, from_on in begun:
        if from_on >= order.on:
            params = {"title": touched[goal_id].title, "goal": goal_id, "on": from_on}
            found.append(Problem("movement.adjusted_later", params))
    return found


def end_adjusted_targets(goals: Sequence[Goal], movement: Movement) -> None:
    """For goals that end on the day of the movement and were adjusted before: what they are measured against on their
    last day. A run of an earlier day still gives what it gave then."""
    adjusted = set(GoalTarget.objects.filter(goal__in=goals).values_list("goal_id", flat=True))
    GoalTarget.objects.bulk_create(
        GoalTarget(
            goal=goal,
            from_on=movement.on - _DAY,
            until_on=movement.on,
            movement=movement,
            at=movement.at,
            **{name: getattr(goal, name) for name in TARGETS},
        )
        for goal in goals
        if goal.pk in adjusted
    )
