"""Rows of a file into a DuckDB table, in chunks: typed cells for the formulas, texts and faults for the quarantine."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import duckdb
import pyarrow as pa

from sextant.engines.values import Problem
from sextant.foundation.tabular import Table, TableRow
from sextant.metrics.intake.cells import PLACES, ColumnReader, text_of
from sextant.metrics.intake.plan import IntakePlan
from sextant.metrics.mapping import ColumnKind

CHUNK_ROWS = 20_000
ROW, KEY, DIGEST = "source_row", "subject_key", "row_digest"
"""Columns of the table `staged` beside those of the file."""

_ARROW = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.NUMBER: pa.decimal128(28, PLACES),
    ColumnKind.DATE: pa.date32(),
}


def value_column(index: int) -> str:
    """Name of the staged value, in its type, of the file's used column `index`. Columns go by number, because SQL takes
    names that differ in case for one."""
    return f"value{index}"


def text_column(index: int) -> str:
    """Name of the staged text of the file's used column `index`."""
    return f"text{index}"


def fault_column(index: int) -> str:
    """Name of the staged fault number of the file's used column `index`."""
    return f"fault{index}"


@dataclass(slots=True)
class Staged:
    """What was read: `rows_read` counts all, `broken` rows could not be split into cells, `faults` are the problems
    that fault columns point to, `keys` the distinct subjects met."""

    rows_read: int = 0
    broken: list[TableRow] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    is_cut: bool = False


def stage_rows(
    table: Table,
    plan: IntakePlan,
    connection: duckdb.DuckDBPyConnection,
    *,
    limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Staged:
    """Read `table` into the DuckDB table `staged` of `connection`; at most `limit` rows when given.

    Raises TableUnreadable when the file turns out broken further down.
    """
    staged = Staged()
    readers = [ColumnReader(name, reading, staged.faults) for name, reading in plan.readings.items()]
    schema = _schema(plan)
    connection.register("chunk", schema.empty_table())
    connection.execute("CREATE TEMP TABLE staged AS FROM chunk")
    connection.unregister("chunk")
    rows = iter(table.rows())
    while chunk := list(islice(rows, _next_size(staged.rows_read, limit))):
        staged.rows_read += len(chunk)
        whole = [row for row in chunk if not row.problems]
        staged.broken += [row for row in chunk if row.problems]
        columns = _columns(whole, plan, readers, staged.keys)
        connection.register("chunk", pa.Table.from_pydict(columns, schema=schema))
        connection.execute("INSERT INTO staged FROM chunk")
        connection.unregister("chunk")
        if progress is not None:
            progress(len(chunk))
    staged.is_cut = limit is not None and staged.rows_read >= limit and next(rows, None) is not None
    return staged


def _next_size(read: int, limit: int | None) -> int:
    return CHUNK_ROWS if limit is None else min(CHUNK_ROWS, limit - read)


def _schema(plan: IntakePlan) -> pa.Schema:
    fields = [pa.field(ROW, pa.int32()), pa.field(KEY, pa.string()), pa.field(DIGEST, pa.binary())]
    for index, reading in enumerate(plan.readings.values()):
        fields += [
            pa.field(value_column(index), _ARROW[reading.type]),
            pa.field(text_column(index), pa.string()),
            pa.field(fault_column(index), pa.int32()),
        ]
    return pa.schema(fields)


def _columns(
    rows: list[TableRow], plan: IntakePlan, readers: list[ColumnReader], keys: set[str]
) -> dict[str, Sequence[object]]:
    """The chunk as columns of the staging schema; adds its subjects to `keys`."""
    columns: dict[str, Sequence[object]] = {ROW: [row.row for row in rows]}
    typed: dict[str, list[str | None]] = {}
    for index, reader in enumerate(readers):
        name, read = reader.name, reader.read
        cells = [read(row.cells[name]) for row in rows]
        columns[value_column(index)] = [cell.value for cell in cells]
        columns[text_column(index)] = texts = [cell.text for cell in cells]
        columns[fault_column(index)] = [cell.fault for cell in cells]
        # a text column's value has its spelling corrected; other columns serve as they stand
        is_text = reader.reading.type is ColumnKind.TEXT
        typed[name] = [cell.value for cell in cells] if is_text else texts  # type: ignore[misc]
    subject = plan.mapping.subject
    parts = [typed[name] for name in subject.columns()]
    columns[KEY] = found = [subject.text(cells) for cells in zip(*parts, strict=True)]
    keys.update(key for key in found if key is not None)
    columns[DIGEST] = [_digest(row.cells) for row in rows] if plan.needs_digest else [None] * len(rows)
    return columns


def _digest(cells: Mapping[str, object]) -> bytes:
    joined = "\x1f".join("\x00" if cell is None else str(cell) for cell in cells.values())
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def raw_rows(table: Table, numbers: Iterable[int]) -> dict[int, list[str | None]]:
    """The rows with these numbers once more, every cell as text in the order of the columns, for the quarantine."""
    wanted = set(numbers)
    found: dict[int, list[str | None]] = {}
    for row in table.rows() if wanted else ():
        if row.row in wanted:
            found[row.row] = [text_of(row.cells.get(name)) for name in table.columns]
            if len(found) == len(wanted):
                break
    return found
