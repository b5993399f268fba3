"""Cells of one column as typed values, each distinct cell read once."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from sextant.engines.values import Problem, round_half_up
from sextant.foundation.tabular import Code, read_date, read_number
from sextant.metrics.mapping import ColumnKind, ColumnReading

PLACES = 9
"""Decimals a number keeps on its way through formulas; the ledger keeps six."""
_CEILING = Decimal(10) ** 19
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?", re.ASCII)
_TIMES = frozenset("HIcXT")
"""Letters of formats that hold a time of day."""
_REMEMBERED = 100_000
"""Distinct cells remembered per column; then the memory starts afresh, so that it stays bounded."""


@dataclass(frozen=True, slots=True)
class ReadCell:
    """One cell: its `value` in the column's type, its `text` as it stands in the file (None when blank), and the
    `fault`, an index into the reader's `faults`, when it could not be read."""

    value: Decimal | date | str | None
    text: str | None
    fault: int | None


@dataclass(slots=True)
class ColumnReader:
    """Reads the cells of one column. `faults` is shared by all columns of a file. `zone` is where days are counted:
    moments that name their zone, or were `written_in` one, are days there; without it the day is the one written."""

    name: str
    reading: ColumnReading
    faults: list[Problem]
    zone: ZoneInfo | None = None
    written_in: ZoneInfo | None = None
    _known: dict[tuple[type, object], ReadCell] = field(default_factory=dict)

    def read(self, cell: object) -> ReadCell:
        """The cell as value, text and fault. Blank is no fault: a rule that needs the cell says so itself."""
        key = (cell.__class__, cell)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._read(cell)
        return found

    def _read(self, cell: object) -> ReadCell:
        text = text_of(cell)
        replaced = cell if text is None else self.reading.values.get(text, cell)
        if text is None or replaced == "":
            return ReadCell(None, text, None)
        match self.reading.type:
            case ColumnKind.TEXT:
                return ReadCell(text_of(replaced), text, None)
            case ColumnKind.NUMBER:
                return self._number(replaced, text)
            case ColumnKind.DATE:
                return self._date(replaced, text)

    def _number(self, cell: object, text: str) -> ReadCell:
        if cell.__class__ is str and _PLAIN_NUMBER.fullmatch(str(cell)):
            return ReadCell(Decimal(str(cell)), text, None)
        outcome = read_number(cell)
        if outcome.value is None:
            return ReadCell(None, text, self._faulty(outcome.problems))
        number = round_half_up(outcome.value, PLACES)
        if abs(number) >= _CEILING:
            return ReadCell(None, text, self._faulty((Problem(Code.NUMBER_TOO_LARGE, {"value": text}),)))
        return ReadCell(number, text, None)

    def _date(self, cell: object, text: str) -> ReadCell:
        moment = None if self.zone is None else self._moment(cell)
        outcome = read_date(cell if moment is None else moment.astimezone(self.zone).date(), self.reading.formats)
        return ReadCell(outcome.value, text, self._faulty(outcome.problems))

    def _moment(self, cell: object) -> datetime | None:
        """The moment in a cell with a time of day and a zone, its own or the one it was written in; None for others."""
        found = _moment_written(cell, self.reading.formats) if isinstance(cell, str) else cell
        if not isinstance(found, datetime) or (found.tzinfo is None and self.written_in is None):
            return None
        return found if found.tzinfo is not None else found.replace(tzinfo=self.written_in)

    def _faulty(self, problems: tuple[Problem, ...]) -> int | None:
        if not problems:
            return None
        self.faults.append(problems[0])
        return len(self.faults) - 1


def _moment_written(text: str, formats: Sequence[str]) -> datetime | None:
    """The one moment a text means, in a declared format with a time of day or, when none is declared, in ISO form.

    >>> _moment_written("2026-03-01T17:30:00Z", ()).isoformat(), _moment_written("2026-03-01", ())
    ('2026-03-01T17:30:00+00:00', None)
    """
    found: set[datetime] = set()
    readings = [partial(datetime.strptime, text, one) for one in formats if _TIMES & set(one)]
    if not formats and _MOMENT.fullmatch(text):
        readings = [partial(datetime.fromisoformat, text)]
    for read in readings:
        with suppress(ValueError):
            found.add(read())
    return found.pop() if len(found) == 1 else None


def text_of(cell: object) -> str | None:
    """A cell as text, the same whatever kind of file it came from; None when blank.

    >>> text_of(Decimal("8.0")), text_of(date(2015, 1, 31)), text_of(True), text_of(" ")
    ('8', '2015-01-31', 'TRUE', None)
    """
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip() or None
