"""Exact arithmetic between the roundings the law names.

Amounts are whole numbers of millionths ("micro"), quotients are fractions; a named quantity (value, expected,
progress, completion, score) is rounded once, half-up, to six places. The SQL twin does the same in 128-bit integers.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

MICRO = 1_000_000
_WIDE = Context(prec=120, rounding=ROUND_HALF_UP)


def to_micro(value: Decimal) -> int:
    """An amount in millionths; digits beyond the sixth are rounded half-up, as the ledger rounds them on the way in.

    >>> to_micro(Decimal("1.5"))
    1500000
    """
    return int(value.scaleb(6, _WIDE).to_integral_value(ROUND_HALF_UP, _WIDE))


def from_micro(micro: int) -> Decimal:
    """Millionths as an amount with six places, whatever its size.

    >>> from_micro(-1500000)
    Decimal('-1.500000')
    """
    return Decimal(micro).scaleb(-6, _WIDE)


def nearest(exact: Fraction) -> int:
    """The whole number next to `exact`, halves away from zero.

    >>> nearest(Fraction(5, 2)), nearest(Fraction(-5, 2)), nearest(Fraction(7, 3))
    (3, -3, 2)
    """
    magnitude = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return magnitude if exact >= 0 else -magnitude


def six_places(exact: Fraction) -> Decimal:
    """An exact quotient as it is shown and compared.

    >>> six_places(Fraction(85, 650))
    Decimal('0.130769')
    """
    return from_micro(nearest(exact * MICRO))


def exactly(value: Decimal) -> Fraction:
    """The amount as a fraction."""
    return Fraction(to_micro(value), MICRO)
