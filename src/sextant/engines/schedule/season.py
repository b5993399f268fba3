"""季节曲线: a year in which some months or weeks are expected to bring more than others."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.schedule.calendar import WorkCalendar
from sextant.engines.schedule.week import week_of
from sextant.engines.values import Period

MONTHS, WEEKS = 12, 53
MOST_WEIGHT = 1000
"""Of a month or week. Keeps the units of a period small enough for 64-bit products of two of them."""
UNITS = 1000
"""Units of one point of weight: a day's part of its month is exact to a thousandth of a point."""


@dataclass(frozen=True, slots=True)
class Season:
    """How a year's expectation is spread: 12 weights (January first) or 53 (ISO weeks 1 to 53), in any unit.

    Only their proportions matter. Weights have at most three places and are at most 1,000; none is negative, and one at
    least is above zero.
    """

    weights: tuple[Decimal, ...]

    def __post_init__(self) -> None:
        if len(self.weights) not in {MONTHS, WEEKS}:
            raise ValueError(f"a season has {MONTHS} or {WEEKS} weights")
        if min(self.weights) < 0 or not 0 < max(self.weights) <= MOST_WEIGHT:
            raise ValueError(f"weights are not negative and at most {MOST_WEIGHT}, and one is above zero")
        if any(weight * UNITS % 1 for weight in self.weights):
            raise ValueError("weights have at most three places")

    def units_of(self, day: date) -> int:
        """Units of the whole month or week that holds `day`."""
        place = day.month if len(self.weights) == MONTHS else day.isocalendar().week
        return int(self.weights[place - 1] * UNITS)

    @property
    def most_units_a_day(self) -> int:
        """No period of whole years, months or weeks counts more units a day than this, rounded up."""
        days = 28 if len(self.weights) == MONTHS else 7
        return int(max(self.weights) * UNITS) // days + 1

    def stretch_of(self, day: date) -> tuple[date, date]:
        """The month or week that holds `day`, half-open."""
        if len(self.weights) == WEEKS:
            week = week_of(day)
            return week.monday, week.until_on
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True, slots=True)
class SeasonalCalendar:
    """A calendar whose working days weigh what the season says: `count` gives units instead of days.

    The weight of a month (week) is spread over its working days; where it does not divide evenly the units come as
    early days pass, none lost and none twice. One without a working day brings nothing.

    >>> from sextant.engines.schedule.calendar import FIVE_DAY_WEEK
    >>> high_in_december = Season((Decimal(1),) * 11 + (Decimal(3),))
    >>> year = SeasonalCalendar(FIVE_DAY_WEEK, high_in_december)
    >>> year.count(date(2026, 1, 1), date(2026, 12, 1)), year.count(date(2026, 1, 1), date(2027, 1, 1))
    (11000, 14000)
    """

    calendar: WorkCalendar
    season: Season

    @property
    def version(self) -> str:
        """The calendar's version and a fingerprint of the season."""
        weights = " ".join(f"{weight.normalize():f}" for weight in self.season.weights)
        return f"{self.calendar.version}~{hashlib.sha256(weights.encode()).hexdigest()[:8]}"

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        return self.calendar.is_working(day)

    def count(self, from_on: date, until_on: date) -> int:
        """Units in [from_on, until_on); 0 when the end is not after the start. Stretches side by side add up."""
        total, day = 0, from_on
        while day < until_on:
            first, after = self.season.stretch_of(day)
            stop = min(after, until_on)
            total += self._by(first, after, stop) - self._by(first, after, day)
            day = stop
        return total

    def count_in(self, period: Period) -> int:
        """Units of a period."""
        return self.count(period.from_on, period.until_on)

    def _by(self, first: date, after: date, day: date) -> int:
        """Units of the stretch [first, after) that have come before `day`."""
        worked = self.calendar.count(first, after)
        return self.season.units_of(first) * self.calendar.count(first, day) // worked if worked else 0
