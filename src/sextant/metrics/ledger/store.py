"""The measurement ledger: a Delta table that only grows, under SEXTANT_HOME/ledger.

One commit is one batch, whole or not at all. A batch is known by the application transaction in its commit, so a second
delivery after a crash finds it and writes nothing. Corrections are appended: among rows of one metric with the same
source record the latest batch holds, and a row without value withdraws the record. Version 0 is the empty ledger,
whether the folder exists yet or not.

The table is not partitioned. A daily feed touches every metric, so partitions by metric would cut each batch into
hundreds of tiny files, and months would need a column of their own; instead rows are sorted by metric and day within a
batch, and readers drop files and row groups by the recorded smallest and largest metric, day and batch. Those three
are the only columns whose extremes the log keeps: it must not remember subjects or records (erasure).

A row without a record can be corrected too: the correction's record then names batch and row (`row_address`), and
batches that do so are flagged (`Batch.addresses_rows`), so that readers build addresses only where one is in use.

Files are read through their list (`file_uris`), never by DuckDB's Delta extension, which would be fetched from the
network. Old versions stay readable, because nothing is vacuumed: a published run must be replayable.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError
from django.conf import settings

from sextant.metrics.ledger.health import refuse_damaged
from sextant.metrics.ledger.log import newest_known, readable_log, refuse_shortened, transaction_of
from sextant.metrics.models import Batch

SCHEMA = pa.schema(
    [
        pa.field("metric_id", pa.int32(), nullable=False),
        pa.field("subject_kind", pa.int8(), nullable=False),
        pa.field("subject_id", pa.int64(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("value", pa.decimal128(28, 6)),  # null: the record is withdrawn
        pa.field("denominator", pa.decimal128(28, 6)),  # ratio metrics; value is then the numerator
        pa.field("batch", pa.int64(), nullable=False),
        pa.field("row", pa.int32(), nullable=False),
        pa.field("record", pa.string()),
        pa.field("dimensions", pa.string()),  # JSON object, keys sorted: {"customer": "…", "product": "…"}
    ]
)
"""One measurement. Subjects are integer keys of persons or units: their names never enter. Dimensions say what the
number is about (a customer, a product), never whose it is."""

Measurements: TypeAlias = pa.Table | Callable[[], pa.RecordBatchReader]
"""Rows to append: held in memory, or a stream that can be begun anew, sorted by metric and day."""

EMPTY_VERSION = 0
_CONFIGURATION = {
    "delta.appendOnly": "true",
    "delta.dataSkippingStatsColumns": "metric_id,day,batch",
    "delta.checkpointInterval": "20",
    "delta.enableExpiredLogCleanup": "false",
}
_READER_VERSION = 1
_COMMIT_TRIES = 8
_COMPACT_TO_BYTES = 128 * 1024 * 1024
_COLUMNS = ", ".join(f'm."{name}"' for name in SCHEMA.names)
_ADDRESS = "'#' || m.batch || ':' || m.\"row\""


class LedgerUnreadable(Exception):
    """The table was written with features this reader does not understand; reading on would give wrong numbers."""


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """One Parquet file of a version with the extremes its log entry records; None where none were recorded."""

    uri: str
    rows: int
    size: int
    first_on: date | None
    last_on: date | None
    metrics: tuple[int, int] | None
    batches: tuple[int, int] | None

    def may_hold(self, *, metric_ids: Sequence[int] | None, from_on: date | None, until_on: date | None) -> bool:
        """False only when no row of the file can match: the recorded extremes exclude it."""
        if from_on is not None and self.last_on is not None and self.last_on < from_on:
            return False
        if until_on is not None and self.first_on is not None and self.first_on >= until_on:
            return False
        if metric_ids is None or self.metrics is None:
            return True
        low, high = self.metrics
        return any(low <= metric_id <= high for metric_id in metric_ids)

    def may_hold_batch(self, batches: Sequence[int]) -> bool:
        """False only when the file was written without any of these batches."""
        return self.batches is None or any(self.batches[0] <= batch <= self.batches[1] for batch in batches)


def ledger_path() -> Path:
    """The folder of the Delta table; it appears with the first batch."""
    return Path(settings.SEXTANT_HOME) / "ledger" / "measurements"


def current_version() -> int:
    """The newest version of the ledger; 0 while nothing was ever written. Costs well under a millisecond."""
    with _opened.lock:
        table = _opened.refreshed()
        return EMPTY_VERSION if table is None else table.version()


def holds_batch(batch: int) -> bool:
    """Whether this batch's commit is in the ledger. The answer decides what is left to do after a crash."""
    with _opened.lock:
        table = _opened.refreshed()
        return table is not None and table.transaction_version(transaction_of(batch)) is not None


