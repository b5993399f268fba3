"""Parquet and JSONL: files of named records."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import numpy
import pyarrow
import pyarrow.compute as compute
import pyarrow.parquet

from sextant.engines.values import Problem
from sextant.foundation.tabular.chunks import Cells, Chunk, array_of, trimmed, without_blank_rows
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.header import trim
from sextant.foundation.tabular.rows import TableRow, TableUnreadable
from sextant.foundation.tabular.table import Table, TableKind
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

    def chunks(wanted: Collection[str], size: int) -> Iterator[Chunk]:
        try:
            yield from _parquet_chunks(path, [name for name in columns if name in wanted], columns, size)
        except (pyarrow.ArrowException, OSError) as error:
            raise _broken(path, error) from error

    return Table(columns, TableKind.PARQUET, rows, row_count=file.metadata.num_rows, _open_chunks=chunks)


def _parquet_chunks(path: Path, wanted: Sequence[str], all_columns: Sequence[str], size: int) -> Iterator[Chunk]:
    """Only the columns asked for are read, until a row is blank in all of them: then the others say if it is a row."""
    done, reading = 0, wanted
    while True:
        for numbers, batch in _batches(path, reading, size, skip=done):
            cells = {name: _plain_array(batch.column(name)) for name in reading}
            chunk = without_blank_rows(numbers, cells)
            if len(chunk.numbers) < len(batch) and reading is not all_columns:
                reading = all_columns
                break
            done += len(batch)
            yield Chunk(chunk.numbers, {name: chunk.columns[name] for name in wanted})
        else:
            return


def _batches(
    path: Path, columns: Sequence[str], size: int, *, skip: int
) -> Iterator[tuple[pyarrow.Int32Array, pyarrow.RecordBatch]]:
    start = 0
    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(size, columns=list(columns)):
            seen, start = start, start + len(batch)
            if start > skip:
                rest = batch.slice(max(skip - seen, 0))
                yield pyarrow.array(numpy.arange(start - len(rest) + 2, start + 2, dtype=numpy.int32)), rest


def _plain_array(cells: pyarrow.Array) -> Cells:
    """The array as `plain_cell` would give each of its cells: texts trimmed, no number without a value."""
    kind = cells.type
    if pyarrow.types.is_dictionary(kind):
        return _plain_array(cells.dictionary_decode())
    if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind) or kind == pyarrow.string_view():
        return trimmed(cells.cast(pyarrow.string()))
    if pyarrow.types.is_floating(kind):
        doubles = cells.cast(pyarrow.float64())
        return compute.if_else(compute.is_finite(doubles), doubles, pyarrow.scalar(None, pyarrow.float64()))
    if pyarrow.types.is_timestamp(kind):
        return cells.cast(pyarrow.timestamp("us", kind.tz), safe=False)  # Python has no nanoseconds
    if any(test(kind) for test in _TYPED):
        return cells
    return array_of([plain_cell(cell) for cell in cells.to_pylist()])


_TYPED = (
    pyarrow.types.is_integer,
    pyarrow.types.is_decimal128,
    pyarrow.types.is_date32,
    pyarrow.types.is_null,
)


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
