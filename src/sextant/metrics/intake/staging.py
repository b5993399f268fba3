"""Chunks of a file made ready for judging: typed columns for the formulas, the subject's key, numbers of the rows."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sextant.engines.values import Problem
from sextant.foundation.tabular import Table, TableRow
from sextant.foundation.tabular.chunks import Cells, Chunk, first_rows
from sextant.foundation.tabular.records import plain_cell
from sextant.metrics.intake.cells import ColumnReader, text_of
from sextant.metrics.intake.columns import ReadColumn, read_column
from sextant.metrics.intake.plan import IntakePlan
from sextant.metrics.mapping import ColumnKind

ROW, PLACE, KEY = "source_row", "place", "subject_key"
"""Columns of a staged chunk beside those of the file."""


def value_column(index: int) -> str:
    """Name of the staged value, in its type, of the file's used column `index`. Columns go by number, because SQL takes
    names that differ in case for one."""
    return f"value{index}"


def text_column(index: int) -> str:
    """Name of the staged text of the file's used column `index`; there is one where the plan asks for it."""
    return f"text{index}"


def fault_column(index: int) -> str:
    """Name of the staged fault number of the file's used column `index`; there is one where some cell has a fault."""
    return f"fault{index}"


@dataclass(slots=True)
class Staged:
    """What was read: `rows_read` counts all, `broken` rows could not be split into cells, `faults` are the problems
    that fault columns point to."""

    rows_read: int = 0
    broken: list[TableRow] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class StagedChunk:
    """A chunk for the judge: `table` with the staged columns, and the cells as they came."""

    table: pa.Table
    cells: Chunk
    readings: Mapping[str, object]

    def has_faults(self, index: int) -> bool:
        """Whether some cell of the used column `index` could not be read."""
        return fault_column(index) in self.table.column_names


def stage_chunks(
    table: Table,
    plan: IntakePlan,
    staged: Staged,
    *,
    limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[StagedChunk]:
    """The rows of `table` by chunks, at most `limit` rows when given; `staged` is told what was met.

    Raises TableUnreadable when the file turns out broken further down.
    """
    readers = _readers(plan, staged.faults)
    texts = _texts_wanted(plan)
    size = {} if limit is None else {"size": limit}
    for chunk in table.chunks(table.columns if plan.needs_digest else list(plan.readings), **size):
        if limit is not None and staged.rows_read + chunk.rows_read > limit:
            chunk, staged.is_cut = first_rows(chunk, limit - staged.rows_read), True
        staged.rows_read += chunk.rows_read
        staged.broken += chunk.broken
        if chunk.rows_read:
            yield StagedChunk(_staged(chunk, plan, readers, texts), chunk, plan.readings)
        if progress is not None:
            progress(chunk.rows_read)
        if staged.is_cut:
            return


def _readers(plan: IntakePlan, faults: list[Problem]) -> list[ColumnReader]:
    zone = ZoneInfo(plan.mapping.zone) if plan.mapping.zone else None
    return [
        ColumnReader(name, reading, faults, zone, ZoneInfo(reading.written_in) if reading.written_in else None)
        for name, reading in plan.readings.items()
    ]


def _texts_wanted(plan: IntakePlan) -> frozenset[str]:
    """Columns whose text counts beside their value: numbers and days that identify a subject, a record, a dimension."""
    named = {*plan.mapping.subject.columns()}
    for rule in plan.rules:
        named |= {*rule.record, *(source for source in rule.dimensions.values() if isinstance(source, str))}
    return frozenset(name for name in named if plan.readings[name].type is not ColumnKind.TEXT)


def _staged(chunk: Chunk, plan: IntakePlan, readers: list[ColumnReader], texts: frozenset[str]) -> pa.Table:
    columns: dict[str, pa.Array] = {ROW: chunk.numbers, PLACE: pa.array(np.arange(len(chunk.numbers), dtype=np.int32))}
    read: dict[str, ReadColumn] = {}
    for index, reader in enumerate(readers):
        name = reader.name
        read[name] = found = read_column(reader, chunk.columns[name], with_texts=name in texts)
        columns[value_column(index)] = found.values
        if found.faults is not None:
            columns[fault_column(index)] = found.faults
        if name in texts:
            columns[text_column(index)] = found.texts
    # a text column's value has its spelling corrected; other columns serve as they stand
    parts = [read[name].texts if name in texts else read[name].values for name in plan.mapping.subject.columns()]
    columns[KEY] = _keys(parts, plan.mapping.subject.pieces())
    return pa.table(columns)


def _keys(parts: list[pa.StringArray], pieces: tuple[str, ...]) -> pa.StringArray:
    """`pieces` stand before, between and behind the parts; null where a part is blank."""
    if pieces == ("", ""):
        return parts[0]
    woven: list[object] = [pa.scalar(pieces[0])]
    for part, piece in zip(parts, pieces[1:], strict=True):
        woven += [part, pa.scalar(piece)]
    return pc.binary_join_element_wise(*woven, "")


def text_cell(cells: Cells, place: int) -> str | None:
    """One cell as text, as it stands in the file."""
    return text_of(plain_cell(cells[place].as_py()) if isinstance(cells, pa.Array) else cells[place])


def row_digest(cells: Iterable[object]) -> bytes:
    """What tells two rows apart that have no record: all their cells."""
    joined = "\x1f".join("\x00" if cell is None else str(cell) for cell in cells)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def pick_rows(table: Table, numbers: Iterable[int]) -> Iterator[tuple[int, list[object]]]:
    """The cells of the rows with these ascending numbers, in the order of the columns; the table is read once."""
    wanted = iter(numbers)
    number = next(wanted, None)
    for chunk in table.chunks() if number is not None else ():
        whole = chunk.numbers.to_numpy()
        broken = {row.row: row for row in chunk.broken}
        last = max([*whole[-1:], *broken], default=0)
        while number is not None and number <= last:
            place = int(np.searchsorted(whole, number))
            if number in broken:
                yield number, [broken[number].cells.get(name) for name in table.columns]
            elif place < len(whole) and whole[place] == number:
                yield number, [_cell(chunk.columns[name], place) for name in table.columns]
            number = next(wanted, None)
        if number is None:
            return


def _cell(cells: Cells, place: int) -> object:
    return plain_cell(cells[place].as_py()) if isinstance(cells, pa.Array) else cells[place]


def raw_rows(table: Table, numbers: Iterable[int]) -> Iterator[tuple[int, list[str | None]]]:
    """The rows with these ascending numbers, every cell as text in the order of the columns, for the quarantine."""
    for number, cells in pick_rows(table, numbers):
        yield number, [text_of(cell) for cell in cells]


def columns_for_hash(chunk: Chunk) -> Mapping[str, pa.Array]:
    """All cells of the chunk as arrays, by number: what SQL compares rows by before Python looks at them."""
    return {
        f"c{index}": cells
        if isinstance(cells, pa.Array)
        else pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
        for index, cells in enumerate(chunk.columns.values())
    }