def append(measurements: Measurements, *, batch: int) -> int:
    """Write one batch, whole, and return the ledger version that holds it.

    `measurements` has the columns of `SCHEMA`, every row with this `batch`; a table may leave out `dimensions` and is
    sorted here. A batch that is already there is not written again. Conflicts with other writers are retried on the
    newest version; OSError or DeltaError when the disk refuses.
    """
    rows = partial(_sorted, measurements) if isinstance(measurements, pa.Table) else measurements
    with _opened.lock:
        for attempt in range(_COMMIT_TRIES):
            table = _opened.refreshed() or _opened.created()
            if table.transaction_version(transaction_of(batch)) is not None:
                return table.version()
            try:
                write_deltalake(table, rows(), mode="append", schema_mode="merge", commit_properties=_once(batch))
                return table.version()
            except CommitFailedError:
                # another process committed first: either this very batch, or something to queue behind
                _opened.forget()
                if attempt == _COMMIT_TRIES - 1:
                    raise
    raise AssertionError("the loop returns or raises")


def _sorted(measurements: pa.Table) -> pa.Table:
    if "dimensions" not in measurements.column_names:
        measurements = measurements.append_column(SCHEMA.field("dimensions"), pa.nulls(len(measurements), pa.string()))
    return measurements.cast(SCHEMA).sort_by([("metric_id", "ascending"), ("day", "ascending")])


def compact() -> int:
    """Merge small files into large ones and return the new version. Rows and older versions stay as they are.

    A ledger with a missing or truncated file is left alone: LedgerDamaged. A process killed in the middle leaves files
    that no version names, and the ledger as it was."""
    with _opened.lock:
        table = _opened.refreshed()
        if table is None:
            return EMPTY_VERSION
        refuse_damaged(_opened.files(None))
        table.optimize.compact(target_size=_COMPACT_TO_BYTES)
        return table.version()


def reopen() -> None:
    """Read the log anew next time: files of it were restored."""
    with _opened.lock:
        _opened.forget()


def list_files(version: int | None = None) -> tuple[LedgerFile, ...]:
    """The files of a version, the newest when None. LedgerUnreadable for tables of a newer protocol; DeltaError
    when there never was such a version."""
    with _opened.lock:
        return _opened.files(version)


def relation(
    connection: duckdb.DuckDBPyConnection,
    *,
    version: int | None = None,
    metric_ids: Iterable[int] | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
) -> duckdb.DuckDBPyRelation:
    """The measurements that count, with the columns of `SCHEMA`, as a lazy DuckDB relation on `connection`.

    Days are half-open [`from_on`, `until_on`); None leaves a side, or the choice of metrics, open. What a later batch
    superseded or withdrew is left out; that costs a join only while some batch corrects another. No order is promised.
    """
    chosen = None if metric_ids is None else sorted(set(metric_ids))
    files = list_files(version)
    read = [file for file in files if file.may_hold(metric_ids=chosen, from_on=from_on, until_on=until_on)]
    if not read:
        return connection.from_arrow(SCHEMA.empty_table())
    metrics = "TRUE" if chosen is None else f"m.metric_id IN ({', '.join(map(str, chosen)) or 'NULL'})"
    days = [f"m.day >= DATE '{from_on}'"] if from_on else []
    days += [f"m.day < DATE '{until_on}'"] if until_on else []
    where = " AND ".join(["m.value IS NOT NULL", metrics, *days])
    return connection.sql(
        f"SELECT {_COLUMNS} FROM {scan(read)} AS m {_without_superseded(files, chosen, metrics)} WHERE {where}"
    )


def history(
    connection: duckdb.DuckDBPyConnection, *, metric_ids: Iterable[int], batches: Iterable[int] | None = None
) -> duckdb.DuckDBPyRelation:
    """Every row ever written for these metrics, superseded rows and withdrawals among them; of some batches when
    given. Columns of `SCHEMA`, no order promised."""
    chosen, asked = sorted(set(metric_ids)), None if batches is None else sorted(set(batches))
    read = [
        file
        for file in list_files()
        if file.may_hold(metric_ids=chosen, from_on=None, until_on=None)
        and (asked is None or file.may_hold_batch(asked))
    ]
    if not read or not chosen or asked == []:
        return connection.from_arrow(SCHEMA.empty_table())
    where = f"m.metric_id IN ({', '.join(map(str, chosen))})"
    if asked is not None:
        where += f" AND m.batch IN ({', '.join(map(str, asked))})"
    return connection.sql(f"SELECT {_COLUMNS} FROM {scan(read)} AS m WHERE {where}")


def row_address(*, batch: int, row: int) -> str:
    """What stands for the record of a row whose source has none.

    >>> row_address(batch=5, row=17)
    '#5:17'
    """
    return f"#{batch}:{row}"


