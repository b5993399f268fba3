"""Which days a run reads."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sextant.metrics.connectors.contracts import Window
from sextant.metrics.connectors.document import Backfill, ConnectorDocument, Cursor


def windows_to_read(document: ConnectorDocument, *, read_until: date | None, today: date) -> list[Window]:
    """The slices of days a run on `today` reads, oldest first; empty when all days are read and closed.

    `read_until` is the end of what was read before (None: nothing). Days younger than the closing offset may still
    change at the source, so the last `closing_days` before `read_until` are read again.

    >>> from sextant.metrics.connectors.tests.makers import make_document
    >>> document = make_document(backfill={"from": "2026-01-01", "slice_days": 31}, closing_days=3)
    >>> [str(w.from_on) for w in windows_to_read(document, read_until=None, today=date(2026, 2, 10))]
    ['2026-01-01', '2026-02-01']
    >>> windows_to_read(document, read_until=date(2026, 2, 11), today=date(2026, 2, 11))
    [Window(from_on=datetime.date(2026, 2, 8), until_on=datetime.date(2026, 2, 12))]
    """
    if not document.uses_days or document.backfill is None:
        return [Window()]
    start = _start(document.backfill, read_until=read_until, closing_days=document.closing_days)
    end = today + timedelta(days=1)
    if document.backfill.until is not None:
        is_closed = read_until is not None and end > document.backfill.until + timedelta(days=document.closing_days)
        end = min(end, document.backfill.until)
        if is_closed and read_until is not None and read_until >= document.backfill.until:
            return []
    return list(_slices(start, end, days=document.backfill.slice_days))


def _start(backfill: Backfill, *, read_until: date | None, closing_days: int) -> date:
    if read_until is None:
        return backfill.start
    return max(backfill.start, read_until - timedelta(days=closing_days))


def _slices(start: date, end: date, *, days: int) -> Iterator[Window]:
    while start < end:
        stop = min(start + timedelta(days=days), end)
        yield Window(start, stop)
        start = stop


def since_of(cursor: Cursor | None, *, high_water: str | None, closing_days: int) -> str | None:
    """Where to go on reading: the high-water mark, days and moments moved back by the closing offset.

    >>> since_of(Cursor(field="changed", type="date"), high_water="2026-03-10", closing_days=7)
    '2026-03-03'
    >>> since_of(Cursor(field="id", type="number"), high_water="812", closing_days=7)
    '812'
    """
    if cursor is None:
        return None
    if high_water is None:
        return cursor.initial
    if cursor.type == "date":
        return (date.fromisoformat(high_water[:10]) - timedelta(days=closing_days)).isoformat()
    if cursor.type == "datetime":
        return (datetime.fromisoformat(high_water) - timedelta(days=closing_days)).isoformat()
    return high_water


def higher(cursor: Cursor, mark: str | None, cell: object) -> str | None:
    """The higher of the mark so far and a cell of the cursor field. A cell that cannot be read leaves the mark."""
    text = cell.isoformat() if isinstance(cell, date) else str(cell).strip() if cell is not None else ""
    try:
        key = _key(cursor, text)
    except (ValueError, InvalidOperation):
        return mark
    return text if text and (mark is None or key > _key(cursor, mark)) else mark


def _key(cursor: Cursor, text: str) -> Any:
    """What marks are compared by: a number, a moment, the text itself."""
    if cursor.type == "number":
        return Decimal(text)
    if cursor.type == "datetime":
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return date.fromisoformat(text[:10]).isoformat() if cursor.type == "date" else text
