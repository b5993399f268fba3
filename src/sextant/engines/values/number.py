"""Decimal arithmetic as the product promises it: half-up, six places inside."""

from decimal import ROUND_HALF_UP, Context, Decimal

RATIO_PLACES = 6
"""Places kept for ratios, progress and scores. Source: design/evaluation.md, first paragraph."""

# 60 digits: a 28-digit amount times 100 divided by another stays exact before the one rounding.
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)


def round_half_up(value: Decimal, places: int = RATIO_PLACES) -> Decimal:
    """`value` at `places` decimals, halves away from zero, as a spreadsheet does it.

    >>> round_half_up(Decimal("1.005"), 2)
    Decimal('1.01')
    >>> round_half_up(Decimal("-0.0000005"))
    Decimal('-0.000001')
    """
    return value.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)


def ratio(numerator: Decimal, denominator: Decimal, places: int = RATIO_PLACES) -> Decimal | None:
    """numerator / denominator, rounded once; None when the denominator is zero.

    >>> ratio(Decimal(85), Decimal(650))
    Decimal('0.130769')
    >>> ratio(Decimal(1), Decimal(0)) is None
    True
    """
    if denominator == 0:
        return None
    return round_half_up(_CONTEXT.divide(numerator, denominator), places)