def _without_superseded(files: Sequence[LedgerFile], chosen: Sequence[int] | None, metrics: str) -> str:
    """The anti-join that drops what a later batch corrected, or nothing. The correcting rows are looked for on every
    day: a correction may have moved a record out of the days asked for."""
    correcting = dict(Batch.objects.filter(has_corrections=True).values_list("id", "addresses_rows"))
    batches = list(correcting)
    held = [
        file
        for file in files
        if file.may_hold(metric_ids=chosen, from_on=None, until_on=None) and file.may_hold_batch(batches)
    ]
    if not batches or not held:
        return ""
    listed = ", ".join(map(str, batches))
    known_as = f"coalesce(m.record, {_ADDRESS})" if any(correcting.values()) else "m.record"
    return (
        f"ANTI JOIN (SELECT m.metric_id, m.record, max(m.batch) AS batch FROM {scan(held)} AS m"
        f" WHERE m.record IS NOT NULL AND m.batch IN ({listed}) AND {metrics} GROUP BY ALL) AS later"
        f" ON later.metric_id = m.metric_id AND later.record = {known_as} AND later.batch > m.batch"
    )


def scan(files: Sequence[LedgerFile]) -> str:
    """SQL that reads these files whole. Raises LedgerDamaged when one is missing or has another size."""
    refuse_damaged(files)
    listed = ", ".join("'" + file.uri.replace("'", "''") + "'" for file in files)
    if not _opened.lacked_dimensions:
        return f"read_parquet([{listed}])"
    # files written before measurements had dimensions; the empty second half brings the column when no file has it
    nothing = "SELECT CAST(NULL AS VARCHAR) AS dimensions WHERE FALSE"
    return f"(FROM read_parquet([{listed}], union_by_name = true) UNION ALL BY NAME {nothing})"


def _once(batch: int) -> CommitProperties:
    return CommitProperties(app_transactions=[Transaction(transaction_of(batch), 1)])


class _OpenTable:
    """The table kept open: catching up with the log takes under a millisecond, opening it anew a hundred.

    Every method wants `lock` to be held: deltalake's table object is not meant for two threads.
    """

    _REMEMBERED_VERSIONS = 8

    def __init__(self) -> None:
        self.lock = Lock()
        self._path: Path | None = None
        self._table: DeltaTable | None = None
        self._files: dict[int, tuple[LedgerFile, ...]] = {}
        self.lacked_dimensions = False

    def forget(self) -> None:
        """Open the table anew next time."""
        self._path, self._table = None, None
        self._files.clear()

    def refreshed(self) -> DeltaTable | None:
        """The table at its newest version, or None while it does not exist."""
        path = ledger_path()
        if self._path != path:
            self.forget()
        with readable_log(path):
            if self._table is None:
                self._open(path)
            else:
                self._table.update_incremental()
        return self._table

    def _open(self, path: Path) -> None:
        known = newest_known()
        table = DeltaTable(str(path)) if DeltaTable.is_deltatable(str(path)) else None
        refuse_shortened(path, table, known)
        if table is not None:
            first = DeltaTable(str(path), version=EMPTY_VERSION).schema()
            self.lacked_dimensions = "dimensions" not in {field.name for field in first.fields}
            self._path, self._table = path, table

    def created(self) -> DeltaTable:
        """A new, empty table; when another process made it first, that one."""
        path = ledger_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            DeltaTable.create(str(path), schema=SCHEMA, name="measurements", configuration=_CONFIGURATION)
        except DeltaError:
            if not DeltaTable.is_deltatable(str(path)):
                raise
        self._path, self._table, self.lacked_dimensions = path, DeltaTable(str(path)), False
        return self._table

    def files(self, version: int | None) -> tuple[LedgerFile, ...]:
        """Files of `version`, or of the newest."""
        newest = self.refreshed()
        if newest is None:
            if version not in {None, EMPTY_VERSION}:
                raise DeltaError(f"the ledger is empty: it has no version {version}")
            return ()
        wanted = newest.version() if version is None else version
        if wanted not in self._files:
            table = newest if wanted == newest.version() else DeltaTable(str(self._path), version=wanted)
            while len(self._files) >= self._REMEMBERED_VERSIONS:
                self._files.pop(next(iter(self._files)))
            self._files[wanted] = _files_of(table)
        return self._files[wanted]


def _files_of(table: DeltaTable) -> tuple[LedgerFile, ...]:
    protocol = table.protocol()
    if protocol.min_reader_version > _READER_VERSION or protocol.reader_features:
        raise LedgerUnreadable(f"the ledger needs reader version {protocol.min_reader_version}")
    recorded = {entry["path"]: entry for entry in pa.table(table.get_add_actions(flatten=True)).to_pylist()}
    return tuple(_file_of(uri, recorded[uri.rsplit("/", 1)[-1]]) for uri in sorted(table.file_uris()))


def _file_of(uri: str, entry: dict[str, object]) -> LedgerFile:
    def extremes(column: str) -> tuple[Any, Any] | None:
        low, high = entry.get(f"min.{column}"), entry.get(f"max.{column}")
        return None if low is None or high is None else (low, high)

    days = extremes("day")
    return LedgerFile(
        uri=uri,
        rows=int(str(entry["num_records"])),
        size=int(str(entry["size_bytes"])),
        first_on=days[0] if days else None,
        last_on=days[1] if days else None,
        metrics=extremes("metric_id"),
        batches=extremes("batch"),
    )


_opened = _OpenTable()
