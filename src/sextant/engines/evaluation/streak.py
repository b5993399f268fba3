"""Steps in which streaks are counted: ISO weeks, and where the rules say so working days or calendar months."""

from collections.abc import Iterable
from datetime import date, timedelta

from sextant.engines.evaluation.spec import Grain
from sextant.engines.schedule import Pace, list_finished_weeks
from sextant.engines.values import Period

Stretch = tuple[date, date]
"""Half-open days."""


def list_finished_steps(period: Period, *, on: date, grain: Grain, calendar: Pace) -> tuple[Stretch, ...]:
    """Steps that lie wholly in `period` and have ended by `on`, oldest first. A day that nobody works is no step.

    >>> from sextant.engines.schedule import FIVE_DAY_WEEK
    >>> quarter, day = Period(date(2026, 1, 1), date(2026, 4, 1)), date(2026, 3, 30)
    >>> [len(list_finished_steps(quarter, on=day, grain=grain, calendar=FIVE_DAY_WEEK)) for grain in Grain]
    [63, 12, 2]
    """
    if grain is Grain.WEEK:
        return tuple((week.monday, week.until_on) for week in list_finished_weeks(period, on=on))
    last_on = min(on, period.last_on)
    steps = _days(period, last_on, calendar) if grain is Grain.DAY else _months(period, last_on)
    return tuple(steps)


def _days(period: Period, last_on: date, calendar: Pace) -> Iterable[Stretch]:
    everyday = calendar.count_in(period) == 0
    day = period.from_on
    while day <= last_on:
        after = day + timedelta(days=1)
        if everyday or calendar.count(day, after):
            yield day, after
        day = after


def _months(period: Period, last_on: date) -> Iterable[Stretch]:
    first = period.from_on if period.from_on.day == 1 else _month_after(period.from_on)
    while (after := _month_after(first)) <= last_on + timedelta(days=1):
        yield first, after
        first = after


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
