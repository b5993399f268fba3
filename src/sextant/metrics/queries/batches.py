"""Reading batches and their quarantine."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from sextant.metrics.contracts import BatchKind, BatchRow, BatchState, Quarantined, QuarantineReason, Release
from sextant.metrics.intake.messages import say_reason, title_of
from sextant.metrics.models import Batch, QuarantinedRow

_FIELDS = (
    "id",
    "source",
    "filename",
    "sha256",
    "state",
    "rows_read",
    "rows_accepted",
    "rows_partly",
    "rows_quarantined",
    "skipped",
    "accepted",
    "quarantined",
    "withdrawn",
    "has_corrections",
    "ledger_version",
    "first_on",
    "last_on",
    "delivered_at",
    "delivered_by",
    "error",
    "kind",
    "origin_id",
    "reason",
)


class BatchUnknown(Exception):
    """There is no batch with this id."""


def list_batches(*, limit: int = 50, offset: int = 0) -> list[BatchRow]:
    """Batches, newest first."""
    found = Batch.objects.order_by("-delivered_at", "-id").values_list(*_FIELDS)
    return [_row(fields) for fields in found[offset : offset + limit]]


def count_batches() -> int:
    """How many batches there are, in every state."""
    return Batch.objects.count()


def get_batch(batch_id: int) -> BatchRow:
    """The batch with this id; BatchUnknown when there is none."""
    fields = Batch.objects.filter(pk=batch_id).values_list(*_FIELDS).first()
    if fields is None:
        raise BatchUnknown(batch_id)
    return _row(fields)


def batch_map(ids: set[int]) -> dict[int, BatchRow]:
    """Batches by id, one query; unknown ids are absent."""
    return {fields[0]: _row(fields) for fields in Batch.objects.filter(pk__in=ids).values_list(*_FIELDS)}


def list_reasons(batch_id: int) -> list[QuarantineReason]:
    """Why rows of this batch are kept back, the most frequent reason first; released rows are not counted."""
    counted = (
        QuarantinedRow.objects.filter(batch_id=batch_id, released_in=None)
        .values_list("code", "column")
        .annotate(count=Count("id"))
        .order_by("-count", "code", "column")
    )
    return [QuarantineReason(code, column, title_of(code), count) for code, column, count in counted]


def list_quarantine(
    batch_id: int, *, code: str | None = None, column: str | None = None, limit: int | None = None
) -> list[Quarantined]:
    """Quarantine entries of a batch in the order of its rows, with their sentences; of one reason when asked. Released
    ones are not among them: see `list_releases`."""
    found = QuarantinedRow.objects.filter(batch_id=batch_id, released_in=None).order_by("row", "id")
    if code is not None:
        found = found.filter(code=code)
    if column is not None:
        found = found.filter(column=column)
    rows = found.values_list("row", "code", "column", "value", "params")
    return [
        Quarantined(row, code, say_reason(code, column, params), column, value)
        for row, code, column, value, params in (rows if limit is None else rows[:limit])
    ]


def columns_of(batch_id: int) -> list[str]:
    """The columns of the batch's file, in their order; empty for an unknown batch."""
    return next(iter(Batch.objects.filter(pk=batch_id).values_list("columns", flat=True)), [])


def quarantine_rows(batch_id: int) -> Iterator[tuple[Quarantined, list[str | None]]]:
    """Every quarantine entry with the source row as it came (cells in the order of `columns_of`), for a file to correct
    and deliver again. Released ones are left out: they are in already."""
    found = QuarantinedRow.objects.filter(batch_id=batch_id, released_in=None).order_by("row", "id")
    rows = found.values_list("row", "code", "column", "value", "params", "raw")
    for row, code, column, value, params, raw in rows.iterator(chunk_size=2_000):
        yield Quarantined(row, code, say_reason(code, column, params), column, value), raw


def list_releases(batch_id: int) -> list[Release]:
    """Replays that took in rows of this batch's quarantine, the oldest first."""
    found = (
        QuarantinedRow.objects.filter(batch_id=batch_id)
        .exclude(released_in=None)
        .values_list("released_in", "released_at", "released_by")
        .annotate(rows=Count("row", distinct=True))
        .order_by("released_in")
    )
    return [Release(*fields) for fields in found]


def _row(fields: tuple[Any, ...]) -> BatchRow:
    named = dict(zip(_FIELDS, fields, strict=True))
    return BatchRow(**{**named, "state": BatchState(named["state"]), "kind": BatchKind(named["kind"])})
