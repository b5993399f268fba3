"""CSV by chunks: plain stretches of a file split by Arrow, all others by the careful reader, with the same result.

A stretch is plain when nothing in it could be read in two ways: no quote, no lone carriage return, as many cells in
every line as in the header. There a record is a line and a cell what stands between two delimiters.
"""

import csv
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO, TextIOBase
from operator import itemgetter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from sextant.engines.values import Problem
from sextant.foundation.tabular.chunks import Chunk, joined, trimmed, without_blank_rows
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.header import BLANKS, Header, trim
from sextant.foundation.tabular.rows import TableRow, TableUnreadable

BLOCK = 1 << 20
"""Characters in a stretch; no more than the longest cell the careful reader allows, so that none can hide in it."""
_OPEN_QUOTE = "unexpected end of data"
"""What the careful reader says of text that ends inside quotes; the standard library has no code for it."""
_BLANKS_IN_LINES = tuple(set(BLANKS) - {"\r", "\n"})


@dataclass(frozen=True, slots=True)
class TextSource:
    """A text table: where it lies, how it is written, and its header, which is a record of `width` cells."""

    path: Path
    encoding: str
    delimiter: str
    header: Header
    width: int


def text_chunks(source: TextSource, *, columns: Collection[str], size: int, block: int = BLOCK) -> Iterator[Chunk]:
    """The rows below the header with these `columns`, about `size` in a chunk.

    Raises TableUnreadable where quotes do not match, as the careful reader does.
    """
    waiting: list[Chunk] = []
    for part in _parts(source, [name for name in source.header.columns if name in columns], block):
        waiting.append(part)
        if sum(one.rows_read for one in waiting) >= size:
            yield joined(waiting)
            waiting = []
    if waiting:
        yield joined(waiting)


def _parts(source: TextSource, columns: Sequence[str], block: int) -> Iterator[Chunk]:
    with source.path.open(encoding=source.encoding, newline="") as file:
        blocks = _Blocks(file, block)
        done = 0
        while text := blocks.next():
            # the header may be anywhere in the first stretch, and of several lines
            found = _plain_chunk(source, columns, text, done=done) if done >= source.header.row else None
            if found is not None:
                chunk, count = found
            else:
                records = _records(source, text, blocks, done=done)
                count = len(records)
                below = max(source.header.row - done, 0)
                chunk = _chunk_of_records(source, columns, records[below:], done=done + below)
            done += count
            if chunk.rows_read:
                yield chunk


class _Blocks:
    """A file in blocks of whole lines."""

    def __init__(self, file: TextIOBase, size: int) -> None:
        self._file, self._size = file, size
        self._beyond = ""

    def next(self) -> str:
        """The next block; empty at the end of the file."""
        text = self._beyond
        while True:
            more = self._file.read(self._size)
            text += more
            # a carriage return at the very end may be half of a line end
            cut = text.rfind("\n") + 1 or text.rfind("\r", 0, len(text) - 1) + 1
            if cut or not more:
                break
        if not more:
            cut = len(text)
        self._beyond = text[cut:]
        return text[:cut]


def _records(source: TextSource, text: str, blocks: _Blocks, *, done: int) -> list[list[str]]:
    """The records of a block, which goes on into the following ones when it ends inside quotes."""
    while True:
        records: list[list[str]] = []
        try:
            records.extend(csv.reader(StringIO(text, newline=""), delimiter=source.delimiter, strict=True))
        except csv.Error as error:
            if str(error) == _OPEN_QUOTE and (more := blocks.next()):
                text += more
                continue
            params = {"file": source.path.name, "row": done + len(records) + 1, "detail": str(error)}
            raise TableUnreadable(Problem(Code.BROKEN_TEXT, params)) from error
        return records


def _chunk_of_records(
    source: TextSource, columns: Sequence[str], records: Sequence[Sequence[str]], *, done: int
) -> Chunk:
    if set(map(len, records)) == {source.width}:

        def cells_at(place: int) -> pa.StringArray:
            return trimmed(pa.array(list(map(itemgetter(place), records)), pa.string()))

        chunk = _even_chunk(source, columns, _numbers(done, len(records)), cells_at)
        if chunk is not None:
            return chunk
    rows: list[TableRow] = []
    broken: list[TableRow] = []
    for number, record in enumerate(records, start=done + 1):
        if any(trim(cell) is not None for cell in record):
            row = source.header.row_of(number, record)
            (broken if row.problems else rows).append(row)
    arrays = {name: pa.array([row.cells[name] for row in rows], pa.string()) for name in columns}
    return Chunk(pa.array([row.row for row in rows], pa.int32()), arrays, tuple(broken))


def _plain_chunk(source: TextSource, columns: Sequence[str], block: str, *, done: int) -> tuple[Chunk, int] | None:
    """The chunk of a plain block and how many records it has; None when the careful reader has to look."""
    returns = block.count("\r")
    if '"' in block or "\0" in block or (returns and returns != block.count("\r\n")):
        return None
    if not source.delimiter.isascii() or source.delimiter in "\r\n\\":
        return None
    lines = block.count("\n") + (not block.endswith("\n"))
    table = _split(source, block.encode())
    if table is None or len(table) != lines:
        return None
    needs_trim = any(blank in block for blank in _BLANKS_IN_LINES)

    def cells_at(place: int) -> pa.StringArray:
        cells = pa.concat_arrays(table.column(place).chunks)
        return trimmed(cells) if needs_trim else cells

    chunk = _even_chunk(source, columns, _numbers(done, lines), cells_at)
    return None if chunk is None else (chunk, lines)


def _split(source: TextSource, encoded: bytes) -> pa.Table | None:
    """The lines split into as many cells as the header has, empty ones null; None when some line has not so many."""
    names = [f"c{place}" for place in range(source.width)]
    try:
        return pyarrow.csv.read_csv(
            pa.BufferReader(encoded),
            pyarrow.csv.ReadOptions(column_names=names, block_size=len(encoded) + 1),
            pyarrow.csv.ParseOptions(delimiter=source.delimiter, quote_char=False, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _even_chunk(
    source: TextSource, columns: Sequence[str], numbers: pa.Int32Array, cells_at: Callable[[int], pa.StringArray]
) -> Chunk | None:
    """The chunk of records that all have the header's width; None when a cell stands beyond the last column."""
    for place in range(source.header.width, source.width):
        if cells_at(place).null_count < len(numbers):
            return None
    chosen = {name: cells_at(source.header.place_of(name)) for name in columns}
    chunk = without_blank_rows(numbers, chosen)
    if len(chunk.numbers) == len(numbers) or len(chosen) == source.width:
        return chunk
    # what is blank in the columns asked for need not be blank in all; a name of a column never begins with a blank
    everything = {f" {place}": cells_at(place) for place in range(source.width)}
    kept = without_blank_rows(numbers, {**everything, **chosen})
    return Chunk(kept.numbers, {name: kept.columns[name] for name in columns})


def _numbers(done: int, count: int) -> pa.Int32Array:
    return pa.array(np.arange(done + 1, done + count + 1, dtype=np.int32))
