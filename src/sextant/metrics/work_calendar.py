"""Calendars as documents and as files: which weekdays are worked, which days are off or worked against the pattern."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sextant.engines.schedule import WorkCalendar
from sextant.engines.values import Problem
from sextant.foundation.tabular import read_date, read_table
from sextant.metrics.documents import Document, DocumentRefused

DAY_HEADERS = ("date", "day", "日期")
KIND_HEADERS = ("kind", "type", "类型", "休或班")
OFF_WORDS = frozenset({"off", "holiday", "休", "休息", "放假", "假日"})
ON_WORDS = frozenset({"on", "work", "班", "上班", "调休", "调休上班", "补班"})


class CalendarDocument(Document):
    """A calendar. `weekdays` are ISO numbers, Monday 1; a day in both lists is worked."""

    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5)
    days_off: tuple[date, ...] = ()
    days_on: tuple[date, ...] = ()

    def calendar(self, name: str) -> WorkCalendar:
        """As the engine reads it."""
        return WorkCalendar(
            name=name,
            weekdays=frozenset(self.weekdays),
            days_off=frozenset(self.days_off),
            days_on=frozenset(self.days_on),
        )


def read_exceptions(path: Path) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Days off and days on of a file with the columns date (日期) and kind (类型: 休 or 班).

    Raises TableUnreadable, and DocumentRefused: `calendar.columns`, `calendar.day`, `calendar.kind`, with the row.
    """
    table = read_table(path)
    day_column = next((name for name in table.columns if name.strip().casefold() in DAY_HEADERS), None)
    kind_column = next((name for name in table.columns if name.strip().casefold() in KIND_HEADERS), None)
    if day_column is None or kind_column is None:
        raise DocumentRefused(Problem("calendar.columns", {"found": "、".join(table.columns)}))
    days: dict[bool, set[date]] = {True: set(), False: set()}
    problems = []
    for row in table.rows():
        day, word = read_date(row.cells.get(day_column)).value, str(row.cells.get(kind_column) or "").strip().casefold()
        if day is None:
            problems.append(Problem("calendar.day", {"row": row.row, "value": str(row.cells.get(day_column) or "")}))
        elif word not in OFF_WORDS | ON_WORDS:
            problems.append(Problem("calendar.kind", {"row": row.row, "value": word}))
        else:
            days[word in ON_WORDS].add(day)
    if problems:
        raise DocumentRefused(*problems[:10])
    return tuple(sorted(days[False])), tuple(sorted(days[True]))
