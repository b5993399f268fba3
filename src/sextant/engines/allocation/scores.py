"""What the factors say, as whole numbers on one scale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import lcm, prod

from sextant.engines.allocation.codes import Code, problem
from sextant.engines.allocation.order import Factor, Order
from sextant.engines.values import Problem, Severity

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
"""Digits enough that sums of amounts are exact."""


@dataclass(frozen=True, slots=True)
class Scores:
    """`of` holds the score of everyone without a fixed share, `whole` their sum; a portion is the one over the other.
    `factors` are those that say something, `sums` the sum of the values of each factor of the order."""

    factors: tuple[Factor, ...]
    sums: Mapping[str, Decimal]
    of: Mapping[str, int]
    whole: int


def score_order(order: Order) -> tuple[Scores, tuple[Problem, ...]]:
    """The scores, and a warning for each factor that is zero for everybody and so leaves the split. Without any factor
    left all scores are zero.

    Portions have one common denominator, so they are compared and added as whole numbers: ten thousand fractions with
    denominators of their own would take seconds.
    """
    free = [who for who in order.recipients if who.fixed is None]
    sums = {factor.key: add_up(who.factors[factor.key] for who in free) for factor in order.factors}
    silent = [key for key, total in sums.items() if free and total == 0]
    factors = tuple(factor for factor in order.factors if sums[factor.key] > 0)
    scale = _common_denominator(who.factors[factor.key] for who in free for factor in factors)
    totals = {factor.key: int(Fraction(sums[factor.key]) * scale) for factor in factors}
    weights = _common_denominator(factor.weight for factor in factors)
    multipliers = {
        factor.key: int(Fraction(factor.weight) * weights)
        * prod(total for other, total in totals.items() if other != factor.key)
        for factor in factors
    }
    of = {
        who.key: sum(multiplier * int(Fraction(who.factors[key]) * scale) for key, multiplier in multipliers.items())
        for who in free
    }
    warnings = tuple(problem(Code.FACTOR_ZERO, Severity.WARNING, factor=key) for key in silent)
    return Scores(factors, sums, of, sum(of.values())), warnings


def add_up(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum, whatever the ambient precision."""
    total = Decimal(0)
    for amount in amounts:
        total = WIDE.add(total, amount)
    return total


def _common_denominator(values: Iterable[Decimal]) -> int:
    return lcm(1, *(Fraction(value).denominator for value in values))
