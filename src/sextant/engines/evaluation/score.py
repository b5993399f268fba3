"""得分: 0…100, above 100 for what lies beyond the stretch target."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sextant.engines.evaluation.exact import exactly, six_places
from sextant.engines.evaluation.progress import Course, clamp
from sextant.engines.evaluation.scale import Scale
from sextant.engines.evaluation.spec import Curve, Thresholds
from sextant.engines.values import Problem, Severity


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its two parts, each the share that entered the formula (six places). `stretch_part` is p_S on the
    parallel curve, q on the ladder, None without a stretch target or by a scale. `points` None: it cannot be computed,
    because of `problem`."""

    points: Decimal | None
    curve: Curve | None
    base_part: Decimal
    stretch_part: Decimal | None
    problem: Problem | None = None


def score(course: Course, value: Decimal, *, thresholds: Thresholds) -> Score:
    """Points of one goal for `value`.

    parallel: 100·(b·min(p_B, 1) + s·min(p_S, cap_s)); ladder: 100·(b·min(p_B, 1) + s·clamp(q, 0, cap_s));
    without stretch: 100·min(p_B, cap); step, lookup and formula: what the scale of the rules says. Computed exactly and
    rounded once. Source: design/evaluation.md, "Score".

    >>> from datetime import date
    >>> from sextant.engines.evaluation.case import Case
    >>> from sextant.engines.evaluation.spec import GoalSpec
    >>> from sextant.engines.schedule import Elapsed
    >>> goal = GoalSpec(1, 1, 1, 1, date(2026, 1, 1), date(2026, 4, 1), base=Decimal(100), stretch=Decimal(130))
    >>> score(Course(goal, Case.GROW, Elapsed(1, 1)), Decimal(80), thresholds=Thresholds()).points
    Decimal('72.615385')
    """
    goal = course.goal
    on_base = clamp(course.progress(value, target=goal.base, best=thresholds.progress_cap), thresholds.progress_cap)
    if goal.curve.needs_scale:
        return _scaled(course, value, on_base, thresholds.scale)
    if goal.stretch is None:
        return Score(six_places(100 * on_base), None, six_places(on_base), None)
    if goal.curve is Curve.LADDER:
        beyond = course.rung(value, stretch=goal.stretch)
    else:
        beyond = course.progress(value, target=goal.stretch, best=thresholds.stretch_cap)
    beyond = clamp(beyond, thresholds.stretch_cap)
    floor = min(on_base, Fraction(1))
    near, far = goal.shares(thresholds)
    points = 100 * (exactly(near) * floor + exactly(far) * beyond)
    return Score(six_places(points), goal.curve, six_places(floor), six_places(beyond))


def _scaled(course: Course, value: Decimal, on_base: Fraction, scale: Scale | None) -> Score:
    """Points by the scale of the rules; `score.scale_missing` where they have none for the goal's curve."""
    goal, progress = course.goal, six_places(on_base)
    if scale is None or scale.curve != goal.curve:
        return Score(None, goal.curve, progress, None, Problem("score.scale_missing", {"curve": goal.curve}))
    share = course.expected_share
    outcome = scale.score(
        {
            "actual": value,
            "base": goal.base,
            "stretch": goal.stretch,
            "start": goal.start,
            "range_low": goal.range_low,
            "range_high": goal.range_high,
            "tolerance": goal.tolerance,
            "weight": goal.weight,
            "progress": progress,
            "completion": six_places(on_base / share) if share else None,
            "elapsed": course.elapsed.ratio,
        }
    )
    return Score(outcome.value, goal.curve, progress, None, _worst(outcome.problems))


def _worst(problems: Sequence[Problem]) -> Problem | None:
    """The one that says most: a fault before a missing input."""
    return next((one for one in problems if one.severity is not Severity.NOTE), problems[0] if problems else None)
