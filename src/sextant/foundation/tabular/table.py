"""A table as its readers see it: named columns and a stream of rows, whatever the file was."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sextant.foundation.tabular.rows import TableRow

if TYPE_CHECKING:
    from sextant.foundation.tabular.chunks import Chunk

CHUNK_ROWS = 131_072


class TableKind(StrEnum):
    """What sort of file a table came from."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"
    JSONL = "jsonl"
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class Table:
    """An opened table. `rows()` starts from the top each time; blank rows are skipped but counted.

    `row_count` is None where only reading to the end would tell; it may count blank rows. `encoding` and `delimiter`
    are set for text, `sheet` for workbooks.
    """

    columns: tuple[str, ...]
    kind: TableKind
    _open: Callable[[], Iterator[TableRow]] = field(repr=False)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    row_count: int | None = None
    _open_chunks: Callable[[Collection[str], int], Iterator[Chunk]] | None = field(default=None, repr=False)

    def rows(self) -> Iterator[TableRow]:
        """Every row that holds something, in order; raises TableUnreadable where the file turns out broken."""
        return self._open()

    def chunks(self, columns: Collection[str] | None = None, *, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows of `rows()` by chunks of about `size`, with the named columns, all when None; much faster for text
        and Parquet. Raises as `rows()`."""
        wanted = self.columns if columns is None else columns
        if self._open_chunks is not None:
            return self._open_chunks(wanted, size)
        from sextant.foundation.tabular.chunks import chunks_of_rows  # slow to load, and most processes read no chunks

        return chunks_of_rows(self.rows(), [name for name in self.columns if name in wanted], size=size)
