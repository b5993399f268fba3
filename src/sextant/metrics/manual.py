"""Manual values and the ledger: what of them a version does not hold yet, and how they get into it.

Each value carries a record made of subject and day. So whoever reads both, ledger and waiting values, counts it once:
a waiting value takes the place of every ledger row with its record, which is also what it will do as a ledger row.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa
from django.db import transaction

from sextant.engines.evaluation import GoalSpec, Measurement
from sextant.metrics.contracts import BatchState
from sextant.metrics.engine import open_engine, open_reader
from sextant.metrics.intake.locks import locked
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, ManualMeasurement

SOURCE = "手工填报"
LEDGER_LOCK = "metrics.ledger"
"""The lock under which `actions.ingest` writes, too."""
AFTER_EVERY_BATCH = 1 << 62
"""Orders a waiting value behind every ledger row of its day."""


def record_of(value: ManualMeasurement) -> str:
    """The record under which a value stands in the ledger: one a subject and day, within its metric."""
    return f"manual:{value.subject_kind}:{value.subject_id}:{value.day.isoformat()}"


def waiting_values(goal: GoalSpec, *, as_of: date, version: int, through: int | None = None) -> list[ManualMeasurement]:
    """Values of the goal's subject that ledger version `version` does not hold, the last one of each day, in order of
    id; of those up to id `through` when given."""
    found = ManualMeasurement.objects.filter(
        metric_id=goal.metric_id,
        subject_kind=int(goal.subject_kind),
        subject_id=goal.subject_id,
        day__gte=goal.from_on,
        day__lt=min(goal.until_on, as_of + timedelta(days=1)),
    ).select_related("batch")
    if through is not None:
        found = found.filter(id__lte=through)
    by_day = {value.day: value for value in found.order_by("id") if not _is_in(value.batch, version)}
    return sorted(by_day.values(), key=lambda value: value.pk)


def _is_in(batch: Batch | None, version: int) -> bool:
    return batch is not None and batch.ledger_version is not None and batch.ledger_version <= version


def measurements_of(
    goal: GoalSpec, *, as_of: date, version: int, waiting: Sequence[ManualMeasurement]
) -> list[Measurement]:
    """Everything that counts for a goal: the ledger's rows of a version, waiting values in place of theirs."""
    with open_reader() as connection:
        found = ledger.relation(
            connection,
            version=version,
            metric_ids=[goal.metric_id],
            from_on=goal.from_on,
            until_on=min(goal.until_on, as_of + timedelta(days=1)),
        )
        rows = (
            found.filter(f"subject_kind = {int(goal.subject_kind)} AND subject_id = {int(goal.subject_id)}")
            .project("day, value, denominator, batch, row, record")
            .fetchall()
        )
    replaced = {record_of(value) for value in waiting}
    kept = [Measurement(*fields[:5]) for fields in rows if fields[5] not in replaced]
    return kept + [Measurement(one.day, one.value, None, AFTER_EVERY_BATCH, row) for row, one in enumerate(waiting)]


def flush(*, now: datetime) -> int:
    """Move every waiting value into the ledger, as one batch, and return how many rows it got. Safe to run again after
    a crash at any point: a batch that was begun is finished first, and the ledger takes a batch once."""
    with locked(LEDGER_LOCK):
        for begun in Batch.objects.filter(source=SOURCE, state=BatchState.RUNNING).order_by("id"):
            _finish(begun)
        batch = _begin(now=now)
        return _finish(batch) if batch else 0


@transaction.atomic
def _begin(*, now: datetime) -> Batch | None:
    """The waiting values claimed by a batch; None when there are none. Values saved meanwhile wait for the next."""
    waiting = list(ManualMeasurement.objects.select_for_update().filter(batch=None).order_by("id"))
    if not waiting:
        return None
    days = [value.day for value in waiting]
    last = waiting[-1]
    batch = Batch.objects.create(
        key=hashlib.sha256(f"manual {waiting[0].pk} {last.pk} {now.isoformat()}".encode()).hexdigest(),
        source=SOURCE,
        filename="",
        sha256="",
        state=BatchState.RUNNING,
        rows_read=len(waiting),
        rows_accepted=len(waiting),
        has_corrections=_corrects(waiting),
        first_on=min(days),
        last_on=max(days),
        delivered_at=now,
        delivered_by=SOURCE,
    )
    ManualMeasurement.objects.filter(id__in=[value.pk for value in waiting]).update(batch=batch)
    return batch


def _corrects(values: Iterable[ManualMeasurement]) -> bool:
    """Whether the ledger knows a record of these values already."""
    records = {(value.metric_id, record_of(value)) for value in values}
    with open_engine(threads=1) as connection:
        asked = pa.table({"metric_id": [one[0] for one in records], "record": [one[1] for one in records]})
        connection.register("asked", asked)
        ledger.history(connection, metric_ids={one[0] for one in records}).create_view("known")
        found = connection.execute("SELECT count(*) FROM known SEMI JOIN asked USING (metric_id, record)").fetchall()
    return bool(found[0][0])


def rows_of(batch: Batch) -> pa.Table:
    """The ledger rows of a batch of values recorded by hand: the last value of each record."""
    last = {(value.metric_id, record_of(value)): value for value in batch.manual.order_by("id")}
    rows = [
        {
            "metric_id": value.metric_id,
            "subject_kind": value.subject_kind,
            "subject_id": value.subject_id,
            "day": value.day,
            "value": value.value,
            "batch": batch.pk,
            "row": number,
            "record": record_of(value),
        }
        for number, value in enumerate(last.values(), start=1)
    ]
    return pa.Table.from_pylist(rows, schema=ledger.SCHEMA)


def _finish(batch: Batch) -> int:
    """The batch into the ledger, whether or not a process died on it before."""
    rows = rows_of(batch)
    batch.ledger_version = ledger.append(rows, batch=batch.pk)
    batch.state, batch.accepted = BatchState.DONE, len(rows)
    batch.save(update_fields=["ledger_version", "state", "accepted"])
    return len(rows)
