"""The digest of every row of a run: with it a run that computed a few goals anew answers for all of them.

A run's digest is made of these and nothing else, so an index is proved by the run that names it: what was cut short or
changed on the disk does not give the run's digest, and is not used.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy
import pyarrow as pa
from pyarrow import compute, parquet

from sextant.engines.values import Light
from sextant.metrics import files

SCHEMA = pa.schema(
    [pa.field("goal_id", pa.int64()), pa.field("light", pa.string()), pa.field("row_sha256", pa.binary(32))]
)
_NO_LIMIT = 1 << 50


@dataclass(frozen=True, slots=True)
class RowIndex:
    """Goals in ascending order of id, each with its light and the SHA-256 of its canonical row."""

    table: pa.Table

    @classmethod
    def of(cls, pieces: Iterable[pa.Table]) -> "RowIndex":
        """The index of consecutive pieces."""
        return cls(pa.concat_tables([SCHEMA.empty_table(), *pieces]).combine_chunks())

    @property
    def digest(self) -> str:
        """As `engines.evaluation.digest`."""
        total = hashlib.sha256()
        for chunk in self.table.column("row_sha256").chunks:
            start = chunk.offset * 32
            total.update(memoryview(chunk.buffers()[1])[start : start + len(chunk) * 32] if len(chunk) else b"")
        return total.hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """Goals by light, every light named."""
        found = {one["values"]: one["counts"] for one in compute.value_counts(self.table.column("light")).to_pylist()}
        return {light.value: found.get(light.value, 0) for light in Light}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def updated(self, changed: "RowIndex", *, gone: Iterable[int] = ()) -> "RowIndex":
        """This index with the rows of `changed` in place of its own or added, and without the goals in `gone`."""
        replaced = numpy.concatenate([_ids(changed.table), numpy.fromiter(gone, dtype=numpy.int64)])
        kept = self.table.filter(pa.array(~numpy.isin(_ids(self.table), replaced)))
        together = pa.concat_tables([kept, changed.table]).combine_chunks()
        return RowIndex(together.take(pa.array(numpy.argsort(_ids(together), kind="stable"))).combine_chunks())

    def keep(self) -> str:
        """Store the index; its SHA-256."""
        out = BytesIO()
        # digests do not compress, and nobody looks for one: trying costs as much as the rest of a run over few goals
        parquet.write_table(
            self.table, out, compression={"goal_id": "zstd", "light": "zstd", "row_sha256": "none"},
            use_dictionary=["light"], column_encoding={"goal_id": "DELTA_BINARY_PACKED"}, write_statistics=False,
        )  # fmt: skip
        return files.keep([out.getvalue()], limit=_NO_LIMIT)


def read_index(sha256: str, *, digest: str) -> RowIndex | None:
    """The kept index of a run with this digest; None when it is gone, damaged, or not of that run."""
    try:
        index = RowIndex(parquet.read_table(files.path_of(sha256), schema=SCHEMA).combine_chunks())
    except (files.FileUnknown, OSError, pa.ArrowException):
        return None
    return index if index.digest == digest else None


def index_rows(goal_ids: pa.Array, lights: pa.Array, lines: pa.Array) -> pa.Table:
    """Rows of the index for canonical lines."""
    hashes = pa.array(list(_hashes(lines)), pa.binary(32))
    return pa.table([goal_ids, lights, hashes], schema=SCHEMA)


def _hashes(lines: pa.Array) -> Iterator[bytes]:
    """SHA-256 of each line, straight from the buffer."""
    text = lines.cast(pa.large_string())
    _validity, offsets, letters = text.buffers()
    if not len(text):
        return
    bounds = numpy.frombuffer(offsets, dtype=numpy.int64)[text.offset : text.offset + len(text) + 1].tolist()
    whole = memoryview(letters)
    start = bounds[0]
    for end in bounds[1:]:
        yield hashlib.sha256(whole[start:end]).digest()
        start = end


def _ids(table: pa.Table) -> numpy.ndarray:
    ids: numpy.ndarray = table.column("goal_id").to_numpy()
    return ids
