"""时间进度: how much of a period has passed, in working days or in the weights of a season."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sextant.engines.schedule.pace import Pace
from sextant.engines.values import Period, round_half_up


@dataclass(frozen=True, slots=True)
class Elapsed:
    """`done` of `total` days (or units of a season); `total` is at least 1. Kept exactly, shown at six places."""

    done: int
    total: int

    @property
    def share(self) -> Fraction:
        """Exact elapsed share, 0…1."""
        return Fraction(self.done, self.total)

    @property
    def ratio(self) -> Decimal:
        """Elapsed share as shown and compared: six places, half-up.

        >>> Elapsed(29, 65).ratio
        Decimal('0.446154')
        """
        return round_half_up(Decimal(self.done) / Decimal(self.total))


def elapsed(period: Period, *, on: date, calendar: Pace) -> Elapsed:
    """E(τ): working days from the start of `period` through `on` (that day counts) over those of the whole period.

    A season makes days weigh differently. 0 before the period, everything from its last day on. A period without a
    single working day (a weekend event) counts calendar days instead. Source: design/evaluation.md, "Words".

    >>> from sextant.engines.schedule.calendar import FIVE_DAY_WEEK
    >>> quarter = Period(date(2017, 4, 1), date(2017, 7, 1))
    >>> elapsed(quarter, on=date(2017, 4, 19), calendar=FIVE_DAY_WEEK)
    Elapsed(done=13, total=65)
    >>> elapsed(quarter, on=date(2017, 6, 30), calendar=FIVE_DAY_WEEK).ratio
    Decimal('1.000000')
    """
    after = min(max(on + timedelta(days=1), period.from_on), period.until_on)
    return Elapsed(*count_days(period, from_on=period.from_on, until_on=after, calendar=calendar))


def count_days(period: Period, *, from_on: date, until_on: date, calendar: Pace) -> tuple[int, int]:
    """(days of [from_on, until_on) that count, days of the whole period that count), by the same rule as `elapsed`."""
    total = calendar.count_in(period)
    if total:
        return calendar.count(from_on, until_on), total
    return max((until_on - from_on).days, 0), period.days
