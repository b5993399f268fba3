"""Tables by chunks of columns, for readers of millions of rows: the same rows as `Table.rows()` gives, in Arrow."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from sextant.foundation.tabular.header import BLANKS
from sextant.foundation.tabular.rows import TableRow

Cells: TypeAlias = pa.Array | list[object]
"""A column's cells: an Arrow array where all are of one type, else the cells of `TableRow` in a list."""

_ARRAYS: Mapping[type, pa.DataType] = {str: pa.string(), date: pa.date32(), int: pa.int64()}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows that follow each other. `numbers` are those of the whole rows, `columns` their cells by name, blank ones
    null and texts trimmed; `broken` are the rows with problems between them. Rows that hold nothing are left out."""

    numbers: pa.Int32Array
    columns: Mapping[str, Cells]
    broken: tuple[TableRow, ...] = ()

    @property
    def rows_read(self) -> int:
        """All rows, broken ones among them."""
        return len(self.numbers) + len(self.broken)


def chunks_of_rows(rows: Iterable[TableRow], columns: Sequence[str], *, size: int) -> Iterator[Chunk]:
    """Chunks of at most `size` rows with these `columns`."""
    remaining = iter(rows)
    while taken := list(islice(remaining, size)):
        whole = [row for row in taken if not row.problems]
        yield Chunk(
            numbers=pa.array((row.row for row in whole), pa.int32()),
            columns={name: array_of([row.cells[name] for row in whole]) for name in columns},
            broken=tuple(row for row in taken if row.problems),
        )


def array_of(cells: list[object]) -> Cells:
    """The cells as an array when they are all text, all days or all whole numbers; else as they are."""
    kinds = {cell.__class__ for cell in cells} - {None.__class__}
    if len(kinds) > 1 or not kinds <= _ARRAYS.keys():
        return cells
    try:
        return pa.array(cells, _ARRAYS[kinds.pop()] if kinds else pa.string())
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        return cells


def joined(parts: Sequence[Chunk]) -> Chunk:
    """Chunks that follow each other as one; their columns are arrays of the same types."""
    if len(parts) == 1:
        return parts[0]
    return Chunk(
        numbers=pa.concat_arrays([part.numbers for part in parts]),
        columns={name: pa.concat_arrays([part.columns[name] for part in parts]) for name in parts[0].columns},
        broken=tuple(row for part in parts for row in part.broken),
    )


def first_rows(chunk: Chunk, count: int) -> Chunk:
    """The first `count` rows of the chunk, broken ones counted."""
    numbers = chunk.numbers.to_pylist()
    read = sorted([*numbers, *(row.row for row in chunk.broken)])[:count]
    last = read[-1] if read else -1
    whole = sum(number <= last for number in numbers)
    return Chunk(
        numbers=chunk.numbers[:whole],
        columns={name: cells[:whole] for name, cells in chunk.columns.items()},
        broken=tuple(row for row in chunk.broken if row.row <= last),
    )


def trimmed(cells: pa.StringArray) -> pa.StringArray:
    """Texts without blanks at their ends, null where nothing is left."""
    found = pc.utf8_trim(cells, characters=BLANKS)
    return pc.if_else(pc.equal(found, ""), pa.scalar(None, pa.string()), found)


def without_blank_rows(numbers: pa.Int32Array, columns: Mapping[str, Cells]) -> Chunk:
    """The chunk of these columns without the rows in which every one of them is null."""
    blank = pa.array([True] * len(numbers), pa.bool_())
    for cells in columns.values():
        missing = cells.is_null() if isinstance(cells, pa.Array) else pa.array([cell is None for cell in cells])
        blank = pc.and_(blank, missing)
        if not pc.any(blank).as_py():
            return Chunk(numbers, columns)
    kept = pc.invert(blank)
    return Chunk(numbers.filter(kept), {name: _filtered(cells, kept) for name, cells in columns.items()})


def _filtered(cells: Cells, kept: pa.BooleanArray) -> Cells:
    if isinstance(cells, pa.Array):
        return cells.filter(kept)
    return [cell for cell, is_kept in zip(cells, kept.to_pylist(), strict=True) if is_kept]
