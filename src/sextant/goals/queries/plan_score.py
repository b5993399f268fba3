"""方案得分 of a plan that runs: every goal's score by where its progress comes from, then the rules of the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.evaluation import ExtraKind, PlanExtra, PlanItem, PlanScore, score_plan
from sextant.engines.values import Problem
from sextant.goals.contracts import GoalKind, GoalState
from sextant.goals.models import Goal, Plan
from sextant.goals.policy.progress import decide_extra_applies
from sextant.goals.queries.suspension import days_suspended
from sextant.goals.queries.told import progress_of_goals
from sextant.metrics.queries import standings_of

_EXTRAS = {GoalKind.BONUS: ExtraKind.BONUS, GoalKind.PENALTY: ExtraKind.PENALTY, GoalKind.VETO: ExtraKind.VETO}


@dataclass(frozen=True, slots=True)
class ScoredPlan:
    """The score with the reason for not having one; `ratios` is each goal's progress, None = nobody has said."""

    score: PlanScore
    problems: tuple[Problem, ...]
    ratios: Mapping[int, Decimal | None]


def score_of_plan(plan: Plan) -> ScoredPlan | None:
    """The plan's score as of the latest figures; None while no goal of it runs. Five queries."""
    states = [GoalState.RUNNING, GoalState.SUSPENDED, GoalState.CLOSED]
    goals = list(Goal.objects.filter(plan=plan, state__in=states).order_by("id"))
    if not goals:
        return None
    ids = [goal.id for goal in goals]
    ratios = progress_of_goals(ids)
    scores = {id_: one.score for id_, one in standings_of(ids).items()}
    unjudged = days_suspended(ids)
    items = [
        PlanItem(
            goal.id,
            goal.weight,
            scores.get(goal.id) if goal.metric_id is not None else _points(ratios[goal.id]),
            is_suspended=goal.state == GoalState.SUSPENDED,
            days=(goal.until_on - goal.from_on).days - unjudged.get(goal.id, 0),
            cycle_days=(plan.cycle.until_on - plan.cycle.from_on).days,
        )
        for goal in goals
        if GoalKind(goal.kind) not in _EXTRAS
    ]
    extras = [
        PlanExtra(_EXTRAS[GoalKind(goal.kind)], goal.base or Decimal(0))
        for goal in goals
        if GoalKind(goal.kind) in _EXTRAS and decide_extra_applies(ratios[goal.id], state=GoalState(goal.state))
    ]
    outcome = score_plan(items, extras)
    assert outcome.value is not None  # without a score there is still the coverage
    return ScoredPlan(outcome.value, outcome.problems, ratios)


def _points(ratio: Decimal | None) -> Decimal | None:
    """A goal without targets scores its progress: all of it is 100."""
    return None if ratio is None else ratio * 100
