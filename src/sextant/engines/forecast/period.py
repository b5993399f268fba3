"""From a number per step to the amount of the period, rounded and kept inside what is possible."""

from dataclasses import dataclass
from decimal import Decimal
from math import isnan

from sextant.engines.evaluation import Direction
from sextant.engines.forecast.question import Combine, Question
from sextant.engines.values import round_half_up


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts of the period a question asks about. `is_never_negative`: nothing below zero was ever measured."""

    question: Question
    is_never_negative: bool

    def whole(self, per_step: float) -> float:
        """The period's value when each step is `per_step`."""
        if self.question.combine is not Combine.SUM:
            return per_step
        return per_step * self.question.horizon * float(self.question.length)

    def shown(self, amount: float) -> Decimal:
        """An amount as the reader sees it."""
        return rounded(amount, self.question.decimals)

    def shown_whole(self, per_step: float) -> Decimal | None:
        """The period's value as the reader sees it; None for NaN."""
        return None if isnan(per_step) else self.shown(self.whole(per_step))

    def inside(self, amount: float) -> Decimal:
        """`amount` as shown, drawn in to the stated limit, and to zero where nothing was ever below it."""
        found, limit = self.shown(amount), self.question.limit
        if self.is_never_negative:
            found = max(found, self.shown(0.0))
        if limit is not None and self.question.direction is Direction.HIGHER:
            found = min(found, limit)
        if limit is not None and self.question.direction is Direction.LOWER:
            found = max(found, limit)
        return found

    def is_limited(self, amount: float) -> bool:
        """Whether `amount` itself lies beyond the stated limit."""
        limit, found = self.question.limit, self.shown(amount)
        if limit is None or self.question.direction is Direction.RANGE:
            return False
        return found > limit if self.question.direction is Direction.HIGHER else found < limit


def rounded(amount: float, decimals: int) -> Decimal:
    """A float by its shortest decimal spelling, rounded half-up, without a minus before zero.

    >>> rounded(2.675, 2), rounded(-0.2, 0)
    (Decimal('2.68'), Decimal('0'))
    """
    return abs(found) if (found := round_half_up(Decimal(repr(float(amount))), decimals)) == 0 else found
