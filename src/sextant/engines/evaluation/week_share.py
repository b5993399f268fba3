"""完成率 of a stored week, solved from what a standing keeps of it."""

from decimal import ROUND_HALF_UP, Decimal

from sextant.engines.evaluation.case import Case

_PLACES = Decimal("0.000001")


def completion_at(
    value: Decimal | None, expected: Decimal | None, *, case: Case, start: Decimal | None = None
) -> Decimal | None:
    """完成率 at the end of a week, from its value and what was expected then, never below 0; None where a stored week
    does not say (ranges, goals of zero, nothing expected yet).

    The same table as design/evaluation.md, solved for the expectation that a standing keeps: V/X where more is better,
    2 − V/X where less is, (V − s₀)/(X − s₀) with a start. Unlike there, progress is not capped first.

    >>> completion_at(Decimal(21), Decimal(44), case=Case.GROW)
    Decimal('0.477273')
    >>> completion_at(Decimal(55), Decimal(50), case=Case.BUDGET)
    Decimal('0.900000')
    """
    if value is None or expected is None:
        return None
    match case:
        case Case.GROW | Case.LEVEL:
            top, under = value, expected
        case Case.FALL | Case.BUDGET:
            top, under = 2 * expected - value, expected
        case Case.INVERSE:
            top, under = expected, value
        case Case.TRAVEL:
            first = start or Decimal(0)
            top, under = value - first, expected - first
        case _:
            return None
    return max(Decimal(0), top / under).quantize(_PLACES, ROUND_HALF_UP) if under else None
