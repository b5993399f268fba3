"""ISO weeks, Monday to Sunday: the step in which lights are remembered and streaks are counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sextant.engines.values import Period


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week, named by its Monday."""

    monday: date

    def __post_init__(self) -> None:
        if self.monday.isoweekday() != 1:
            raise ValueError(f"{self.monday} is not a Monday")

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def until_on(self) -> date:
        """The first day after the week."""
        return self.monday + timedelta(days=7)

    def previous(self) -> "Week":
        """The week before."""
        return Week(self.monday - timedelta(days=7))

    def is_within(self, period: Period) -> bool:
        """Whether all seven days lie in `period`."""
        return period.from_on <= self.monday and self.until_on <= period.until_on


def week_of(day: date) -> Week:
    """The week that holds `day`.

    >>> week_of(date(2017, 4, 2)).monday
    datetime.date(2017, 3, 27)
    """
    return Week(day - timedelta(days=day.isoweekday() - 1))


def _each_week(first: Week, last: Week) -> Iterator[Week]:
    while first <= last:
        yield first
        first = Week(first.until_on)


def list_weeks(period: Period, *, on: date) -> tuple[Week, ...]:
    """Weeks of `period` that have begun by `on`, oldest first; the first and last may stick out of the period.

    >>> len(list_weeks(Period(date(2017, 4, 1), date(2017, 7, 1)), on=date(2017, 4, 19)))
    4
    """
    last = min(on, period.last_on)
    if last < period.from_on:
        return ()
    return tuple(_each_week(week_of(period.from_on), week_of(last)))


def list_finished_weeks(period: Period, *, on: date) -> tuple[Week, ...]:
    """Weeks that lie wholly in `period` and have ended by `on` (a Sunday ends its week that day), oldest first.

    >>> quarter = Period(date(2017, 4, 1), date(2017, 7, 1))
    >>> [week.sunday.day for week in list_finished_weeks(quarter, on=date(2017, 4, 16))]
    [9, 16]
    """
    return tuple(week for week in list_weeks(period, on=on) if week.is_within(period) and week.sunday <= on)
