"""动态阈值: thresholds that follow what others reach, or what the same subject reached in earlier periods.

Both ways gather completions and take a quantile of them. How a light is judged by the result does not change.
Source: design/evaluation.md, "Light"; what is compared with what: docs/evaluation.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.evaluation.aggregate import aggregate
from sextant.engines.evaluation.case import Case, case_of, check_goal
from sextant.engines.evaluation.exact import MICRO, six_places, to_micro
from sextant.engines.evaluation.progress import Course, clamp
from sextant.engines.evaluation.spec import Comparison, Dynamic, GoalSpec, Measurement, MetricSpec, Thresholds
from sextant.engines.schedule import Pace, elapsed
from sextant.engines.values import Period

HIGHEST_BAR = Decimal(1)
"""Nobody is red or yellow who has done what was expected, however well the others do."""


@dataclass(frozen=True, slots=True)
class Bars:
    """What the thresholds of one goal became. `observed` completions were there to compare with; `red` and `yellow`
    are None where they were too few, and the constants hold."""

    observed: int
    red: Decimal | None = None
    yellow: Decimal | None = None


NO_BARS = Bars(0)


def bars_of(dynamic: Dynamic, completions: Iterable[Decimal]) -> Bars:
    """The thresholds that follow from `completions`, in any order.

    A quantile q of n completions is the ⌈q·n⌉-th from below: a number that somebody really had, and at most the share
    q of them lies below it. No bar is above 1.

    >>> ten = [Decimal(tenth) / 10 for tenth in range(1, 11)]
    >>> bars_of(Dynamic(Comparison.PEERS, red=Decimal("0.1"), yellow=Decimal("0.25")), ten)
    Bars(observed=10, red=Decimal('0.1'), yellow=Decimal('0.3'))
    >>> bars_of(Dynamic(Comparison.PEERS), ten[:7])
    Bars(observed=7, red=None, yellow=None)
    """
    ordered = sorted(completions)
    if len(ordered) < dynamic.least:
        return Bars(len(ordered))
    red, yellow = (
        min(ordered[rank_of(share, len(ordered)) - 1], HIGHEST_BAR) for share in (dynamic.red, dynamic.yellow)
    )
    return Bars(len(ordered), red, yellow)


def rank_of(share: Decimal, count: int) -> int:
    """⌈share · count⌉, at least 1.

    >>> rank_of(Decimal("0.1"), 30), rank_of(Decimal("0.25"), 10), rank_of(Decimal("0.1"), 3)
    (3, 3, 1)
    """
    return max(-(-to_micro(share) * count // MICRO), 1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day of a period: where a goal stood, or would have stood, at its end."""

    period: Period
    on: date


def list_past(period: Period, *, on: date, times: int) -> tuple[Moment, ...]:
    """The same moment of the periods before, newest first.

    Periods of whole months go back by as many months, others by as many days. The moment is as many days after the
    beginning; the last day answers to the last day, whatever the months' lengths.

    >>> quarter = Period(date(2026, 1, 1), date(2026, 4, 1))
    >>> [(str(one.period.from_on), str(one.on)) for one in list_past(quarter, on=date(2026, 2, 10), times=2)]
    [('2025-10-01', '2025-11-10'), ('2025-07-01', '2025-08-10')]
    >>> list_past(quarter, on=date(2026, 9, 1), times=1)[0].on
    datetime.date(2025, 12, 31)
    """
    is_over, days = on >= period.last_on, (min(on, period.last_on) - period.from_on).days
    moments = []
    for time in range(1, times + 1):
        past = _moved_back(period, time)
        moments.append(
            Moment(past, past.last_on if is_over else min(past.from_on + timedelta(days=days), past.last_on))
        )
    return tuple(moments)


def _moved_back(period: Period, times: int) -> Period:
    first, after = period.from_on, period.until_on
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day != 1 or after.day != 1:
        back = times * (after - first)
        return Period(first - back, after - back)
    return Period(_months_before(first, times * months), _months_before(after, times * months))


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def can_look_back(goal: GoalSpec, metric: MetricSpec) -> bool:
    """Whether earlier periods say anything about a goal: not where it leads away from a start that they lie behind."""
    return case_of(goal, metric) is not Case.TRAVEL


def completion_on(
    goal: GoalSpec,
    measurements: Iterable[Measurement],
    *,
    metric: MetricSpec,
    on: date,
    calendar: Pace,
    thresholds: Thresholds,
) -> Decimal | None:
    """Completion of a goal at the end of `on`, as `evaluate` gives it; None where it gives none."""
    if check_goal(goal, metric) or on < goal.from_on:
        return None
    last_on = min(on, goal.period.last_on)
    value = aggregate(metric.aggregation, [one for one in measurements if goal.from_on <= one.day <= last_on])
    course = Course(goal, case_of(goal, metric), elapsed(goal.period, on=last_on, calendar=calendar))
    if value is None or not course.expected_share:
        return None
    cap = thresholds.progress_cap
    return six_places(clamp(course.progress(value, target=goal.base, best=cap), cap) / course.expected_share)


def list_moments(dynamic: Dynamic, period: Period, *, on: date) -> tuple[Moment, ...]:
    """The moments whose completions a goal of this period is compared with: its own now, for its peers, or those of
    the periods before."""
    if dynamic.of is Comparison.PEERS:
        return (Moment(period, on),)
    return list_past(period, on=on, times=dynamic.periods)
