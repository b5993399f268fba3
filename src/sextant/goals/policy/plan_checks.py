"""Does a plan follow its template, and is each goal complete? Asked live while people write, and again by every action.

An error forbids saving: the text could never be judged. A warning forbids proposing: something is still to do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sextant.engines.agreement import GoalTerms
from sextant.engines.values import Problem, Severity
from sextant.goals.contracts import GoalKind, Targets
from sextant.goals.plan_definition import EXTRA_KINDS, FULL, Dimension, PlanDefinition
from sextant.goals.policy.plan_kinds import has_field
from sextant.goals.policy.targets import decide_target_problems

MOST_POINTS = Decimal(100)
MOST_TITLE = 300
_TARGETS = ("base", "stretch", "start", "range_low", "range_high", "tolerance")


@dataclass(frozen=True, slots=True)
class MeasuredBy:
    """What a check must know of a metric."""

    id: int
    code: str
    direction: str
    aggregation: str


@dataclass(frozen=True, slots=True)
class CheckedGoal:
    """A goal of a plan as one side wants it. `goal_id` None: not saved yet. `metric` None: none, or an unknown one."""

    goal_id: int | None
    terms: GoalTerms
    metric: MeasuredBy | None = None

    @property
    def kind(self) -> GoalKind:
        """The kind as the enum."""
        return GoalKind(self.terms.kind)


@dataclass(frozen=True, slots=True)
class WeightSum:
    """How far the weights of a dimension are from what its template wants; both per cent of the plan."""

    dimension: Dimension
    total: Decimal
    goals: int

    @property
    def is_met(self) -> bool:
        """Whether nothing is left to give or to take."""
        return self.total == self.dimension.weight_pct


def decide_goal_problems(goal: CheckedGoal, *, definition: PlanDefinition) -> tuple[Problem, ...]:
    """Everything about one goal: errors that forbid saving it, then what is still to fill in, as warnings.

    `params` of each name the `field`. Codes: those of `decide_target_problems`; plan.title_missing,
    goals.title_too_long, plan.points_range, plan.steps_points; as warnings goal.base_missing and plan.* of what the
    kind asks for: dimension, kind_not_allowed, metric, weight, due, deliverable, milestones, actions, points.
    """
    return (*_target_problems(goal), *_gaps(goal), *_dimension_problems(goal, definition))


def decide_plan_problems(goals: Sequence[CheckedGoal], *, definition: PlanDefinition) -> tuple[Problem, ...]:
    """What keeps the plan as a whole from being proposed; () = nothing. All warnings.

    Codes: plan.no_goals, plan.goals_few, plan.goals_many, goals.weights_not_full, plan.dimension_weight,
    plan.dimension_few, plan.dimension_many, plan.extra_points, plan.metric_twice.

    >>> from sextant.goals.plan_definition import read_definition
    >>> one = {"code": "kpi", "name": "业绩", "weight_pct": 100, "kinds": ["kpi"]}
    >>> definition = read_definition({"dimensions": [one], "least_goals": 1})
    >>> goal = CheckedGoal(1, GoalTerms("回款", "kpi", dimension="kpi", weight=Decimal(90)))
    >>> [problem.code for problem in decide_plan_problems([goal], definition=definition)]
    ['goals.weights_not_full', 'plan.dimension_weight']
    """
    if not goals:
        return (_todo("plan.no_goals"),)
    weighted = [goal for goal in goals if goal.kind not in EXTRA_KINDS]
    problems = []
    if len(weighted) < definition.least_goals:
        problems.append(_todo("plan.goals_few", n=len(weighted), least=definition.least_goals))
    if len(weighted) > definition.most_goals:
        problems.append(_todo("plan.goals_many", n=len(weighted), most=definition.most_goals))
    total = sum((goal.terms.weight for goal in weighted), Decimal(0))
    if total != FULL:
        problems.append(_todo("goals.weights_not_full", field="weight", total=total))
    for found in sum_weights(goals, definition=definition):
        problems += _counts(found)
    return (*problems, *_extra_points(goals, definition), *_metrics_twice(goals))


def sum_weights(goals: Iterable[CheckedGoal], *, definition: PlanDefinition) -> tuple[WeightSum, ...]:
    """Weight and number of goals in each dimension, in the template's order."""
    by_dimension: dict[str, list[GoalTerms]] = {}
    for goal in goals:
        by_dimension.setdefault(goal.terms.dimension, []).append(goal.terms)
    return tuple(
        WeightSum(one, sum((terms.weight for terms in found), Decimal(0)), len(found))
        for one in definition.dimensions
        for found in [by_dimension.get(one.code, [])]
    )


