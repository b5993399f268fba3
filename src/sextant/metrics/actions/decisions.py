"""What people decide about batches: take in what was held, leave it out, withdraw what counts, correct a row.

Nothing is ever changed in the ledger. A correction, and the withdrawal of a whole batch, are batches of their own that
say who and why; they supersede rows by the source's record or, where there is none, by the row's address
(`ledger.row_address`). The row of the decided batch is the lock: of two people who decide at once the second is told
what the first one said.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.metrics.actions.ingest import LEDGER_LOCK, commit_to_ledger, finish_batch
from sextant.metrics.audits.holding import kept_rows
from sextant.metrics.contracts import BatchKind, BatchState
from sextant.metrics.engine import open_engine
from sextant.metrics.intake.locks import locked
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, BatchDecision, HeldCorrection
from sextant.metrics.queries.batches import BatchUnknown
from sextant.metrics.queries.library import list_metrics

_ADDRESS = "coalesce(record, '#' || batch || ':' || \"row\")"


class Verdict(StrEnum):
    """What can be decided about a batch with findings."""

    ACCEPT = "accept"
    REJECT = "reject"


class ReasonMissing(Exception):
    """A decision says why."""


class NotDecidable(Exception):
    """The batch is under way, failed, or no delivery: there is nothing to decide."""


class AlreadyDecided(Exception):
    """Somebody decided before; nothing was changed."""

    def __init__(self, decision: BatchDecision) -> None:
        super().__init__(decision.verdict)
        self.verdict, self.by, self.at = decision.verdict, decision.decided_by, decision.decided_at


class RatioNeedsBoth(Exception):
    """A ratio is corrected by numerator and denominator together, or withdrawn."""


class RowNotCounting(Exception):
    """The row does not count any more: it was corrected, superseded or withdrawn. `batch` did it, None if unknown."""

    def __init__(self, batch: Batch | None) -> None:
        super().__init__(batch.pk if batch else None)
        self.by = batch.delivered_by if batch else ""
        self.at = batch.delivered_at if batch else None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that is in the ledger: its batch, and how the row was addressed."""

    batch: int
    address: str
    has_record: bool


def decide_batch(batch_id: int, *, verdict: Verdict, reason: str, actor: Actor, now: datetime) -> BatchState:
    """Decide about a batch, once and for good; the state it is in afterwards.

    A held batch is taken in as it was judged, or left out. One that counts already stays, with what was found
    acknowledged, or all its rows are withdrawn; a value that one of its records replaced does not come back.

    Raises AccessDenied, ReasonMissing, BatchUnknown, NotDecidable, AlreadyDecided; FileUnknown and MappingRefused when
    held rows cannot be taken in (the decision stands, `resume_decided` tries again).
    """
    require(actor, Permission.DATA_AUDIT_DECIDE)
    if not reason.strip():
        raise ReasonMissing
    _decide(batch_id, verdict=verdict, reason=reason.strip(), actor=actor, now=now)
    return _carry_out(batch_id, actor=actor, now=now)


def resume_decided(*, actor: Actor, now: datetime) -> int:
    """Carry out decisions that a crash cut off; how many."""
    require(actor, Permission.DATA_AUDIT_DECIDE)
    accepted = Batch.objects.filter(decision__verdict=Verdict.ACCEPT, state=BatchState.QUEUED).exclude(held_file="")
    rejected = Batch.objects.filter(decision__verdict=Verdict.REJECT, state=BatchState.DONE)
    cut_off = [*accepted.values_list("pk", flat=True), *rejected.values_list("pk", flat=True)]
    for pk in cut_off:
        _carry_out(pk, actor=actor, now=now)
    _tidy_corrections()
    return len(cut_off)


def _tidy_corrections() -> None:
    """Corrections that a crash cut off: those in the ledger are done, the others never were."""
    with locked(LEDGER_LOCK):
        for correction in Batch.objects.filter(kind=BatchKind.CORRECTION, state=BatchState.RUNNING):
            if ledger.holds_batch(correction.pk):
                correction.state, correction.ledger_version = BatchState.DONE, ledger.current_version()
                correction.save(update_fields=["state", "ledger_version"])
            else:
                correction.delete()


@transaction.atomic
def _decide(batch_id: int, *, verdict: Verdict, reason: str, actor: Actor, now: datetime) -> None:
    batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise BatchUnknown(batch_id)
    if (earlier := BatchDecision.objects.filter(batch=batch).first()) is not None:
        raise AlreadyDecided(earlier)
    if batch.state not in {BatchState.HELD, BatchState.DONE} or batch.kind == BatchKind.CORRECTION:
        raise NotDecidable
    BatchDecision.objects.create(
        batch=batch, verdict=verdict.value, reason=reason[:1000], decided_by=actor.label, decided_at=now
    )
    if batch.state == BatchState.HELD:
        batch.state = BatchState.QUEUED if verdict is Verdict.ACCEPT else BatchState.REJECTED
        batch.save(update_fields=["state"])
    changes = {"verdict": verdict.value, "state": str(batch.state)}
    record("decide_batch", actor=actor, now=now, object_kind="batch", object_id=batch.pk, changes=changes)


