"""Which days are worked. The elapsed share of a period, and with it every light, counts these days."""

import hashlib
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date

from sextant.engines.values import Period

_MONDAY_TO_FRIDAY = frozenset(range(1, 6))


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A weekly pattern with exceptions: public holidays off, adjusted working days (调休上班) on.

    `weekdays` are ISO numbers (Monday 1 … Sunday 7). `days_off` and `days_on` override the pattern; a day named in
    both is worked. `name` says where the exceptions come from ("cn-2026").

    >>> new_year, saturday = date(2026, 2, 17), date(2026, 2, 14)
    >>> spring = WorkCalendar(name="cn", days_off=frozenset({new_year}), days_on=frozenset({saturday}))
    >>> spring.is_working(new_year), spring.is_working(saturday)
    (False, True)
    """

    name: str = "5-day"
    weekdays: frozenset[int] = _MONDAY_TO_FRIDAY
    days_off: frozenset[date] = frozenset()
    days_on: frozenset[date] = frozenset()
    # exceptions that really change the pattern, sorted once, so that counting a period is two bisections
    _lost: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _won: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError("weekdays are ISO numbers 1 (Monday) to 7 (Sunday)")
        lost = sorted(day for day in self.days_off - self.days_on if day.isoweekday() in self.weekdays)
        won = sorted(day for day in self.days_on if day.isoweekday() not in self.weekdays)
        object.__setattr__(self, "_lost", tuple(lost))
        object.__setattr__(self, "_won", tuple(won))

    @property
    def version(self) -> str:
        """Name and fingerprint of the content; a run stores it, so that a replay counts the same days.

        >>> FIVE_DAY_WEEK.version
        '5-day:5994471a'
        """
        parts = [
            "".join(str(number) for number in sorted(self.weekdays)),
            *(f"-{day.isoformat()}" for day in self._lost),
            *(f"+{day.isoformat()}" for day in self._won),
        ]
        return f"{self.name}:{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:8]}"

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        if day in self.days_on:
            return True
        return day.isoweekday() in self.weekdays and day not in self.days_off

    def count(self, from_on: date, until_on: date) -> int:
        """Working days in [from_on, until_on); 0 when the end is not after the start.

        >>> FIVE_DAY_WEEK.count(date(2017, 4, 1), date(2017, 7, 1))
        65
        """
        days = (until_on - from_on).days
        if days <= 0:
            return 0
        weeks, rest = divmod(days, 7)
        first = from_on.isoweekday()
        tail = sum(1 for offset in range(rest) if (first - 1 + offset) % 7 + 1 in self.weekdays)
        return (
            weeks * len(self.weekdays)
            + tail
            + _within(self._won, from_on, until_on)
            - _within(self._lost, from_on, until_on)
        )

    def count_in(self, period: Period) -> int:
        """Working days of a period."""
        return self.count(period.from_on, period.until_on)


def _within(days: tuple[date, ...], from_on: date, until_on: date) -> int:
    return bisect_left(days, until_on) - bisect_left(days, from_on)


FIVE_DAY_WEEK = WorkCalendar()
"""Monday to Friday without exceptions: the default until a company adds its holidays."""
