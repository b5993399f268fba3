"""A delivered file on its way in: opened, planned, identified; then its rows judged."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from sextant.engines.values import Problem
from sextant.foundation.tabular import Table, TableUnreadable, read_table
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.spool import Spooled
from sextant.metrics.contracts import IngestPreview, PreviewedMeasurement
from sextant.metrics.engine import open_engine
from sextant.metrics.intake.judging import Judge, Judged, list_kept_back
from sextant.metrics.intake.plan import IntakePlan, plan_intake
from sextant.metrics.intake.quarantine import Entry, collect_entries
from sextant.metrics.intake.staging import Staged, stage_chunks
from sextant.metrics.intake.subjects import resolve_subjects
from sextant.metrics.mapping import IngestMapping, MappingRefused
from sextant.metrics.queries.library import list_metrics


@dataclass(frozen=True, slots=True)
class Delivery:
    """Rows whose mapping fits them. `sha256` is of the content; `key` says when two deliveries are the same one:
    content and mapping together, or what the sender calls the batch."""

    name: str
    table: Table
    plan: IntakePlan
    sha256: str
    key: str
    today: date
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class JudgedDelivery:
    """Its rows judged. Lives as long as `connection` does; rows_read = rows_accepted + rows_quarantined + skipped."""

    delivery: Delivery
    connection: duckdb.DuckDBPyConnection
    staged: Staged
    judged: Judged

    @property
    def rows_quarantined(self) -> int:
        """Rows of which nothing came in."""
        return self.judged.rows_quarantined + len(self.staged.broken)

    def entries(self) -> Iterator[Entry]:
        """The quarantine, row by row."""
        kept_back = list_kept_back(self.connection, self.judged, self.delivery.plan)
        return collect_entries(kept_back, plan=self.delivery.plan, staged=self.staged, today=self.delivery.today)

    def first_measurements(self, count: int) -> Iterator[PreviewedMeasurement]:
        """The first measurements the file gives, row by row."""
        metrics = {rule.number: rule.metric for rule in self.delivery.plan.rules}
        found = self.connection.execute(
            "SELECT rule, row_number, key, day, value, denominator FROM judged WHERE verdict IS NULL"
            " ORDER BY row_number, rule LIMIT $count",
            {"count": count},
        )
        for rule, row, key, day, value, denominator in found.fetchall():
            metric = metrics[rule]
            yield PreviewedMeasurement(
                row, metric.code, metric.name, key, day, value, denominator, metric.decimals, metric.unit_label
            )

    def preview(self, *, first: int, known_batch: int | None = None) -> IngestPreview:
        """What taking it in would do: counts, and the `first` measurements and quarantine entries."""
        entries = list(self.entries())
        return IngestPreview(
            rows_read=self.staged.rows_read,
            rows_accepted=self.judged.rows_accepted,
            rows_partly=self.judged.rows_partly,
            rows_quarantined=self.rows_quarantined,
            skipped=self.judged.skipped,
            accepted=self.judged.accepted,
            quarantined_count=len(entries),
            quarantined=tuple(entry.shown() for entry in entries[:first]),
            measurements=tuple(self.first_measurements(first)),
            known_batch=known_batch,
            is_cut=self.staged.is_cut,
        )


def open_delivery(path: Path, *, mapping: IngestMapping, today: date) -> Delivery:
    """Open the file, hold the mapping against its header and identify both. No row is judged yet.

    Raises TableUnreadable for the file, MappingRefused for the mapping.
    """
    sha256 = _digest_of(path)
    table = read_table(path, sheet=mapping.sheet, delimiter=mapping.delimiter, encoding=mapping.encoding)
    key = _key_of(sha256, mapping)
    return Delivery(path.name, table, _planned(mapping, table, today=today), sha256, key, today)


def deliver_rows(
    spooled: Spooled, *, mapping: IngestMapping, source_name: str, batch_key: str | None, today: date
) -> Delivery:
    """Rows that were no file, held against the mapping and identified by `batch_key`, or by content when None.

    Raises MappingRefused.
    """
    plan = _planned(mapping, spooled.table, today=today)
    if batch_key is None:
        key = _key_of(spooled.sha256, mapping)
    else:
        key = hashlib.sha256(json.dumps(["rows", source_name, batch_key]).encode()).hexdigest()
    return Delivery(source_name, spooled.table, plan, spooled.sha256, key, today, is_named=batch_key is not None)


def _planned(mapping: IngestMapping, table: Table, *, today: date) -> IntakePlan:
    library = {row.code: row for row in list_metrics()}
    outcome = plan_intake(mapping, columns=table.columns, library=library, today=today)
    if outcome.value is None:
        raise MappingRefused(*outcome.problems)
    return outcome.value


def _key_of(sha256: str, mapping: IngestMapping) -> str:
    return hashlib.sha256(f"{sha256} {mapping.digest()}".encode()).hexdigest()


@contextmanager
def judged_delivery(
    delivery: Delivery, *, limit: int | None = None, progress: Callable[[int], None] | None = None
) -> Iterator[JudgedDelivery]:
    """Read and judge the rows; the result can be asked until the block ends. `limit` stops after that many rows."""
    with open_engine() as connection:
        plan, staged = delivery.plan, Staged()
        judge = Judge(plan, connection, resolve=partial(resolve_subjects, plan.mapping), today=delivery.today)
        for chunk in stage_chunks(delivery.table, plan, staged, limit=limit, progress=progress):
            judge.take(chunk)
        judged = judge.concluded(delivery.table)
        found = JudgedDelivery(delivery, connection, staged, judged)
        counted = judged.rows_accepted + found.rows_quarantined + judged.skipped
        if counted != staged.rows_read:
            raise AssertionError(f"rows do not add up: read {staged.rows_read}, counted {counted}")
        yield found


def _digest_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TableUnreadable(Problem(Code.MISSING, {"path": str(path)})) from error