def _carry_out(batch_id: int, *, actor: Actor, now: datetime) -> BatchState:
    """What the decision asks for; done already, nothing."""
    key = Batch.objects.values_list("key", flat=True).get(pk=batch_id)
    with locked(f"metrics.batch:{key}"):
        batch = Batch.objects.select_related("decision").get(pk=batch_id)
        if batch.decision.verdict == Verdict.ACCEPT and batch.state == BatchState.QUEUED:
            _take_in_held(batch, actor=actor, now=now)
        elif batch.decision.verdict == Verdict.REJECT and batch.state == BatchState.DONE:
            _withdraw(batch, actor=actor, now=now)
        return BatchState(batch.state)


def _take_in_held(batch: Batch, *, actor: Actor, now: datetime) -> None:
    if ledger.holds_batch(batch.pk):
        version = ledger.current_version()
    else:
        with kept_rows(batch, today=company_day(now, settings.SEXTANT_ZONE)) as judged:
            version = commit_to_ledger(batch, judged)
    _carry_out_corrections(batch, actor=actor, now=now)
    finish_batch(batch, version=version, actor=actor, now=now)


def _carry_out_corrections(batch: Batch, *, actor: Actor, now: datetime) -> None:
    """What was corrected while the batch was held, each in the name of who corrected it. A row that does not count
    (a later delivery replaced it, or a crash came between this and its mark) needs none."""
    for one in HeldCorrection.objects.filter(batch=batch, is_carried_out=False).order_by("id"):
        author = replace(actor, label=one.corrected_by)
        what: dict[str, Any] = {"row": one.row, "metric_id": one.metric_id, "value": one.value, "reason": one.reason}
        with suppress(RowNotCounting):
            correct_row(batch.pk, **what, actor=author, now=now)
        HeldCorrection.objects.filter(pk=one.pk).update(is_carried_out=True)


def _withdraw(batch: Batch, *, actor: Actor, now: datetime) -> None:
    """Append a batch that withdraws every row of `batch` that counts, and mark `batch` as rejected."""
    with locked(LEDGER_LOCK):
        correction = Batch.objects.filter(kind=BatchKind.CORRECTION, origin=batch, key=_withdrawal_key(batch)).first()
        if correction is None or not ledger.holds_batch(correction.pk):
            correction = correction or _new_correction(
                batch, key=_withdrawal_key(batch), reason=batch.decision.reason, actor=actor, now=now
            )
            rows = _withdrawals(batch, correction)
            _flag(correction, rows)
            if rows.num_rows:
                ledger.append(rows.drop_columns(["is_address"]), batch=correction.pk)
    _close(correction, batch, actor=actor, now=now)


@transaction.atomic
def _close(correction: Batch, batch: Batch, *, actor: Actor, now: datetime) -> None:
    correction.state, correction.ledger_version = BatchState.DONE, ledger.current_version()
    correction.save(update_fields=["state", "ledger_version"])
    batch.state = BatchState.REJECTED
    batch.save(update_fields=["state"])
    changes = {"rows": correction.withdrawn, "correction": correction.pk}
    record("withdraw_batch", actor=actor, now=now, object_kind="batch", object_id=batch.pk, changes=changes)


def _withdrawal_key(batch: Batch) -> str:
    return hashlib.sha256(f"withdrawal of {batch.key}".encode()).hexdigest()


def _withdrawals(batch: Batch, correction: Batch) -> pa.Table:
    """Rows without value for everything that `batch` brought and that counts, corrections of it among them."""
    corrections = Batch.objects.filter(kind=BatchKind.CORRECTION, origin=batch)
    ours = [batch.pk, *corrections.values_list("pk", flat=True)]
    with open_engine() as connection:
        written = ledger.history(connection, metric_ids=[row.id for row in list_metrics()], batches=[batch.pk])
        written.create_view("written")
        metrics = [pk for (pk,) in connection.execute("SELECT DISTINCT metric_id FROM written").fetchall()]
        ledger.relation(connection, metric_ids=metrics).create_view("counting")
        found = connection.sql(
            "SELECT metric_id, subject_kind, subject_id, day, CAST(NULL AS DECIMAL(28, 6)) AS value,"
            f" CAST(NULL AS DECIMAL(28, 6)) AS denominator, {correction.pk} AS batch, row, {_ADDRESS} AS record,"
            f" dimensions, record IS NULL AS is_address FROM counting WHERE batch IN ({', '.join(map(str, ours))})"
        )
        return found.to_arrow_table()


