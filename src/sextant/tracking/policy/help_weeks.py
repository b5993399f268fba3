"""A goal's stored weeks as shares of what was expected: what troubles are compared by."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation import Case, completion_at
from sextant.engines.similar import WeekMark
from sextant.engines.values import Light

_TROUBLE = (Light.YELLOW, Light.RED)
Week = tuple[date, Decimal | None, Decimal | None, Light]
"""A stored week: its last day, value so far, what was expected by then, light."""


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
