"""The rows of the progress table, and what makes a goal impossible to judge."""

from decimal import Decimal
from enum import StrEnum

from sextant.engines.evaluation.spec import Curve, Direction, GoalSpec, LowerCurve, MetricSpec
from sextant.engines.values import Problem


class Case(StrEnum):
    """One row of the table "Progress p against the base" in design/evaluation.md."""

    GROW = "grow"
    """Cumulative, higher is better: V / B, expected E."""
    LEVEL = "level"
    """Level, higher is better: V / B, expected 1."""
    TRAVEL = "travel"
    """Any with a start: (V − s₀) / (B − s₀), expected E."""
    FALL = "fall"
    """Level, lower is better: 2 − V / B, expected 1."""
    INVERSE = "inverse"
    """The same on the `ratio` curve: B / V, expected 1."""
    BUDGET = "budget"
    """Cumulative, lower is better: 2 − V / (B·E), expected 1."""
    NOT_BELOW = "not_below"
    """Base 0, higher is better, scored by a curve of its own: 1 at 0 or above, else 0; expected 1."""
    NOT_ABOVE = "not_above"
    """The same where lower is better ("no accident"): 1 at 0 or below, else 0; expected 1."""
    RANGE = "range"
    """Inside [lo, hi] 1, outside 1 − distance / t, expected 1."""

    @property
    def follows_time(self) -> bool:
        """Whether progress is expected to grow with the elapsed share. Only such goals can be late."""
        return self in {Case.GROW, Case.TRAVEL}


def case_of(goal: GoalSpec, metric: MetricSpec) -> Case:
    """The table row that holds for this goal.

    A range wins over a start: being inside is all it asks.
    """
    if metric.direction is Direction.RANGE:
        return Case.RANGE
    if goal.start is not None:
        return Case.TRAVEL
    if goal.base == 0:
        return Case.NOT_BELOW if metric.direction is Direction.HIGHER else Case.NOT_ABOVE
    cumulative = metric.aggregation.is_cumulative
    if metric.direction is Direction.HIGHER:
        return Case.GROW if cumulative else Case.LEVEL
    if cumulative:
        return Case.BUDGET
    return Case.FALL if metric.lower_curve is LowerCurve.LINEAR else Case.INVERSE


def check_goal(goal: GoalSpec, metric: MetricSpec) -> tuple[Problem, ...]:
    """Why this goal cannot be judged; empty when it can. Asked when a goal is saved, and again by every evaluation.

    Codes: `goal.base_missing`, `goal.base_zero` and `goal.base_negative` (both need a start: progress would divide by
    nothing, or run backwards; at 0 a curve of its own will do, too), `goal.base_not_beyond_start`,
    `goal.stretch_not_beyond_base`,
    `goal.stretch_not_positive` (2 − V/S has no meaning at S ≤ 0; the ladder curve has), `goal.range_incomplete`,
    `goal.range_reversed`, `goal.tolerance_negative`, `goal.stretch_with_range`, `goal.period_empty`.

    >>> from datetime import date
    >>> from sextant.engines.evaluation.spec import Aggregation
    >>> visits = MetricSpec(1, Aggregation.SUM)
    >>> goal = GoalSpec(1, 1, 1, 7, date(2026, 1, 1), date(2026, 4, 1), base=Decimal(100), stretch=Decimal(90))
    >>> [problem.code for problem in check_goal(goal, visits)]
    ['goal.stretch_not_beyond_base']
    """
    problems: list[Problem] = []
    if goal.until_on <= goal.from_on:
        problems.append(Problem("goal.period_empty", {"from_on": goal.from_on, "until_on": goal.until_on}))
    if metric.direction is Direction.RANGE:
        problems.extend(_range_problems(goal))
    else:
        problems.extend(_target_problems(goal, metric))
    return tuple(problems)


def _range_problems(goal: GoalSpec) -> list[Problem]:
    found: list[Problem] = []
    if goal.range_low is None or goal.range_high is None:
        found.append(Problem("goal.range_incomplete"))
    elif goal.range_low > goal.range_high:
        found.append(Problem("goal.range_reversed", {"low": goal.range_low, "high": goal.range_high}))
    if goal.tolerance is not None and goal.tolerance < 0:
        found.append(Problem("goal.tolerance_negative", {"tolerance": goal.tolerance}))
    if goal.stretch is not None:
        found.append(Problem("goal.stretch_with_range", {"stretch": goal.stretch}))
    return found


def _target_problems(goal: GoalSpec, metric: MetricSpec) -> list[Problem]:
    base, stretch, start = goal.base, goal.stretch, goal.start
    if base is None:
        return [Problem("goal.base_missing")]
    found: list[Problem] = []
    up = metric.direction is Direction.HIGHER
    if start is None and base == 0 and not goal.curve.needs_scale:
        found.append(Problem("goal.base_zero"))
    elif start is None and base < 0:
        found.append(Problem("goal.base_negative", {"base": base}))
    elif start is not None and not _is_beyond(base, start, up=up):
        found.append(
            Problem("goal.base_not_beyond_start", {"base": base, "start": start, "direction": metric.direction})
        )
    if stretch is not None and not _is_beyond(stretch, base, up=up):
        found.append(
            Problem("goal.stretch_not_beyond_base", {"stretch": stretch, "base": base, "direction": metric.direction})
        )
    elif stretch is not None and stretch <= 0 and start is None and goal.curve is Curve.PARALLEL:
        found.append(Problem("goal.stretch_not_positive", {"stretch": stretch}))
    return found


def _is_beyond(far: Decimal, near: Decimal, *, up: bool) -> bool:
    return far > near if up else far < near
