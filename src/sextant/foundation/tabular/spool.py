"""Rows that arrive one by one, from an interface or a database, as a table that can be read again and again.

A few stay in memory; many go to a file that ends with the block, so that memory stays bounded however many come.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from sextant.foundation.tabular.records import plain_cell
from sextant.foundation.tabular.rows import TableRow
from sextant.foundation.tabular.table import Table, TableKind

ROWS_IN_MEMORY = 20_000
_NUMBER, _DAY, _MOMENT = "n", "d", "t"


@dataclass(frozen=True, slots=True)
class Spooled:
    """`table` counts its rows from 1; `sha256` is of all cells in their order, whatever types carried them."""

    table: Table
    sha256: str


@contextmanager
def spooled(
    rows: Iterable[Mapping[str, object]], *, folder: Path, prefix: str = "rows-", in_memory: int = ROWS_IN_MEMORY
) -> Iterator[Spooled | None]:
    """Take all `rows` and give them as a table for the length of the block; None when there was no row.

    Columns are all keys in the order in which they first appear; a row without one of them has a blank there. More
    than `in_memory` rows go to a file in a new folder under `folder`, named with `prefix`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=prefix, dir=folder) as own:
        path = Path(own) / "rows.jsonl"
        columns: dict[str, None] = {}
        total = hashlib.sha256()
        count = 0
        held: list[str] = []
        with path.open("w", encoding="utf-8") as file:
            for row in rows:
                line = json.dumps([[name, _packed(plain_cell(cell))] for name, cell in row.items()], ensure_ascii=False)
                columns.update(dict.fromkeys(row))
                total.update(line.encode("utf-8", "surrogatepass") + b"\n")
                held.append(line)
                count += 1
                if len(held) >= in_memory:
                    file.writelines(f"{one}\n" for one in held)
                    held.clear()
        yield Spooled(_table(path, held, tuple(columns), count), total.hexdigest()) if count else None


def _table(path: Path, held: list[str], columns: tuple[str, ...], count: int) -> Table:
    def lines() -> Iterator[str]:
        with path.open(encoding="utf-8") as file:
            yield from file
        yield from held

    def rows() -> Iterator[TableRow]:
        blank = dict.fromkeys(columns)
        for row, line in enumerate(lines(), start=1):
            cells = blank | {name: _unpacked(cell) for name, cell in json.loads(line)}
            if any(cell is not None for cell in cells.values()):
                yield TableRow(row, cells)

    return Table(columns, TableKind.RECORDS, rows, row_count=count)


def _packed(cell: object) -> object:
    """A cell as JSON that says its type where JSON has none for it."""
    if isinstance(cell, Decimal):
        return {_NUMBER: str(cell)}
    if isinstance(cell, datetime):
        return {_MOMENT: cell.isoformat()}
    if isinstance(cell, date):
        return {_DAY: cell.isoformat()}
    return cell if cell is None or isinstance(cell, str | int) else str(cell)


def _unpacked(cell: object) -> object:
    if not isinstance(cell, dict):
        return cell
    ((kind, text),) = cell.items()
    if kind == _NUMBER:
        return Decimal(text)
    return datetime.fromisoformat(text) if kind == _MOMENT else date.fromisoformat(text)
