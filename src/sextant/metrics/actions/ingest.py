"""Taking in a file: once, whole or not at all, and nothing dropped silently.

Two stores take part, so one transaction cannot hold it all. The order makes a kill at any moment harmless:

1. PostgreSQL: the batch is claimed (`running`).
2. PostgreSQL: new metrics, quarantine and counts are saved, the batch still `running`.
3. Ledger: one commit with all measurements, marked with the batch. This is the moment the batch is in.
4. PostgreSQL: the batch is `done`, and audited.

Killed before 3, nothing counts and the next delivery starts afresh. Killed after 3, everything counts, and the next
delivery finds the batch in the ledger and does only 4. A lock per batch keeps two deliveries of one file apart; a lock
on the ledger is held from looking for corrections to the commit, so that two batches cannot miss each other's records.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import groupby, islice, tee
from operator import attrgetter
from pathlib import Path

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.damage import DataDamaged
from sextant.foundation.tabular import TableUnreadable
from sextant.foundation.tabular import messages as tabular_messages
from sextant.foundation.tabular.spool import spooled
from sextant.metrics.actions.audits import audit_judged, hold_batch
from sextant.metrics.actions.library import UnknownOwner, create_missing_metrics
from sextant.metrics.contracts import BatchKind, BatchState, IngestPreview, IngestReport
from sextant.metrics.engine import SPILL, spill_root
from sextant.metrics.files import FileUnknown, path_of
from sextant.metrics.intake.corrections import Corrections, find_corrections
from sextant.metrics.intake.delivery import Delivery, JudgedDelivery, deliver_rows, judged_delivery, open_delivery
from sextant.metrics.intake.judging import subject_kind
from sextant.metrics.intake.locks import locked
from sextant.metrics.intake.messages import say_mapping
from sextant.metrics.intake.quarantine import Entry
from sextant.metrics.intake.staging import raw_rows
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import IngestMapping, MappingRefused, build_mapping
from sextant.metrics.models import Batch, QuarantinedRow
from sextant.metrics.queries.batches import list_quarantine
from sextant.metrics.queries.library import list_metrics


class BatchKeyReused(Exception):
    """The sender's batch came in before with other rows, as batch `batch`; nothing was read or written."""

    def __init__(self, batch: int) -> None:
        super().__init__(batch)
        self.batch = batch


_ROWS_AT_ONCE = 2_000
_STREAMED_ROWS = 65_536
LEDGER_LOCK = "metrics.ledger"
_JUDGED = frozenset({BatchState.DONE, BatchState.HELD, BatchState.REJECTED})
"""States of a batch about which nothing is left to do here: held and rejected ones are for people."""
PREVIEW_ROWS = 20_000
"""Rows a preview looks at: enough to meet every kind of dirt, few enough to answer within a second or two."""


