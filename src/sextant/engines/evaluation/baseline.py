"""基准线: whether a finished week fell below it, and how many did so in a row (rule 6)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.exact import exactly
from sextant.engines.evaluation.progress import Course
from sextant.engines.evaluation.spec import SHOWN_WEEKS, Direction, MetricSpec, Thresholds


def is_below_baseline(
    own: Decimal, *, course: Course, week_share: Fraction, metric: MetricSpec, thresholds: Thresholds
) -> bool:
    """Whether a week's own value `own` (increment of a cumulative metric, level of the week) missed its baseline.

    The same holds for a day or a month. `course` stands at the step's end; `week_share` is the step's part of the
    period's working days. Without an absolute line the baseline is θ of the step's own expectation; from the better
    side for lower-is-better: 2 − θ. A cumulative range has no weekly expectation and is never below.

    With B = 650 over 13 weeks, a week's share is 50 and its baseline 42.5.
    """
    case, goal = course.case, course.goal
    at, theta = exactly(own), exactly(thresholds.baseline_share)
    if case is Case.RANGE:
        if metric.aggregation.is_cumulative:
            return False
        return course.progress(own, target=None, best=Decimal(1)) < theta
    if metric.baseline is not None:
        line = exactly(metric.baseline)
        return at > line if metric.direction is Direction.LOWER else at < line
    assert goal.base is not None
    base = exactly(goal.base)
    if case is Case.TRAVEL:
        assert goal.start is not None
        start = exactly(goal.start)
        if metric.aggregation.is_cumulative:
            return at / (base - start) < theta * week_share
        return (at - start) / (base - start) < theta * course.elapsed.share
    if case is Case.GROW:
        return at < theta * base * week_share
    if case is Case.BUDGET:
        return at > (2 - theta) * base * week_share
    return at < theta * base if case in {Case.LEVEL, Case.NOT_BELOW} else at > (2 - theta) * base


def count_streak(below: dict[date, bool | None], *, on: date) -> int:
    """Finished weeks below the baseline in a row, counted back from the newest ended by `on`; at most 26.

    Keys are the last days of finished steps; None is a week without data, which breaks the streak.

    >>> weeks = {date(2026, 1, 11): True, date(2026, 1, 18): None, date(2026, 1, 25): True, date(2026, 2, 1): True}
    >>> count_streak(weeks, on=date(2026, 2, 4)), count_streak(weeks, on=date(2026, 1, 31))
    (2, 1)
    """
    length = 0
    for last_on in sorted((day for day in below if day <= on), reverse=True):
        if not below[last_on] or length == SHOWN_WEEKS:
            break
        length += 1
    return length
