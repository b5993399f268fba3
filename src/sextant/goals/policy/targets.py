"""May a goal be saved with these targets and weights? Source: design/evaluation.md, "Words" and "Progress"."""

from collections.abc import Iterable
from decimal import Decimal

from sextant.engines.values import Problem, Severity
from sextant.goals.contracts import Curve, Targets

FULL_WEIGHT = Decimal(100)


def decide_target_problems(targets: Targets, *, direction: str) -> tuple[Problem, ...]:
    """What forbids saving a goal with `targets` on a metric of `direction` (higher | lower | range); () = nothing.

    Every problem is an error; `params["field"]` names the field to mend. Codes: goals.base_missing, goals.base_zero,
    goals.base_negative, goals.start_beyond_base, goals.stretch_not_beyond, goals.stretch_zero, goals.range_missing,
    goals.range_reversed, goals.tolerance_missing, goals.weight_range, goals.curve_unknown.

    >>> decide_target_problems(Targets(base=Decimal(0)), direction="higher")[0].code
    'goals.base_zero'
    >>> decide_target_problems(Targets(base=Decimal(12), stretch=Decimal(15)), direction="lower")[0].code
    'goals.stretch_not_beyond'
    >>> decide_target_problems(Targets(base=Decimal(12), start=Decimal(18), stretch=Decimal(9)), direction="lower")
    ()
    """
    measured = _range_problems(targets) if direction == "range" else _line_problems(targets, direction)
    return (*measured, *_weight_problems(targets), *_curve_problems(targets))


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


def _refuse(code: str, field: str, value: object, **params: object) -> Problem:
    return Problem(code, {"field": field, "value": value, **params})


def _line_problems(targets: Targets, direction: str) -> list[Problem]:
    """A target to reach (higher) or to fall below (lower)."""
    base, start = targets.base, targets.start
    if base is None:
        return [_refuse("goals.base_missing", "base", "")]
    # without a start, progress is V / B: a base of 0 divides by nothing, a negative one turns the sign around
    if start is None and base == 0:
        return [_refuse("goals.base_zero", "base", base)]
    if start is None and base < 0:
        return [_refuse("goals.base_negative", "base", base)]
    problems = []
    if start is not None and not _is_beyond(base, start, direction):
        problems.append(_refuse("goals.start_beyond_base", "start", start, base=base, direction=direction))
    problems += _stretch_problems(targets, base, direction)
    return problems


def _stretch_problems(targets: Targets, base: Decimal, direction: str) -> list[Problem]:
    stretch = targets.stretch
    if stretch is None:
        return []
    if not _is_beyond(stretch, base, direction):
        return [_refuse("goals.stretch_not_beyond", "stretch", stretch, base=base, direction=direction)]
    if stretch == 0 and targets.start is None and targets.curve == Curve.PARALLEL:
        return [_refuse("goals.stretch_zero", "stretch", stretch)]
    return []


def _is_beyond(one: Decimal, other: Decimal, direction: str) -> bool:
    return one < other if direction == "lower" else one > other


def _range_problems(targets: Targets) -> list[Problem]:
    low, high, tolerance = targets.range_low, targets.range_high, targets.tolerance
    if low is None or high is None:
        return [_refuse("goals.range_missing", "range_low" if low is None else "range_high", "")]
    if low > high:
        return [_refuse("goals.range_reversed", "range_low", low, high=high)]
    # outside the range progress is 1 - distance / tolerance
    if tolerance is None or tolerance <= 0:
        return [_refuse("goals.tolerance_missing", "tolerance", "" if tolerance is None else tolerance)]
    return []


def _weight_problems(targets: Targets) -> list[Problem]:
    if 0 <= targets.weight <= FULL_WEIGHT:
        return []
    return [_refuse("goals.weight_range", "weight", targets.weight)]


def _curve_problems(targets: Targets) -> list[Problem]:
    if targets.curve in tuple(Curve):
        return []
    return [_refuse("goals.curve_unknown", "curve", targets.curve, known=", ".join(Curve))]
