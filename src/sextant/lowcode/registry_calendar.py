"""Which days the company works. The floor that keeps the calendar registers it in its `catalog.py`."""

from collections.abc import Callable

from sextant.engines.schedule import FIVE_DAY_WEEK, WorkCalendar
from sextant.foundation.catalogs import load_catalogs

ReadCalendar = Callable[[], WorkCalendar]
_CALENDAR: list[ReadCalendar] = []


def register_calendar(read: ReadCalendar) -> None:
    """Say who knows the company's calendar, in one query. The last word counts: a test may stand in."""
    _CALENDAR[:] = [read]


def company_calendar() -> WorkCalendar:
    """The calendar that holds now; Monday to Friday where nobody keeps one. One query."""
    load_catalogs()
    return _CALENDAR[0]() if _CALENDAR else FIVE_DAY_WEEK
