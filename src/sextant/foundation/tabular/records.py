"""Parquet and JSONL: files of named records."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet

from sextant.engines.values import Problem
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.header import trim
from sextant.foundation.tabular.table import Table, TableKind, TableRow, TableUnreadable
from sextant.foundation.tabular.text import find_encoding
from sextant.foundation.tabular.workbook import number_of

_SHORTEST = ""
"""`format(x, "")` gives the shortest digits that mean the same double: what the writing program meant."""


def read_parquet(path: Path) -> Table:
    """Open a Parquet file. Rows count from 2, as if it were shown in a spreadsheet under a header."""
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise _broken(path, error) from error
    columns = tuple(file.schema_arrow.names)
    for place, column in enumerate(columns):
        if column in columns[:place]:
            params = {"column": column, "first": columns.index(column) + 1, "second": place + 1}
            raise TableUnreadable(Problem(Code.DUPLICATE_COLUMN, params))
    if not columns:
        raise TableUnreadable(Problem(Code.EMPTY, {"file": path.name}))

    def rows() -> Iterator[TableRow]:
        try:
            records = (record for batch in file.iter_batches(8192) for record in batch.to_pylist())
            for row, record in enumerate(records, start=2):
                cells = {column: plain_cell(record[column]) for column in columns}
                if any(cell is not None for cell in cells.values()):
                    yield TableRow(row, cells)
        except (pyarrow.ArrowException, OSError) as error:
            raise _broken(path, error) from error

    return Table(columns, TableKind.PARQUET, rows, row_count=file.metadata.num_rows)


def read_jsonl(path: Path, *, encoding: str | None) -> Table:
    """Open a file of one JSON object per line. Columns are all keys, in the order in which they first appear; a line
    that is no object is a row with a problem."""
    known = encoding or find_encoding(path)
    columns: dict[str, None] = {}
    count = 0
    for _, record in _objects(path, known):
        count += 1
        columns.update(dict.fromkeys(record if isinstance(record, dict) else ()))
    if not columns:
        code = Code.EMPTY if count == 0 else Code.BROKEN
        raise TableUnreadable(Problem(code, {"file": path.name, "kind": "JSONL", "detail": ""}))

    def rows() -> Iterator[TableRow]:
        for row, record in _objects(path, known):
            if isinstance(record, Problem):
                yield TableRow(row, dict.fromkeys(columns), (record,))
            else:
                yield TableRow(row, {column: plain_cell(record.get(column)) for column in columns})

    return Table(tuple(columns), TableKind.JSONL, rows, encoding=known, row_count=count)


def _objects(path: Path, encoding: str) -> Iterator[tuple[int, Mapping[str, object] | Problem]]:
    with path.open(encoding=encoding) as file:
        for row, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line, parse_float=Decimal, parse_constant=lambda _: None)
            except (ValueError, RecursionError) as error:
                yield row, Problem(Code.BROKEN_LINE, {"detail": str(error)})
                continue
            if isinstance(record, dict):
                yield row, record
            else:
                yield row, Problem(Code.BROKEN_LINE, {"detail": "not an object"})


def plain_cell(cell: object) -> object:
    """A cell of a typed record as tables give it: never float, never nested, text trimmed."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, float):
        return number_of(cell, _SHORTEST)
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False, default=str)
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    return trim(cell)


def _broken(path: Path, error: Exception) -> TableUnreadable:
    return TableUnreadable(Problem(Code.BROKEN, {"file": path.name, "kind": "Parquet", "detail": str(error)}))
