"""Makers of metrics and measurements for tests: every field has a value, name only what the test is about."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

import pyarrow as pa

from sextant.metrics.contracts import BatchState, SubjectKind
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, Metric
from sextant.people.models import Person, Unit

MADE_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_serial = count(1)

Number = Decimal | int | str
Row = tuple[Person | Unit, date, Number | tuple[Number, Number]]


def make_metric(name: str = "回款", **changes: Any) -> Metric:
    """A metric: cumulative sum, higher is better, unless changed."""
    fields = {"code": f"m{next(_serial):05}", "unit_label": "万元", "created_at": MADE_AT, "updated_at": MADE_AT}
    return Metric.objects.create(name=name, **{**fields, **changes})


def make_batch(source: str = "CRM", **changes: Any) -> Batch:
    """A batch that is done and empty, unless changed."""
    number = next(_serial)
    fields = {
        "key": sha256(f"key {number}".encode()).hexdigest(),
        "sha256": sha256(f"file {number}".encode()).hexdigest(),
        "filename": f"export-{number}.csv",
        "state": BatchState.DONE.value,
        "delivered_at": MADE_AT,
        "delivered_by": "测试",
    }
    return Batch.objects.create(source=source, **{**fields, **changes})


def ingest_rows(
    metric: Metric, rows: Iterable[Row], *, record: str | None = None, dimensions: str | None = None, **changes: Any
) -> Batch:
    """Put `rows` of (person or unit, day, value) into the ledger as one batch and return it.

    A pair as value is numerator and denominator. With `record` every row carries that source record; a batch meant
    to correct an earlier one also says `has_corrections=True`.
    """
    listed = list(rows)
    days = [day for _, day, _ in listed]
    batch = make_batch(
        **{
            "rows_read": len(listed),
            "rows_accepted": len(listed),
            "accepted": len(listed),
            "first_on": min(days, default=None),
            "last_on": max(days, default=None),
            **changes,
        }
    )
    entries = [
        {**_entry(metric, subject, day, value, batch=batch.pk, row=row, record=record), "dimensions": dimensions}
        for row, (subject, day, value) in enumerate(listed, start=2)
    ]
    batch.ledger_version = ledger.append(pa.Table.from_pylist(entries, schema=ledger.SCHEMA), batch=batch.pk)
    batch.save(update_fields=["ledger_version"])
    return batch


def _entry(
    metric: Metric,
    subject: Person | Unit,
    day: date,
    value: Number | tuple[Number, Number],
    *,
    batch: int,
    row: int,
    record: str | None,
) -> dict[str, object]:
    numerator, denominator = value if isinstance(value, tuple) else (value, None)
    return {
        "metric_id": metric.pk,
        "subject_kind": SubjectKind.PERSON if isinstance(subject, Person) else SubjectKind.UNIT,
        "subject_id": subject.pk,
        "day": day,
        "value": Decimal(numerator),
        "denominator": None if denominator is None else Decimal(denominator),
        "batch": batch,
        "row": row,
        "record": record,
    }
