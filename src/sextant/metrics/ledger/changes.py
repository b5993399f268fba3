"""Whose measurements differ between two versions of the ledger: what an incremental evaluation asks."""

from collections.abc import Sequence

import duckdb

from sextant.metrics.ledger import store as ledger
from sextant.metrics.ledger.store import LedgerFile
from sextant.metrics.models import Batch

_KEY = "metric_id, subject_kind, subject_id"
_ADDRESS = "'#' || m.batch || ':' || m.\"row\""
"""As `ledger.row_address` writes it."""


def load_changed_keys(connection: duckdb.DuckDBPyConnection, *, since: int, until: int) -> None:
    """Fill the temporary table `changed_key` (metric_id, subject_kind, subject_id): every key whose measurements may
    differ between version `since` and the later version `until`. Compaction changes files and no key.

    A key whose record was taken over by another subject is among them.
    """
    before, after = ledger.list_files(since), ledger.list_files(until)
    known, kept = {file.uri for file in before}, {file.uri for file in after}
    added = [file for file in after if file.uri not in known]
    merged = [file for file in before if file.uri not in kept]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE changed_key (metric_id INTEGER, subject_kind TINYINT, subject_id BIGINT)"
    )
    if not added:
        return
    batches = _batches(connection, added) - _batches(connection, merged)
    if not batches:
        return
    new_rows = f"(SELECT * FROM {ledger.scan(added)} WHERE batch IN ({', '.join(map(str, sorted(batches)))}))"
    connection.execute(f"INSERT INTO changed_key SELECT DISTINCT {_KEY} FROM {new_rows}")
    if Batch.objects.filter(id__in=batches, has_corrections=True).exists():
        _add_former_subjects(connection, new_rows, since=since)


def _add_former_subjects(connection: duckdb.DuckDBPyConnection, new_rows: str, *, since: int) -> None:
    """A correction may give a record to another person: the one who had it is touched, too. Rows without a record are
    known by their address."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE corrected AS SELECT DISTINCT metric_id, record FROM {new_rows}"
        " WHERE record IS NOT NULL"
    )
    metric_ids = [row[0] for row in connection.execute("SELECT DISTINCT metric_id FROM corrected").fetchall()]
    ledger.relation(connection, version=since, metric_ids=metric_ids).create_view("counted_before")
    connection.execute(
        "INSERT INTO changed_key SELECT DISTINCT m.metric_id, m.subject_kind, m.subject_id"
        " FROM counted_before AS m SEMI JOIN corrected"
        f" ON corrected.metric_id = m.metric_id AND corrected.record = coalesce(m.record, {_ADDRESS})"
    )
    connection.execute("DROP VIEW counted_before; DROP TABLE corrected")


def _batches(connection: duckdb.DuckDBPyConnection, files: Sequence[LedgerFile]) -> set[int]:
    """Batches with rows in any of the files; a file of one batch need not be read for it."""
    single = {file.batches[0] for file in files if file.batches and file.batches[0] == file.batches[1]}
    mixed = [file for file in files if not file.batches or file.batches[0] != file.batches[1]]
    if not mixed:
        return single
    found = connection.execute(f"SELECT DISTINCT batch FROM {ledger.scan(mixed)}").fetchall()
    return single | {row[0] for row in found}
