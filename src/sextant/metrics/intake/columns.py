"""Whole columns as typed arrays: what is written plainly by Arrow, the rest cell by cell, each distinct one once.

Both read alike. Arrow is only asked where a pattern proves that `ColumnReader` would give the same value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sextant.foundation.tabular.chunks import Cells
from sextant.foundation.tabular.records import plain_cell
from sextant.metrics.intake.cells import PLACES, ColumnReader, ReadCell
from sextant.metrics.mapping import ColumnKind

NUMBER = pa.decimal128(28, PLACES)
ARROW = {ColumnKind.TEXT: pa.string(), ColumnKind.NUMBER: NUMBER, ColumnKind.DATE: pa.date32()}
_PLAIN_NUMBER = r"\A-?\d{1,15}(\.\d{1,9})?\z"
_PLAIN_DAY = r"\A[1-9]\d{3}-\d{2}-\d{2}\z"
_DAY_AND_TIME = r"\A[1-9]\d{3}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?\z"
_SIX_PLACES, _EXACT_UNTIL = 1e6, 1e15


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """`values` in the column's type; `texts` as the cells stand in the file, None when nobody asked; `faults` point
    into the reader's faults, None when every cell could be read."""

    values: pa.Array
    texts: pa.Array | None
    faults: pa.Int32Array | None


def read_column(reader: ColumnReader, cells: Cells, *, with_texts: bool = False) -> ReadColumn:
    """All cells of a column, each as `reader.read` gives it."""
    if isinstance(cells, pa.Array) and pa.types.is_null(cells.type):
        cells = cells.to_pylist()
    if not isinstance(cells, pa.Array):
        return _from_cells([reader.read(cell) for cell in cells], reader.reading.type)
    if pa.types.is_string(cells.type) and (reader.reading.type is not ColumnKind.TEXT or reader.reading.values):
        encoded = cells.dictionary_encode()
        distinct = _read_array(reader, encoded.dictionary, with_texts=False)
        return ReadColumn(
            distinct.values.take(encoded.indices),
            cells if with_texts else None,
            None if distinct.faults is None else distinct.faults.take(encoded.indices),
        )
    return _read_array(reader, cells, with_texts=with_texts)


def _read_array(reader: ColumnReader, cells: pa.Array, *, with_texts: bool) -> ReadColumn:
    plain = None if with_texts or reader.reading.values else _plain(reader, cells)
    if pa.types.is_string(cells.type) and reader.reading.type is ColumnKind.TEXT and not reader.reading.values:
        return ReadColumn(cells, cells, None)
    if plain is None:
        return _from_distinct(reader, cells)
    unread = pc.and_(cells.is_valid(), plain.is_null())
    if not pc.any(unread).as_py():
        return ReadColumn(plain, None, None)
    rest = _from_distinct(reader, cells.filter(unread))
    faults = rest.faults
    if faults is not None:
        faults = pc.replace_with_mask(pa.nulls(len(cells), pa.int32()), unread, faults)
    return ReadColumn(pc.replace_with_mask(plain, unread, rest.values), None, faults)


def _from_distinct(reader: ColumnReader, cells: pa.Array) -> ReadColumn:
    """Through Python, each distinct cell once."""
    encoded = cells.dictionary_encode()
    read = _from_cells([reader.read(plain_cell(cell)) for cell in encoded.dictionary.to_pylist()], reader.reading.type)
    faults = None if read.faults is None else read.faults.take(encoded.indices)
    texts = None if read.texts is None else read.texts.take(encoded.indices)
    return ReadColumn(read.values.take(encoded.indices), texts, faults)


def _from_cells(read: Sequence[ReadCell], kind: ColumnKind) -> ReadColumn:
    faults = pa.array([cell.fault for cell in read], pa.int32())
    return ReadColumn(
        pa.array([cell.value for cell in read], ARROW[kind]),
        pa.array([cell.text for cell in read], pa.string()),
        faults if faults.null_count < len(faults) else None,
    )


def _plain(reader: ColumnReader, cells: pa.Array) -> pa.Array | None:
    """The values of the cells that leave no doubt, null for the others; None when the whole column is in doubt."""
    kind = cells.type
    try:
        match reader.reading.type:
            case ColumnKind.NUMBER if pa.types.is_string(kind):
                return pc.cast(_matching(cells, _PLAIN_NUMBER), NUMBER)
            case ColumnKind.NUMBER if pa.types.is_float64(kind):
                return _decimals(cells)
            case ColumnKind.NUMBER if pa.types.is_decimal128(kind) or pa.types.is_integer(kind):
                return pc.cast(cells if kind != pa.uint64() else pc.cast(cells, pa.int64()), NUMBER)
            case ColumnKind.DATE if pa.types.is_string(kind) and not reader.reading.formats:
                # a moment without its zone lies on the day that is written, unless the column was written elsewhere
                pattern = _DAY_AND_TIME if reader.written_in is None else _PLAIN_DAY
                return pc.cast(pc.utf8_slice_codeunits(_matching(cells, pattern), 0, 10), pa.date32())
            case ColumnKind.DATE if pa.types.is_date32(kind):
                return cells
            case ColumnKind.DATE if pa.types.is_timestamp(kind):
                return _days(reader, cells)
            case ColumnKind.TEXT if pa.types.is_integer(kind):
                return pc.cast(cells, pa.string())
    except pa.ArrowInvalid:  # one cell is enough: 2026-02-30, a number too long
        return None
    return None


def _days(reader: ColumnReader, moments: pa.TimestampArray) -> pa.Date32Array:
    if reader.zone is not None and reader.written_in is not None and moments.type.tz is None:
        moments = pc.assume_timezone(moments, reader.written_in.key)
    if moments.type.tz is not None:
        if reader.zone is not None:
            moments = moments.cast(pa.timestamp(moments.type.unit, reader.zone.key))
        moments = pc.local_timestamp(moments)
    return pc.cast(moments, pa.date32(), safe=False)


def _matching(cells: pa.StringArray, pattern: str) -> pa.StringArray:
    return pc.if_else(pc.match_substring_regex(cells, pattern), cells, pa.scalar(None, pa.string()))


def _decimals(cells: pa.DoubleArray) -> pa.Decimal128Array:
    """Doubles that are the nearest to a number of at most six decimals and fifteen digits: that number is what their
    shortest writing says. Null where it is not so."""
    doubles = cells.fill_null(0).to_numpy(zero_copy_only=False)
    with np.errstate(over="ignore", invalid="ignore"):
        millionths = np.rint(doubles * _SIX_PLACES)
        is_exact = (np.abs(millionths) < _EXACT_UNTIL) & (millionths / _SIX_PLACES == doubles)
    is_exact &= cells.is_valid().to_numpy(zero_copy_only=False)
    low = np.where(is_exact, millionths, 0).astype(np.int64) * 10 ** (PLACES - 6)
    words = np.column_stack([low, low >> 63])
    mask = pa.array(is_exact).buffers()[1]
    return pa.Decimal128Array.from_buffers(NUMBER, len(cells), [mask, pa.py_buffer(words)])