def _flag(correction: Batch, rows: pa.Table) -> None:
    """Readers look for superseded rows only where a batch is flagged, so the flag must be there before the rows."""
    correction.has_corrections = rows.num_rows > 0
    correction.addresses_rows = pa.compute.any(rows["is_address"]).as_py() is True
    correction.withdrawn = rows.num_rows
    correction.rows_read = rows.num_rows
    correction.save(update_fields=["has_corrections", "addresses_rows", "withdrawn", "rows_read"])


def correct_row(
    batch_id: int,
    *,
    row: int,
    metric_id: int,
    value: Decimal | None,
    reason: str,
    actor: Actor,
    now: datetime,
    denominator: Decimal | None = None,
) -> Corrected:
    """Append a correction of one measurement: row `row` of batch `batch_id`, of one metric. None withdraws it.

    Day, subject and row number stay what they were, so that the explanation of a score shows the same row with its new
    value, who corrected it and why. The source's record is the address; without one it is batch and row, and a later
    delivery cannot supersede the correction, because nothing tells that it speaks of the same row.

    Raises AccessDenied, ReasonMissing, BatchUnknown, RatioNeedsBoth; RowNotCounting when somebody was faster.
    """
    require(actor, Permission.DATA_AUDIT_DECIDE)
    if not reason.strip():
        raise ReasonMissing
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise BatchUnknown(batch_id)
    with locked(LEDGER_LOCK):
        counting = _counting_row(batch, row=row, metric_id=metric_id)
        if value is not None and counting["denominator"] is not None and denominator is None:
            raise RatioNeedsBoth
        has_record = counting["record"] is not None
        address = counting["record"] or ledger.row_address(batch=batch.pk, row=row)
        key = hashlib.sha256(f"correction of {batch.key} {row} {metric_id} {now.isoformat()}".encode()).hexdigest()
        correction = _new_correction(batch, key=key, reason=reason.strip(), actor=actor, now=now)
        new = {**counting, "value": value, "denominator": denominator, "batch": correction.pk, "record": address}
        rows = pa.Table.from_pylist([new], schema=ledger.SCHEMA)
        _flag(correction, rows.append_column("is_address", pa.array([not has_record])))
        version = ledger.append(rows, batch=correction.pk)
    _finish_correction(correction, new, version=version, actor=actor, now=now)
    return Corrected(correction.pk, address, has_record)


def _new_correction(origin: Batch, *, key: str, reason: str, actor: Actor, now: datetime) -> Batch:
    return Batch.objects.create(
        key=key,
        kind=BatchKind.CORRECTION,
        origin=origin,
        source=origin.source,
        filename=origin.filename,
        sha256=origin.sha256,
        columns=[],
        state=BatchState.RUNNING,
        reason=reason[:1000],
        delivered_at=now,
        delivered_by=actor.label,
    )


@transaction.atomic
def _finish_correction(correction: Batch, new: dict[str, Any], *, version: int, actor: Actor, now: datetime) -> None:
    is_value = new["value"] is not None
    correction.state, correction.ledger_version = BatchState.DONE, version
    correction.rows_accepted = correction.accepted = int(is_value)
    correction.withdrawn = int(not is_value)
    correction.rows_read = 1
    correction.first_on = correction.last_on = new["day"]
    correction.save()
    changes = {"origin": correction.origin_id, "row": new["row"], "metric": new["metric_id"], "withdrawn": not is_value}
    record("correct_row", actor=actor, now=now, object_kind="batch", object_id=correction.pk, changes=changes)


def _counting_row(batch: Batch, *, row: int, metric_id: int) -> dict[str, Any]:
    """The measurement that counts for this row; RowNotCounting names the batch that took its place."""
    with open_engine(threads=1) as connection:
        counting = ledger.relation(connection, metric_ids=[metric_id])
        found = counting.filter(f'batch = {batch.pk} AND "row" = {int(row)}').to_arrow_table().to_pylist()
        if found:
            return dict(found[0])
        written = ledger.history(connection, metric_ids=[metric_id])
        written.create_view("written")
        later = connection.execute(
            f"SELECT max(later.batch) FROM written JOIN written AS later ON later.record = coalesce(written.record,"
            f" '#' || written.batch || ':' || written.row) AND later.batch > written.batch"
            f" WHERE written.batch = {batch.pk} AND written.row = {int(row)}"
        ).fetchall()
    raise RowNotCounting(Batch.objects.filter(pk=later[0][0] or 0).first())
