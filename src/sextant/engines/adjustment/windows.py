"""校调窗口: the days of a cycle on which targets may be negotiated anew.

A window belongs to a quarter: a cycle of a year has four, a month has one only where the week exists in it.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sextant.engines.schedule import list_weeks
from sextant.engines.values import Period

MONTHS = 3
"""Months of a quarter, counted from the first day of the cycle: a fiscal year that begins in February has its own."""


def list_quarters(cycle: Period) -> tuple[Period, ...]:
    """The quarters of a cycle in order; the last ends with the cycle, a shorter cycle is one.

    >>> [str(one.from_on) for one in list_quarters(Period(date(2026, 1, 1), date(2026, 6, 1)))]
    ['2026-01-01', '2026-04-01']
    """
    return tuple(_each_quarter(cycle))


def quarter_of(cycle: Period, day: date) -> Period:
    """The quarter of the cycle that holds `day`; before the cycle its first, after it its last."""
    quarters = list_quarters(cycle)
    return next((one for one in quarters if day < one.until_on), quarters[-1])


def list_windows(cycle: Period, *, week: int, days: int) -> tuple[Period, ...]:
    """The windows of a cycle: from the Monday of week `week` of each quarter, `days` long, cut at the quarter's end.

    Weeks are ISO weeks, the one that holds the quarter's first day is the first, as on the page of a goal; a window of
    week 1 opens with the quarter. A quarter without that week has no window. () = never: every change is an exception.
    Source: requirement G8 (week 10, configurable).

    >>> (window,) = list_windows(Period(date(2026, 10, 1), date(2027, 1, 1)), week=10, days=7)
    >>> window
    Period(from_on=datetime.date(2026, 11, 30), until_on=datetime.date(2026, 12, 7))
    """
    found = []
    for quarter in list_quarters(cycle):
        weeks = list_weeks(quarter, on=quarter.last_on)
        if week <= len(weeks):
            opens = max(weeks[week - 1].monday, quarter.from_on)
            found.append(Period(opens, min(opens + timedelta(days=days), quarter.until_on)))
    return tuple(found)


def window_at(windows: Iterable[Period], day: date) -> Period | None:
    """The window that is open on `day`, or None."""
    return next((one for one in windows if day in one), None)


def window_from(windows: Iterable[Period], day: date) -> Period | None:
    """The window that is open on `day`, else the next to open; None after the last."""
    return next((one for one in sorted(windows) if day < one.until_on), None)


def _each_quarter(cycle: Period) -> Iterator[Period]:
    start, count = cycle.from_on, 1
    while start < cycle.until_on:
        end = min(_months_after(cycle.from_on, MONTHS * count), cycle.until_on)
        yield Period(start, end)
        start, count = end, count + 1


def _months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; in a shorter month its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
