"""得分: 0…100, above 100 for what lies beyond the stretch target."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sextant.engines.evaluation.exact import exactly, six_places
from sextant.engines.evaluation.progress import Course, clamp
from sextant.engines.evaluation.spec import Curve, Thresholds


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its two parts, each the share that entered the formula (six places). `stretch_part` is p_S on the
    parallel curve, q on the ladder, None without a stretch target."""

    points: Decimal
    curve: Curve | None
    base_part: Decimal
    stretch_part: Decimal | None


def score(course: Course, value: Decimal, *, thresholds: Thresholds) -> Score:
    """Points of one goal for `value`.

    parallel: 100·(b·min(p_B, 1) + s·min(p_S, cap_s)); ladder: 100·(b·min(p_B, 1) + s·clamp(q, 0, cap_s));
    without stretch: 100·min(p_B, cap). Computed exactly and rounded once. Source: design/evaluation.md, "Score".

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
    if goal.stretch is None:
        return Score(six_places(100 * on_base), None, six_places(on_base), None)
    if goal.curve is Curve.LADDER:
        beyond = course.rung(value, stretch=goal.stretch)
    else:
        beyond = course.progress(value, target=goal.stretch, best=thresholds.stretch_cap)
    beyond = clamp(beyond, thresholds.stretch_cap)
    floor = min(on_base, Fraction(1))
    points = 100 * (exactly(thresholds.base_weight) * floor + exactly(thresholds.stretch_weight) * beyond)
    return Score(six_places(points), goal.curve, six_places(floor), six_places(beyond))
