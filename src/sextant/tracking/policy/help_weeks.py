"""A goal's stored weeks as shares of what was expected: what troubles are compared by."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sextant.engines.evaluation import Case
from sextant.engines.similar import WeekMark
from sextant.engines.values import Light

_PLACES = Decimal("0.000001")
_TROUBLE = (Light.YELLOW, Light.RED)
Week = tuple[date, Decimal | None, Decimal | None, Light]
"""A stored week: its last day, value so far, what was expected by then, light."""


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


def marks_of(weeks: Iterable[Week], *, case: Case, start: Decimal | None = None) -> tuple[WeekMark, ...]:
    """Stored weeks as the engine compares them."""
    return tuple(
        WeekMark(ends_on, completion_at(value, expected, case=case, start=start), light)
        for ends_on, value, expected, light in weeks
    )


def trouble_of(weeks: Sequence[WeekMark]) -> tuple[date, int] | None:
    """The stretch that the last week belongs to: the end of its first week, and how many coloured weeks it has; None
    when the last coloured week is green, or none is coloured.

    Any green week ends it: who falls back after a green week is offered help anew. Grey weeks are passed over.

    >>> days = [date(2026, 3, 1), date(2026, 3, 8), date(2026, 3, 15)]
    >>> trouble_of([WeekMark(day, None, Light(name)) for day, name in zip(days, ("green", "yellow", "red"))])
    (datetime.date(2026, 3, 8), 2)
    """
    first, count = None, 0
    for week in reversed(weeks):
        if week.light is Light.GREEN:
            break
        if week.light in _TROUBLE:
            first, count = week.ends_on, count + 1
    return None if first is None else (first, count)