def forbids_saving(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The errors among `problems`."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def without_refused(wanted: GoalTerms, stored: GoalTerms, problems: Iterable[Problem]) -> GoalTerms:
    """`wanted` with the fields that `problems` refuse put back to what is `stored`: what is sound need not wait for
    what is not.

    >>> refused = Problem("goal.base_zero", {"field": "base"})
    >>> was, wanted = GoalTerms("a", "kpi", base=Decimal(5)), GoalTerms("b", "kpi", base=Decimal(0))
    >>> without_refused(wanted, was, [refused]) == GoalTerms("b", "kpi", base=Decimal(5))
    True
    """
    names = {str(problem.params.get("field")) for problem in problems}
    return replace(wanted, **{name: getattr(stored, name) for name in names if hasattr(stored, name)})


def _target_problems(goal: CheckedGoal) -> list[Problem]:
    """Errors alone. A target that is not there yet is a gap, one that can never be judged is an error."""
    terms, problems = goal.terms, []
    if not terms.title.strip():  # lists and maps call a goal by its name
        problems.append(Problem("plan.title_missing", {"field": "title"}))
    if len(terms.title) > MOST_TITLE:
        problems.append(Problem("goals.title_too_long", {"field": "title", "value": terms.title}))
    if goal.kind in EXTRA_KINDS and terms.base is not None and not 0 < terms.base <= MOST_POINTS:
        problems.append(Problem("plan.points_range", {"field": "base", "value": terms.base, "most": MOST_POINTS}))
    if any(step.points < 0 or step.points > MOST_POINTS for step in terms.milestones):
        problems.append(Problem("plan.steps_points", {"field": "milestones", "most": MOST_POINTS}))
    targets = Targets(**{name: getattr(terms, name) for name in _TARGETS}, weight=terms.weight, curve=terms.curve)
    if goal.metric is None:
        # without a metric only the weight can be wrong: direction and aggregation have no say
        found = decide_target_problems(Targets(base=Decimal(1), weight=terms.weight), direction="higher")
    else:
        found = decide_target_problems(targets, direction=goal.metric.direction, aggregation=goal.metric.aggregation)
    waiting = {"goal.base_missing", "goal.range_incomplete"}
    return [*problems, *(problem for problem in found if problem.code not in waiting)]


def _gaps(goal: CheckedGoal) -> Iterable[Problem]:
    """What is still to fill in, by what the kind asks for."""
    terms, kind = goal.terms, goal.kind
    if kind is GoalKind.KPI and not terms.metric:
        yield _todo("plan.metric_missing", field="metric")
    if has_field(kind, "metric") and terms.metric and not _has_target(goal):
        yield _todo("goal.base_missing", field="base")
    if has_field(kind, "points") and terms.base is None:
        yield _todo("plan.points_missing", field="base")
    if has_field(kind, "weight") and terms.weight == 0:
        yield _todo("plan.weight_missing", field="weight")
    if has_field(kind, "due_on") and terms.due_on is None:
        yield _todo("plan.due_missing", field="due_on")
    if kind is GoalKind.GS and not terms.deliverable.strip():
        yield _todo("plan.deliverable_missing", field="deliverable")
    if kind is GoalKind.ACTION and not terms.actions:
        yield _todo("plan.actions_missing", field="actions")
    if kind is GoalKind.MILESTONE:
        yield from _milestone_gaps(terms)


def _milestone_gaps(terms: GoalTerms) -> Iterable[Problem]:
    total = sum((step.points for step in terms.milestones), Decimal(0))
    if not terms.milestones:
        yield _todo("plan.milestones_missing", field="milestones")
    elif total != FULL:
        yield _todo("plan.milestones_sum", field="milestones", total=total)


def _has_target(goal: CheckedGoal) -> bool:
    if goal.metric is not None and goal.metric.direction == "range":
        return goal.terms.range_low is not None and goal.terms.range_high is not None
    return goal.terms.base is not None


def _dimension_problems(goal: CheckedGoal, definition: PlanDefinition) -> Iterable[Problem]:
    dimension = definition.dimension(goal.terms.dimension)
    if dimension is None:
        yield _todo("plan.dimension_missing", field="dimension")
    elif goal.kind not in dimension.kinds:
        yield _todo("plan.kind_not_allowed", field="kind", kind=goal.kind.value, dimension=dimension.name)


def _counts(found: WeightSum) -> Iterable[Problem]:
    name, least, most = found.dimension.name, found.dimension.least, found.dimension.most
    if not found.is_met and not found.dimension.is_extra:
        wanted = found.dimension.weight_pct
        yield _todo("plan.dimension_weight", field="weight", dimension=name, total=found.total, wanted=wanted)
    if found.goals < least:
        yield _todo("plan.dimension_few", dimension=name, n=found.goals, least=least)
    if most is not None and found.goals > most:
        yield _todo("plan.dimension_many", dimension=name, n=found.goals, most=most)


def _extra_points(goals: Iterable[CheckedGoal], definition: PlanDefinition) -> Iterable[Problem]:
    """Bonus items together may add no more than the template allows, and so may penalties take."""
    for kind in (GoalKind.BONUS, GoalKind.PENALTY):
        points = sum((goal.terms.base or Decimal(0) for goal in goals if goal.kind is kind), Decimal(0))
        if points > definition.most_extra_points:
            yield _todo("plan.extra_points", kind=kind.value, points=points, most=definition.most_extra_points)


def _metrics_twice(goals: Iterable[CheckedGoal]) -> Iterable[Problem]:
    seen: set[str] = set()
    for goal in goals:
        if goal.terms.metric and goal.terms.metric in seen:
            yield _todo("plan.metric_twice", field="metric", title=goal.terms.title)
        seen.add(goal.terms.metric)


def _todo(code: str, **params: object) -> Problem:
    return Problem(code, params, Severity.WARNING)
