"""方案得分: every goal's score by where its progress comes from, then the rules of the plan. The one computation behind
every page that shows such a number."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.evaluation import ExtraKind, PlanExtra, PlanItem, PlanScore, score_plan
from sextant.engines.values import Period, Problem
from sextant.goals.contracts import GoalKind, GoalState
from sextant.goals.models import Goal, Plan
from sextant.goals.policy.progress import decide_extra_applies
from sextant.goals.queries.scope import in_force
from sextant.goals.queries.told import Told, ToldGoals, read_told

_EXTRAS = {GoalKind.BONUS: ExtraKind.BONUS, GoalKind.PENALTY: ExtraKind.PENALTY, GoalKind.VETO: ExtraKind.VETO}


@dataclass(frozen=True, slots=True)
class ScoredPlan:
    """The score with the reason for not having one; `ratios` is each goal's progress, None = nobody has said."""

    score: PlanScore
    problems: tuple[Problem, ...]
    ratios: Mapping[int, Decimal | None]


def score_of_plan(plan: Plan) -> ScoredPlan | None:
    """The plan's score as of the latest figures; None while no goal of it runs. Three queries."""
    ids = in_force(Goal.objects.filter(plan=plan)).order_by("id").values_list("id", flat=True)
    return score_of_goals(list(ids), cycle=Period(plan.cycle.from_on, plan.cycle.until_on))


def score_of_goals(goal_ids: Collection[int], *, cycle: Period) -> ScoredPlan | None:
    """The score of one owner's goals in force in a cycle; None without goals. Two queries.

    Where some of them belong to the owner's plan, the others are no part of what was agreed and do not count.
    """
    if not goal_ids:
        return None
    told = read_told(goal_ids)
    goals = [told.goals[id_] for id_ in goal_ids if id_ in told.goals]
    counted = [one for one in goals if one.plan_id is not None] or goals
    items = [_item(one, told, cycle) for one in counted if one.kind not in _EXTRAS]
    extras = [
        PlanExtra(_EXTRAS[one.kind], one.base or Decimal(0))
        for one in counted
        if one.kind in _EXTRAS and decide_extra_applies(told.ratios[one.id], state=one.state)
    ]
    outcome = score_plan(items, extras)
    assert outcome.value is not None  # without a score there is still the coverage
    return ScoredPlan(outcome.value, outcome.problems, {one.id: told.ratios[one.id] for one in counted})


def _item(one: Told, told: ToldGoals, cycle: Period) -> PlanItem:
    mark = told.marks.get(one.id)
    score = (mark.score if mark else None) if one.is_measured else _points(told.ratios[one.id])
    return PlanItem(
        one.id,
        one.weight,
        score,
        is_suspended=one.state is GoalState.SUSPENDED,
        days=(one.period.until_on - one.period.from_on).days - one.days_out,
        cycle_days=(cycle.until_on - cycle.from_on).days,
    )


def _points(ratio: Decimal | None) -> Decimal | None:
    """A goal without targets scores its progress: all of it is 100."""
    return None if ratio is None else ratio * 100
