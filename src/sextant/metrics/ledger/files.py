"""Writing one file of the ledger anew: the rows it held, under its name, with the number of bytes the log records.

Parquet is read from its end: data lie where the footer says, so bytes between the last of them and the footer are read
by nobody. A file that came out smaller than it was is filled up there.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import write_deltalake

_TAIL = 8
"""The last bytes of a Parquet file: the footer's length, and PAR1."""


class NoRoom(Exception):
    """The rows do not fit into the size the log records."""


def write_in_size(rows: pa.Table, path: Path, *, size: int) -> None:
    """Put a Parquet file of `rows` at `path`, exactly `size` bytes long, in one step. NoRoom when they do not fit."""
    for written in _writings(rows, beside=path.parent.parent):
        if len(written) <= size:
            fresh = path.with_suffix(".restored")
            fresh.write_bytes(_filled(written, size))
            os.replace(fresh, path)
            return
    raise NoRoom


def _writings(rows: pa.Table, *, beside: Path) -> Iterator[bytes]:
    """The rows as a Parquet file, as the ledger writes them, then ever smaller."""
    with TemporaryDirectory(dir=beside, prefix="repair-") as folder:
        write_deltalake(folder, rows)
        files = list(Path(folder).glob("*.parquet"))
        if len(files) == 1:
            yield files[0].read_bytes()
    for level in (3, 19):
        buffer = BytesIO()
        pq.write_table(rows, buffer, compression="zstd", compression_level=level, store_schema=False)
        yield buffer.getvalue()


def _filled(written: bytes, size: int) -> bytes:
    footer = int.from_bytes(written[-_TAIL:-4], "little") + _TAIL
    return written[:-footer] + bytes(size - len(written)) + written[-footer:]
