"""May a goal be saved with these targets and weights? What can be judged at all, the evaluation engine says."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation import Aggregation, Curve, Direction, GoalSpec, MetricSpec, check_goal
from sextant.engines.values import Problem, Severity
from sextant.goals.contracts import Targets

FULL_WEIGHT = Decimal(100)

_FIELDS = {
    "goal.base_not_beyond_start": "start",
    "goal.stretch_not_beyond_base": "stretch",
    "goal.stretch_not_positive": "stretch",
    "goal.stretch_with_range": "stretch",
    "goal.range_incomplete": "range_low",
    "goal.range_reversed": "range_low",
    "goal.tolerance_negative": "tolerance",
}
"""Code of the engine → the field to mend; every other code speaks of the base."""

_ANY_PERIOD = (date(2000, 1, 1), date(2001, 1, 1))  # whether targets are sound does not depend on the days


def decide_target_problems(targets: Targets, *, direction: str, aggregation: str = "sum") -> tuple[Problem, ...]:
    """What forbids saving a goal with `targets` on a metric of `direction` and `aggregation`; () = nothing.

    Every problem is an error; `params` name the `field` to mend and the `value` it has. Codes: those of
    `engines.evaluation.check_goal`, goals.weight_range, goals.curve_unknown.

    >>> decide_target_problems(Targets(base=Decimal(0)), direction="higher")[0].code
    'goal.base_zero'
    >>> decide_target_problems(Targets(base=Decimal(12), stretch=Decimal(15)), direction="lower")[0].params["field"]
    'stretch'
    >>> decide_target_problems(Targets(base=Decimal(12), start=Decimal(18), stretch=Decimal(9)), direction="lower")
    ()
    """
    problems = []
    if not 0 <= targets.weight <= FULL_WEIGHT:
        problems.append(Problem("goals.weight_range", {"field": "weight", "value": targets.weight}))
    if targets.curve not in tuple(Curve):
        params = {"field": "curve", "value": targets.curve, "known": ", ".join(Curve)}
        return (*problems, Problem("goals.curve_unknown", params))
    metric = MetricSpec(0, Aggregation(aggregation), Direction(direction))
    return (*problems, *(_with_field(problem, targets) for problem in check_goal(_spec(targets), metric)))


def decide_weight_problems(weights: Iterable[Decimal]) -> tuple[Problem, ...]:
    """Warning goals.weights_not_full when the weights of one owner in one cycle do not sum to 100 (requirement G2).

    A plan whose weights are all zero is unweighted on purpose and passes.

    >>> decide_weight_problems([Decimal(60), Decimal(30)])[0].params["total"]
    Decimal('90')
    >>> decide_weight_problems([Decimal(60), Decimal(40)])
    ()
    """
    total = sum(weights, Decimal(0))
    if total in (0, FULL_WEIGHT):
        return ()
    return (Problem("goals.weights_not_full", {"field": "weight", "total": total}, Severity.WARNING),)


def _spec(targets: Targets) -> GoalSpec:
    from_on, until_on = _ANY_PERIOD
    return GoalSpec(
        goal_id=0,
        metric_id=0,
        subject_kind=0,
        subject_id=0,
        from_on=from_on,
        until_on=until_on,
        base=targets.base,
        stretch=targets.stretch,
        start=targets.start,
        range_low=targets.range_low,
        range_high=targets.range_high,
        tolerance=targets.tolerance,
        weight=targets.weight,
        curve=Curve(targets.curve),
    )


def _with_field(problem: Problem, targets: Targets) -> Problem:
    field = _FIELDS.get(problem.code, "base")
    if problem.code == "goal.range_incomplete" and targets.range_low is not None:
        field = "range_high"
    value = getattr(targets, field)
    return Problem(problem.code, {**problem.params, "field": field, "value": "" if value is None else value})
