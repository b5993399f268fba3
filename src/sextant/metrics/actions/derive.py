"""Computing derived metrics into the ledger: each a batch of its own, so that everything that reads measurements reads
them too.

The order of writing is that of a delivery (`actions.ingest`): the batch is claimed, then one commit to the ledger, then
the batch is done. Killed in between, the next derivation finds the same differences under the same key, and the ledger
takes a batch once.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa
from django.db import transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.contracts import BatchKind, BatchState
from sextant.metrics.derived.cells import (
    MISSING,
    Cell,
    DerivedMetric,
    Gap,
    count_values,
    find_differences,
    find_touched,
    list_gaps,
    load_cells,
)
from sextant.metrics.derived.definitions import list_derived
from sextant.metrics.engine import open_engine
from sextant.metrics.intake.locks import locked
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, Derivation, UncomputableValue

DERIVATION_LOCK = "metrics.derivation"
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class DerivationReport:
    """What deriving one metric did. `batch` is None when nothing differed; `written` counts new and changed values,
    `withdrawn` those that are no more; `computed`, `missing` and `failed` are all cells there are."""

    code: str
    version: int
    ledger_version: int
    batch: int | None
    written: int
    withdrawn: int
    computed: int
    missing: int
    failed: int


def derive_stale(*, actor: Actor, now: datetime, codes: Iterable[str] = ()) -> list[DerivationReport]:
    """Bring derived metrics up to the ledger, inputs before what is made of them; reports of those looked at.

    A metric is looked at when its definition or the rows of an input changed since it was last derived: the others cost
    nothing. `codes` narrows to these metrics and their inputs. Two derivations wait for each other. Raises
    AccessDenied, DerivationBroken.
    """
    require(actor, Permission.RUN_START)
    with locked(DERIVATION_LOCK):
        known = {state.metric_id: state for state in Derivation.objects.all()}
        reports = []
        for metric in list_derived(tuple(codes)):
            version = ledger.current_version()
            state = known.get(metric.metric_id)
            batches = _find_news(metric, state, version=version)
            if batches is None or state is None:
                reports.append(_derive(metric, None, (), version=version, actor=actor, now=now))
            elif batches:
                reports.append(_derive(metric, state, batches, version=version, actor=actor, now=now))
        return reports


def _find_news(metric: DerivedMetric, state: Derivation | None, *, version: int) -> tuple[int, ...] | None:
    """Batches that brought rows of an input since the metric was last derived; () when there is nothing to do, None
    when only looking at everything can tell."""
    if state is None or state.definition_version != metric.version:
        return None
    if state.ledger_version == version:
        return ()
    before = {file.uri for file in ledger.list_files(state.ledger_version)}
    files = ledger.list_files(version)
    news = [
        file
        for file in files
        if file.uri not in before and file.may_hold(metric_ids=metric.input_ids, from_on=None, until_on=None)
    ]
    was_compacted = not before.issubset(file.uri for file in files)
    batches = {file.batches for file in news}
    if news and (was_compacted or any(pair is None or pair[0] != pair[1] for pair in batches)):
        return None
    ids = tuple(sorted(pair[0] for pair in batches if pair))
    return None if Batch.objects.filter(id__in=ids, addresses_rows=True).exists() else ids


def _derive(
    metric: DerivedMetric,
    state: Derivation | None,
    batches: tuple[int, ...],
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> DerivationReport:
    """Derive everything (`state` None), or the cells that `batches` touched since `state`."""
    narrow = state is not None
    with open_engine() as connection:
        touched = find_touched(connection, metric, batches=batches) if narrow else None
        # what the touched cells were like before, so that the counts of all cells stay right
        before = _count(connection, metric, version=state.ledger_version) if state else _Counts(0, 0, [])
        load_cells(connection, metric, version=version, only_touched=narrow)
        batch = _claim(metric, version=version, actor=actor, now=now)
        rows, corrects = find_differences(connection, metric, batch=batch.pk, only_touched=narrow)
        computed = count_values(connection, metric)
        missing, failed = _split(list_gaps(connection, metric))
    committed = _commit(batch, rows, corrects=corrects) if rows.num_rows else version
    withdrawn = rows.column("value").null_count
    report = DerivationReport(
        code=metric.code,
        version=metric.version,
        ledger_version=committed,
        batch=batch.pk if rows.num_rows else None,
        written=rows.num_rows - withdrawn,
        withdrawn=withdrawn,
        computed=computed + (state.computed if state else 0) - before.computed,
        missing=missing + (state.missing if state else 0) - before.missing,
        failed=len(failed) + (state.failed if state else 0) - len(before.failed),
    )
    _keep_failures(metric, failed, touched=touched)
    _finish(metric, report, batch=batch, rows=rows, read_version=version, actor=actor, now=now)
    return report


@dataclass(frozen=True, slots=True)
class _Counts:
    computed: int
    missing: int
    failed: list[Gap]


def _count(connection: duckdb.DuckDBPyConnection, metric: DerivedMetric, *, version: int) -> _Counts:
    load_cells(connection, metric, version=version, only_touched=True)
    return _Counts(count_values(connection, metric), *_split(list_gaps(connection, metric)))


@transaction.atomic
def _keep_failures(metric: DerivedMetric, failed: list[Gap], *, touched: set[Cell] | None) -> None:
    """Cells the formula has no value for, in the place of those that were known of the same cells."""
    known = UncomputableValue.objects.filter(metric_id=metric.metric_id)
    if touched is not None:
        listed = known.values_list("id", "subject_kind", "subject_id", "starts_on")
        known = known.filter(id__in=[pk for pk, *cell in listed if tuple(cell) in touched])
    known.delete()
    UncomputableValue.objects.bulk_create((_stored(metric, gap) for gap in failed), batch_size=_ROWS_AT_ONCE)


def _claim(metric: DerivedMetric, *, version: int, actor: Actor, now: datetime) -> Batch:
    """The batch of this definition over this ledger; one that a killed derivation left is taken over."""
    key = hashlib.sha256(f"derived {metric.metric_id} {metric.version} {version}".encode()).hexdigest()
    source = f"derived:{metric.code}@{metric.version}"
    fields = {
        "source": source,
        "filename": source,
        "sha256": key,
        "kind": BatchKind.DERIVATION,
        "state": BatchState.RUNNING,
        "delivered_at": now,
        "delivered_by": actor.label,
        "mapping": {"derived": metric.code, "version": metric.version, "inputs": dict(metric.derivation.inputs)},
    }
    return Batch.objects.get_or_create(key=key, defaults=fields)[0]


def _commit(batch: Batch, rows: pa.Table, *, corrects: bool) -> int:
    # readers look for superseded rows only where a batch is flagged, so the flag must be there before the rows
    Batch.objects.filter(pk=batch.pk).update(has_corrections=corrects)
    return ledger.append(rows, batch=batch.pk)


def _split(gaps: Iterable[Gap]) -> tuple[int, list[Gap]]:
    """How many cells merely lack data, and those that the formula has no value for."""
    missing, failed = 0, []
    for gap in gaps:
        if gap.problem.code == MISSING:
            missing += 1
        else:
            failed.append(gap)
    return missing, failed


@transaction.atomic
def _finish(
    metric: DerivedMetric,
    report: DerivationReport,
    *,
    batch: Batch,
    rows: pa.Table,
    read_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    if report.batch is None:
        batch.delete()
    else:
        _close(batch, report, rows)
        record(
            "derive_metric",
            actor=actor,
            now=now,
            object_kind="batch",
            object_id=batch.pk,
            changes={"metric": metric.code, "version": metric.version, "written": report.written},
        )
    state = {
        "definition_version": metric.version,
        "ledger_version": read_version,
        "computed": report.computed,
        "missing": report.missing,
        "failed": report.failed,
        "derived_at": now,
    }
    if report.batch is not None:
        state["batch_id"] = report.batch
    Derivation.objects.update_or_create(metric_id=metric.metric_id, defaults=state)


def _close(batch: Batch, report: DerivationReport, rows: pa.Table) -> None:
    days = [day for day in rows.column("day").to_pylist() if day is not None]
    Batch.objects.filter(pk=batch.pk).update(
        state=BatchState.DONE,
        ledger_version=report.ledger_version,
        rows_read=report.written + report.withdrawn,
        rows_accepted=report.written,
        accepted=report.written,
        skipped=report.withdrawn,
        withdrawn=report.withdrawn,
        first_on=min(days),
        last_on=max(days),
    )


def _stored(metric: DerivedMetric, gap: Gap) -> UncomputableValue:
    return UncomputableValue(
        metric_id=metric.metric_id,
        subject_kind=gap.subject_kind,
        subject_id=gap.subject_id,
        starts_on=gap.starts_on,
        dimension_value=gap.dimension_value[:300],
        code=gap.problem.code,
        params={**{name: str(value) for name, value in gap.problem.params.items()}, "at": gap.problem.at},
    )
