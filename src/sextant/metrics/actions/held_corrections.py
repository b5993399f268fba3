"""Correcting a held batch before anybody decides about it.

What was audited stays as it was: a correction waits beside the batch. When the batch is accepted, its rows come in as
they were judged and every correction follows as one of its own, before the batch counts as done; so the ledger keeps
the source's number, who changed it and why. A rejected batch takes its corrections with it.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from sextant.engines.evaluation import Aggregation
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.actions.decisions import (
    AlreadyDecided,
    NotDecidable,
    RatioNeedsBoth,
    ReasonMissing,
    RowNotCounting,
)
from sextant.metrics.contracts import BatchState
from sextant.metrics.models import AuditFinding, Batch, BatchDecision, HeldCorrection, Metric
from sextant.metrics.queries.batches import BatchUnknown


@transaction.atomic
def correct_held_row(
    batch_id: int,
    *,
    row: int,
    metric_id: int,
    value: Decimal | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Say what a row that a rule complained about should be, or (None) that it is to be left out; the last word counts.

    Raises AccessDenied, ReasonMissing, BatchUnknown, AlreadyDecided, NotDecidable (not held), RatioNeedsBoth;
    RowNotCounting where no rule complained about the row.
    """
    require(actor, Permission.DATA_AUDIT_DECIDE)
    if not reason.strip():
        raise ReasonMissing
    batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise BatchUnknown(batch_id)
    if (decision := BatchDecision.objects.filter(batch=batch).first()) is not None:
        raise AlreadyDecided(decision)
    if batch.state != BatchState.HELD:
        raise NotDecidable
    if not _is_complained_about(batch, row=row, metric_id=metric_id):
        raise RowNotCounting(None)
    if value is not None and Metric.objects.get(pk=metric_id).aggregation == Aggregation.RATIO:
        raise RatioNeedsBoth
    said = {"value": value, "reason": reason.strip()[:1000], "corrected_by": actor.label, "corrected_at": now}
    HeldCorrection.objects.update_or_create(batch=batch, metric_id=metric_id, row=row, defaults=said)
    changes = {"row": row, "metric": metric_id, "withdrawn": value is None}
    record("correct_held_row", actor=actor, now=now, object_kind="batch", object_id=batch.pk, changes=changes)


def _is_complained_about(batch: Batch, *, row: int, metric_id: int) -> bool:
    found = AuditFinding.objects.filter(batch=batch, metric_id=metric_id).values_list("samples", flat=True)
    return any(sample.get("row") == row for samples in found for sample in samples)