def ingest_file(
    path: Path,
    *,
    mapping: IngestMapping,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    filename: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> IngestReport:
    """Take in the file at `path` under `mapping`; `progress` is told how many more rows were read.

    Each row gives its measurements, is skipped when no filter chooses it, or goes to the quarantine with a reason;
    the three add up. The same file under the same mapping adds nothing (`already_known`, nothing accepted). With
    `dry_run` the report is that of a real run and nothing is written. `filename` is what people call the file.

    Raises AccessDenied; TableUnreadable when the file cannot be read (nothing of it counts); MappingRefused before any
    row is read, when the mapping does not fit or would count the same rows twice.
    """
    require(actor, Permission.METRIC_INGEST)
    delivery = open_delivery(path, mapping=mapping, today=company_day(now, settings.SEXTANT_ZONE))
    if dry_run:
        return _rehearse(delivery, progress=progress)
    return _take_in(delivery, filename=filename or path.name, actor=actor, now=now, progress=progress)


def ingest_rows(
    rows: Iterable[Mapping[str, object]],
    *,
    mapping: IngestMapping,
    source_name: str,
    batch_key: str | None,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> IngestReport:
    """Take in rows that are no file: a call of an interface, the answer of a database. Judged and kept as a file's.

    `rows` may be a stream of any length; more than some thousand go through a temporary file. They count from 1.
    `source_name` is what people call the delivery. Rows of one `source_name` and `batch_key` come in once: a second
    time adds nothing (`already_known`), and with other content raises BatchKeyReused. With `batch_key` None the content
    and the mapping decide, as for a file. Without any row there is no batch. Otherwise as `ingest_file`.
    """
    require(actor, Permission.METRIC_INGEST)
    with spooled(rows, folder=spill_root(), prefix=SPILL) as taken:
        if taken is None:
            return IngestReport(None, 0, (), ledger.current_version(), already_known=False)
        delivery = deliver_rows(
            taken,
            mapping=mapping,
            source_name=source_name,
            batch_key=batch_key,
            today=company_day(now, settings.SEXTANT_ZONE),
        )
        if dry_run:
            return _rehearse(delivery, progress=progress)
        return _take_in(delivery, filename=source_name, actor=actor, now=now, progress=progress)


def _take_in(
    delivery: Delivery, *, filename: str, actor: Actor, now: datetime, progress: Callable[[int], None] | None
) -> IngestReport:
    with locked(f"metrics.batch:{delivery.key}"):
        batch = Batch.objects.filter(key=delivery.key).first()
        if batch is not None and delivery.is_named and batch.sha256 != delivery.sha256 and _is_in(batch):
            raise BatchKeyReused(batch.pk)
        if batch is not None and batch.state in _JUDGED:
            is_held = batch.state == BatchState.HELD
            return IngestReport(batch.pk, 0, (), batch.ledger_version, already_known=True, is_held=is_held)
        if batch is not None and ledger.holds_batch(batch.pk):
            return finish_batch(batch, version=ledger.current_version(), actor=actor, now=now)
        batch = _claim(delivery, batch, filename=filename, actor=actor, now=now)
        try:
            with judged_delivery(delivery, progress=progress) as judged:
                _create_missing_metrics(delivery.plan.mapping, actor=actor, now=now)
                save_outcome(batch, judged)
                if audit_judged(batch, judged, now=now):
                    return hold_batch(batch, judged, actor=actor, now=now)
                version = commit_to_ledger(batch, judged)
        except Exception as error:
            fail_batch(batch, error)
            raise
        return finish_batch(batch, version=version, actor=actor, now=now)


def _is_in(batch: Batch) -> bool:
    return batch.state in _JUDGED or ledger.holds_batch(batch.pk)


def queue_file(path: Path, *, mapping: IngestMapping, filename: str, actor: Actor, now: datetime) -> tuple[int, bool]:
    """Claim a batch for a file that is taken in later; (batch id, whether it still has to be).

    A batch that failed is queued again; one that is done, or under way, stays as it is. Raises as `ingest_file`.
    """
    require(actor, Permission.METRIC_INGEST)
    delivery = open_delivery(path, mapping=mapping, today=company_day(now, settings.SEXTANT_ZONE))
    with locked(f"metrics.batch:{delivery.key}"):
        batch = Batch.objects.filter(key=delivery.key).first()
        if batch is None or batch.state == BatchState.FAILED:
            batch = _claim(delivery, batch, filename=filename, actor=actor, now=now, state=BatchState.QUEUED)
        return batch.pk, batch.state != BatchState.DONE


def ingest_queued(batch_id: int, *, actor: Actor, now: datetime) -> IngestReport:
    """Take in the kept file of a batch that `queue_file` claimed, under the mapping it remembers.

    Raises as `ingest_file`, Batch.DoesNotExist and FileUnknown. What makes a delivery impossible is also written on
    the batch, where its page shows it.
    """
    require(actor, Permission.METRIC_INGEST)
    batch = Batch.objects.get(pk=batch_id)
    try:
        mapping = build_mapping(batch.mapping)
        return ingest_file(path_of(batch.sha256), mapping=mapping, actor=actor, now=now, filename=batch.filename)
    except (FileUnknown, MappingRefused, TableUnreadable) as error:
        fail_batch(batch, error)
        raise


def preview_file(
    path: Path, *, mapping: IngestMapping, actor: Actor, now: datetime, rows: int = PREVIEW_ROWS, first: int = 20
) -> IngestPreview:
    """What `ingest_file` would do with the first `rows` rows: counts, the `first` measurements and quarantine entries.

    Writes nothing. Raises as `ingest_file`.
    """
    require(actor, Permission.METRIC_INGEST)
    delivery = open_delivery(path, mapping=mapping, today=company_day(now, settings.SEXTANT_ZONE))
    known = Batch.objects.filter(key=delivery.key).exclude(state=BatchState.FAILED).first()
    if known is None:
        _refuse_counting_twice(delivery)
    with judged_delivery(delivery, limit=rows) as judged:
        return judged.preview(first=first, known_batch=known.pk if known else None)


def _rehearse(delivery: Delivery, *, progress: Callable[[int], None] | None) -> IngestReport:
    known = Batch.objects.filter(key=delivery.key, state__in=_JUDGED).first()
    if known is not None and delivery.is_named and known.sha256 != delivery.sha256:
        raise BatchKeyReused(known.pk)
    if known is not None:
        return IngestReport(None, 0, (), known.ledger_version, already_known=True)
    _refuse_counting_twice(delivery)
    with judged_delivery(delivery, progress=progress) as judged:
        shown = tuple(entry.shown() for entry in judged.entries())
        return IngestReport(None, judged.judged.accepted, shown, ledger.current_version(), already_known=False)


@transaction.atomic
def _claim(
    delivery: Delivery,
    batch: Batch | None,
    *,
    filename: str,
    actor: Actor,
    now: datetime,
    state: BatchState = BatchState.RUNNING,
) -> Batch:
    """The batch row of this delivery, made or taken over from a run that ended without finishing."""
    _refuse_counting_twice(delivery)
    batch = batch or Batch(key=delivery.key)
    batch.source = delivery.plan.mapping.source
    batch.filename = filename[:300]
    batch.sha256 = delivery.sha256
    batch.mapping = delivery.plan.mapping.model_dump(mode="json", exclude_defaults=True)
    batch.columns = list(delivery.plan.columns)
    batch.state = state
    batch.error = ""
    batch.delivered_at = now
    batch.delivered_by = actor.label
    batch.save()
    return batch


def _refuse_counting_twice(delivery: Delivery) -> None:
    """Without records of the source nothing tells that a row came before; the same file under a reworked mapping
    would count its rows again. What was rejected does not count, and a correction is no delivery."""
    codes = {rule.metric.code for rule in delivery.plan.rules if not rule.record}
    if not codes or delivery.is_named:  # a sender who names batches says which rows are new
        return
    earlier_ones = Batch.objects.filter(sha256=delivery.sha256).exclude(key=delivery.key)
    for batch in earlier_ones.exclude(state=BatchState.REJECTED).exclude(kind=BatchKind.CORRECTION):
        if not ledger.holds_batch(batch.pk):
            continue
        earlier = build_mapping(batch.mapping)
        again = codes & {rule.metric for rule in earlier.measurements if not earlier.record_of(rule)}
        if again:
            raise MappingRefused(Problem("ingest.same_rows_again", {"batch": batch.pk, "metric": min(again)}))


@transaction.atomic
def save_outcome(batch: Batch, judged: JudgedDelivery) -> None:
    """Everything of the batch but its measurements. Written before the ledger's commit, so that a crash after the
    commit leaves nothing to be computed anew from a world that may have changed."""
    batch.quarantine.all().delete()
    batch.quarantined = _save_quarantine(batch, judged)
    found = judged.judged
    batch.rows_read = judged.staged.rows_read
    batch.rows_accepted = found.rows_accepted
    batch.rows_partly = found.rows_partly
    batch.rows_quarantined = judged.rows_quarantined
    batch.skipped = found.skipped
    batch.accepted = found.accepted
    batch.first_on, batch.last_on = found.first_on, found.last_on
    batch.save()


def _create_missing_metrics(mapping: IngestMapping, *, actor: Actor, now: datetime) -> None:
    definitions = [entry.definition(source=mapping.source) for entry in mapping.metrics]
    try:
        create_missing_metrics(definitions, actor=actor, now=now)
    except UnknownOwner as error:
        raise MappingRefused(Problem("mapping.unknown_owner", {"number": ", ".join(error.numbers)})) from error


def _save_quarantine(batch: Batch, judged: JudgedDelivery) -> int:
    entries = groupby(judged.entries(), key=attrgetter("row"))
    rows, asked = tee((row, list(found)) for row, found in entries)
    raw = raw_rows(judged.delivery.table, (row for row, _ in asked))
    stored = _stored(batch, rows, raw)
    saved = 0
    while chunk := list(islice(stored, _ROWS_AT_ONCE)):
        QuarantinedRow.objects.bulk_create(chunk)
        saved += len(chunk)
    return saved


def _stored(
    batch: Batch, rows: Iterable[tuple[int, list[Entry]]], raw: Iterator[tuple[int, list[str | None]]]
) -> Iterator[QuarantinedRow]:
    """Entries beside their rows as they came; `raw` is asked for one row after the other."""
    number, cells = next(raw, (0, []))
    for row, entries in rows:
        if number < row:
            number, cells = next(raw, (row, []))
        for entry in entries:
            yield QuarantinedRow(
                batch=batch,
                row=row,
                code=entry.code,
                params={**entry.params, "metrics": list(entry.metrics)},
                column=entry.column[:200],
                value=entry.value,
                raw=cells if number == row else [],
            )


def commit_to_ledger(batch: Batch, judged: JudgedDelivery) -> int:
    """The batch's measurements, with what they withdraw, in one commit; the version that holds them."""
    plan = judged.delivery.plan
    metric_ids = {row.code: row.id for row in list_metrics(codes=plan.metric_codes)}
    rules = {rule.number: metric_ids[rule.metric.code] for rule in plan.rules}
    with locked(LEDGER_LOCK):
        corrections = find_corrections(judged.connection, plan=plan, metric_of_rule=rules, batch=batch.pk)
        _flag_corrections(batch, corrections)
        if not judged.judged.accepted and not corrections.withdrawals.num_rows:
            return ledger.current_version()
        rows = partial(measurements_to_write, judged, corrections, rules=rules, batch=batch.pk)
        return ledger.append(rows, batch=batch.pk)


@transaction.atomic
def _flag_corrections(batch: Batch, corrections: Corrections) -> None:
    """Readers look for superseded rows only where a batch is flagged, so the flag must be there before the rows."""
    batch.has_corrections = bool(corrections.earlier or corrections.withdrawals.num_rows)
    batch.withdrawn = corrections.withdrawals.num_rows
    batch.save(update_fields=["has_corrections", "withdrawn"])
    # a batch with a higher number was committed first: by number it is the later one, so it corrects ours
    Batch.objects.filter(id__in=corrections.later, has_corrections=False).update(has_corrections=True)


def measurements_to_write(
    judged: JudgedDelivery, corrections: Corrections, *, rules: Mapping[int, int], batch: int
) -> pa.RecordBatchReader:
    """What goes into the ledger, metric by metric and day by day, as a stream: only one metric is sorted at a time."""

    def batches() -> Iterator[pa.RecordBatch]:
        yield from corrections.withdrawals.to_batches()
        for metric_id in sorted(set(rules.values())):
            numbers = ", ".join(str(rule) for rule, metric in rules.items() if metric == metric_id)
            found = judged.connection.sql(
                f"SELECT CAST({metric_id} AS INTEGER) AS metric_id, CAST({kind} AS TINYINT) AS subject_kind,"
                f" subject_id, day, value, denominator, CAST({batch} AS BIGINT) AS batch, row_number AS row, record,"
                f" dimensions FROM judged WHERE verdict IS NULL AND rule IN ({numbers}) ORDER BY day, row_number"
            )
            for rows in found.to_arrow_reader(_STREAMED_ROWS):
                yield rows.cast(ledger.SCHEMA)

    kind = int(subject_kind(judged.delivery.plan))
    return pa.RecordBatchReader.from_batches(ledger.SCHEMA, batches())


@transaction.atomic
def finish_batch(batch: Batch, *, version: int, actor: Actor, now: datetime) -> IngestReport:
    """Step 4: the batch is done and audited."""
    batch.state = BatchState.DONE
    batch.ledger_version = version
    batch.error = ""
    batch.save(update_fields=["state", "ledger_version", "error"])
    record(
        "ingest_file",
        actor=actor,
        now=now,
        object_kind="batch",
        object_id=batch.pk,
        changes={"accepted": batch.accepted, "quarantined": batch.quarantined, "ledger_version": version},
    )
    return IngestReport(batch.pk, batch.accepted, tuple(list_quarantine(batch.pk)), version, already_known=False)


def fail_batch(batch: Batch, error: Exception) -> None:
    """Say on the batch why it stopped. One that is in the ledger is no failure: the next delivery finishes it."""
    if ledger.holds_batch(batch.pk):
        return
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.FAILED, error=_sentence(error), accepted=0)


def _sentence(error: Exception) -> str:
    if isinstance(error, TableUnreadable):
        return tabular_messages.say(error.problem)
    if isinstance(error, MappingRefused):
        return " ".join(say_mapping(problem) for problem in error.problems)
    if isinstance(error, DataDamaged):
        return str(error)
    return f"{type(error).__name__}: {error}"[:1000]
