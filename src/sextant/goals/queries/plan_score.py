"""方案得分 of a plan that runs: every goal's score by where its progress comes from, then the rules of the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.evaluation import ExtraKind, PlanExtra, PlanItem, PlanScore, score_plan
from sextant.engines.values import Problem
from sextant.goals.contracts import GoalKind, GoalState, ProgressFrom
from sextant.goals.models import Goal, Plan
from sextant.goals.policy.progress import ChildProgress, decide_extra_applies, progress_of_children, progress_of_steps
from sextant.goals.queries.suspension import days_suspended
from sextant.metrics.queries import standings_of

_EXTRAS = {GoalKind.BONUS: ExtraKind.BONUS, GoalKind.PENALTY: ExtraKind.PENALTY, GoalKind.VETO: ExtraKind.VETO}


@dataclass(frozen=True, slots=True)
class ScoredPlan:
    """The score with the reason for not having one; `ratios` is each goal's progress, None = nobody has said."""

    score: PlanScore
    problems: tuple[Problem, ...]
    ratios: Mapping[int, Decimal | None]


def score_of_plan(plan: Plan) -> ScoredPlan | None:
    """The plan's score as of the latest figures; None while no goal of it runs. At most seven queries."""
    goals = list(
        Goal.objects.filter(plan=plan, state__in=[GoalState.RUNNING, GoalState.SUSPENDED, GoalState.CLOSED])
        .prefetch_related("milestones", "action_items", "progress_notes", "children")
        .order_by("id")
    )
    if not goals:
        return None
    standings = standings_of(
        [*(goal.id for goal in goals), *(child.id for goal in goals for child in goal.children.all())]
    )
    attained = {id_: one.attainment for id_, one in standings.items()}
    ratios = {goal.id: _ratio(goal, attained) for goal in goals}
    scores = {id_: one.score for id_, one in standings.items()}
    unjudged = days_suspended([goal.id for goal in goals])
    items = [
        PlanItem(
            goal.id,
            goal.weight,
            scores.get(goal.id) if goal.progress_from == ProgressFrom.METRIC else _points(ratios[goal.id]),
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


def _ratio(goal: Goal, attained: Mapping[int, Decimal | None]) -> Decimal | None:
    match ProgressFrom(goal.progress_from):
        case ProgressFrom.METRIC:
            return attained.get(goal.id)
        case ProgressFrom.CHILDREN:
            running = [child for child in goal.children.all() if child.state == GoalState.RUNNING]
            return progress_of_children([ChildProgress(one.weight, attained.get(one.id)) for one in running])
        case ProgressFrom.ACTIONS:
            steps = [(one.points, one.done_on is not None) for one in goal.milestones.all()]
            return progress_of_steps(
                steps or [(Decimal(1), one.done_on is not None) for one in goal.action_items.all()]
            )
        case ProgressFrom.TYPED:
            notes = sorted(goal.progress_notes.all(), key=lambda one: (one.on, one.id))
            return notes[-1].ratio if notes else None


def _points(ratio: Decimal | None) -> Decimal | None:
    """A goal without targets scores its progress: all of it is 100."""
    return None if ratio is None else ratio * 100
