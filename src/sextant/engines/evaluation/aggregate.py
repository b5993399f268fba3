"""Measurements → value. A tally holds what is needed to extend the value by another week."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sextant.engines.evaluation.exact import MICRO, from_micro, nearest, to_micro
from sextant.engines.evaluation.spec import Aggregation, Measurement

_NEVER = date.min


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over some measurements, in millionths; `last` is the latest value by (day, batch, row)."""

    count: int = 0
    numerator: int = 0
    denominator: int = 0
    last: tuple[date, int, int, int] | None = None

    @property
    def last_on(self) -> date | None:
        """Day of the latest measurement; None without one."""
        return self.last[0] if self.last else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            count=self.count + other.count,
            numerator=self.numerator + other.numerator,
            denominator=self.denominator + other.denominator,
            last=max(self.last or (_NEVER, 0, 0, 0), other.last or (_NEVER, 0, 0, 0))
            if self.count + other.count
            else None,
        )

    def value(self, aggregation: Aggregation) -> Decimal | None:
        """The aggregated value at six places; None without measurements, or where a ratio's denominators sum to zero.

        A ratio is Σ numerator / Σ denominator, never a mean of ratios. `count` counts measurements, not their values.
        """
        if self.count == 0:
            return None
        if aggregation is Aggregation.SUM:
            return from_micro(self.numerator)
        if aggregation is Aggregation.COUNT:
            return from_micro(self.count * MICRO)
        if aggregation is Aggregation.MEAN:
            return from_micro(nearest(Fraction(self.numerator, self.count)))
        if aggregation is Aggregation.LAST:
            assert self.last is not None
            return from_micro(self.last[3])
        if self.denominator == 0:
            return None
        return from_micro(nearest(Fraction(self.numerator * MICRO, self.denominator)))


def tally(measurements: Iterable[Measurement]) -> Tally:
    """Sums over `measurements`, in any order.

    >>> day = date(2026, 1, 5)
    >>> shares = [Measurement(day, Decimal(3), Decimal(4)), Measurement(day, Decimal(0), Decimal(2))]
    >>> tally(shares).value(Aggregation.RATIO)
    Decimal('0.500000')
    """
    total = Tally()
    latest = (_NEVER, 0, 0, 0)
    for one in measurements:
        micro = to_micro(one.value)
        latest = max(latest, (one.day, one.batch, one.row, micro))
        total = replace(
            total,
            count=total.count + 1,
            numerator=total.numerator + micro,
            denominator=total.denominator + (to_micro(one.denominator) if one.denominator is not None else 0),
            last=latest,
        )
    return total


def aggregate(aggregation: Aggregation, measurements: Iterable[Measurement]) -> Decimal | None:
    """V: one value from many measurements; None when there is nothing to compute from. Missing is not zero.

    >>> days = [Measurement(date(2026, 1, day), Decimal(day)) for day in (5, 6, 8)]
    >>> aggregate(Aggregation.SUM, days), aggregate(Aggregation.MEAN, days), aggregate(Aggregation.LAST, reversed(days))
    (Decimal('19.000000'), Decimal('6.333333'), Decimal('8.000000'))
    >>> aggregate(Aggregation.SUM, []) is None
    True
    """
    return tally(measurements).value(aggregation)
