"""Opening a goal's light and score down to the ledger rows. The caller has checked that the reader may see the goal."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sextant.engines.evaluation import (
    ENGINE_VERSION,
    NO_BARS,
    GoalSpec,
    Measurement,
    MetricSpec,
    Reason,
    WeekStanding,
    aggregate,
    evaluate,
)
from sextant.engines.evaluation import Standing as EngineStanding
from sextant.engines.evaluation.reason import REASON_FIELDS
from sextant.engines.schedule import week_of
from sextant.engines.values import Light
from sextant.metrics.contracts import (
    BatchKind,
    BatchRow,
    BatchShare,
    ExplainedWeek,
    Explanation,
    RunRow,
    TracedMeasurement,
)
from sextant.metrics.engine import open_engine
from sextant.metrics.evaluation_inputs import bars_in, judging_of, metric_specs
from sextant.metrics.ledger import store as ledger
from sextant.metrics.manual import SOURCE, record_of, waiting_values
from sextant.metrics.messages.metrics import say_reason, say_step
from sextant.metrics.models import ManualMeasurement, Standing
from sextant.metrics.queries.batches import batch_map
from sextant.metrics.queries.runs import get_run
from sextant.metrics.queries.standings import standing_row

ROWS_A_PAGE = 50


class MetricUnknown(Exception):
    """The goal's metric is not in the library."""


@dataclass(frozen=True, slots=True)
class _LedgerRow:
    measurement: Measurement
    record: str | None
    dimensions: str | None = None


def explain(goal: GoalSpec, *, as_of: date, page: int = 1) -> Explanation:
    """How `goal` came to stand where it stands on a day: formulas with numbers, rules, weeks, batches, rows.

    Where the stored standing is of that day, the very ledger version of its run is read again and the result is
    compared with what is stored; otherwise the newest version is read. Dynamic thresholds are those of the latest
    standing, whatever its day. `page` counts from 1; a page beyond the last is the last. Raises MetricUnknown.
    """
    latest = Standing.objects.filter(goal_id=goal.goal_id).first()
    metric, stored = _metric_of(goal), latest if latest and latest.as_of == as_of else None
    run = get_run(stored.run_id) if stored else None
    version = _version_of(stored)
    rows = _ledger_rows(goal, as_of=as_of, version=version, through=_through(stored))
    goal, terms = judging_of(goal, as_of=as_of, known_at=_known_at(stored, run))
    outcome = evaluate(
        goal,
        [row.measurement for row in rows],
        metric=metric,
        on=as_of,
        calendar=terms.calendar,
        thresholds=terms.thresholds,
        bars=bars_in(latest.reason_params) if latest else NO_BARS,
    )
    standing = outcome.value
    assert standing is not None  # evaluate always says where a goal stands, if only in grey
    batches = batch_map({row.measurement.batch for row in rows})
    pages = max(-(-len(rows) // ROWS_A_PAGE), 1)
    page = min(max(page, 1), pages)
    row = standing.canonical_row()
    return Explanation(
        goal_id=goal.goal_id,
        as_of=as_of,
        light=standing.light,
        reason=say_reason(standing.reason.code, standing.reason.params),
        value=standing.value,
        expected=standing.expected,
        score=standing.score,
        steps=outcome.trace,
        lines=tuple(say_step(step) for step in outcome.trace),
        weeks=_weeks(standing, rows, metric),
        batches=_shares(rows, batches),
        measurements=tuple(_traced(one, batches) for one in rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]),
        count=len(rows),
        page=page,
        pages=pages,
        ledger_version=version,
        calendar_version=terms.calendar.version,
        engine_version=ENGINE_VERSION,
        run=run,
        digest=hashlib.sha256(row.encode()).hexdigest(),
        is_reproduced=_engine_standing(stored).canonical_row() == row if stored else None,
    )


def measurement_rows(goal: GoalSpec, *, as_of: date) -> Iterator[TracedMeasurement]:
    """Every ledger row behind the goal's value on a day, in order of day, batch and row: exactly those `explain` pages
    through."""
    stored = Standing.objects.filter(goal_id=goal.goal_id, as_of=as_of).first()
    version = _version_of(stored)
    rows = _ledger_rows(goal, as_of=as_of, version=version, through=_through(stored))
    batches = batch_map({row.measurement.batch for row in rows})
    for row in rows:
        yield _traced(row, batches)


def _version_of(stored: Standing | None) -> int:
    """The ledger version a stored standing was computed on; the newest where none is stored."""
    if stored is None:
        return ledger.current_version()
    return stored.ledger_version if stored.ledger_version is not None else get_run(stored.run_id).ledger_version


def _through(stored: Standing | None) -> int | None:
    """The last value recorded by hand that a stored standing counts beside the ledger; None for all there are."""
    return (stored.manual_through or 0) if stored else None


def _known_at(stored: Standing | None, run: RunRow | None) -> datetime | None:
    """When the rules were read by which a stored standing was judged; None for now."""
    if stored and stored.manual_through:
        return ManualMeasurement.objects.get(id=stored.manual_through).recorded_at
    return run.started_at if run else None


def _metric_of(goal: GoalSpec) -> MetricSpec:
    for metric in metric_specs([goal.metric_id]):
        return metric
    raise MetricUnknown(goal.metric_id)


def _ledger_rows(goal: GoalSpec, *, as_of: date, version: int, through: int | None) -> list[_LedgerRow]:
    """The measurements of the goal's subject inside its period and up to the day, in order of day, batch and row.
    Values recorded by hand that were not in that version of the ledger stand in place of its rows of their record."""
    waiting = {record_of(one): one for one in waiting_values(goal, as_of=as_of, version=version, through=through)}
    until_on = min(goal.until_on, as_of + timedelta(days=1))
    with open_engine(threads=1) as connection:
        found = ledger.relation(
            connection, version=version, metric_ids=[goal.metric_id], from_on=goal.from_on, until_on=until_on
        )
        rows = (
            found.filter(f"subject_kind = {int(goal.subject_kind)} AND subject_id = {int(goal.subject_id)}")
            .project("day, value, denominator, batch, row, record, dimensions")
            .order("day, batch, row")
            .fetchall()
        )
    kept = [_LedgerRow(Measurement(*fields[:5]), *fields[5:]) for fields in rows if fields[5] not in waiting]
    added = [
        _LedgerRow(Measurement(one.day, one.value, None, one.batch_id or 0, 0), name) for name, one in waiting.items()
    ]
    return sorted(kept + added, key=lambda row: row.measurement.day) if added else kept


def _traced(row: _LedgerRow, batches: dict[int, BatchRow]) -> TracedMeasurement:
    one, batch = row.measurement, batches.get(row.measurement.batch)
    return TracedMeasurement(
        day=one.day,
        value=one.value,
        denominator=one.denominator,
        batch=one.batch,
        source=batch.source if batch else _source_without_batch(row),
        filename=batch.filename if batch else "",
        delivered_at=batch.delivered_at if batch else None,
        row=one.row,
        record=row.record,
        corrected_by=batch.delivered_by if batch and batch.kind is BatchKind.CORRECTION else "",
        correction=batch.reason if batch else "",
        dimensions=tuple(json.loads(row.dimensions).items()) if row.dimensions else (),
    )


def _source_without_batch(row: _LedgerRow) -> str:
    return SOURCE if (row.record or "").startswith("manual:") else ""


def _shares(rows: list[_LedgerRow], batches: dict[int, BatchRow]) -> tuple[BatchShare, ...]:
    """Batches by delivery, with what of them counts."""
    values: dict[int, list[Decimal]] = defaultdict(list)
    for row in rows:
        values[row.measurement.batch].append(row.measurement.value)
    known = sorted((batch for batch in batches.values() if batch.id in values), key=lambda batch: batch.id)
    return tuple(BatchShare(batch, len(values[batch.id]), sum(values[batch.id], Decimal(0))) for batch in known)


def _weeks(standing: EngineStanding, rows: list[_LedgerRow], metric: MetricSpec) -> tuple[ExplainedWeek, ...]:
    by_week: dict[date, list[Measurement]] = defaultdict(list)
    for row in rows:
        by_week[week_of(row.measurement.day).monday].append(row.measurement)
    return tuple(
        ExplainedWeek(
            ends_on=week.ends_on,
            measurements=len(by_week[week_of(week.ends_on).monday]),
            own=aggregate(metric.aggregation, by_week[week_of(week.ends_on).monday]),
            so_far=week.value,
            expected=week.expected,
            light=week.light,
        )
        for week in standing.weeks
    )


def _engine_standing(stored: Standing) -> EngineStanding:
    """A stored standing as the engine gave it, so that both can be written as canonical rows."""
    row, params = standing_row(stored), stored.reason_params
    ordered = {name: params[name] for name in REASON_FIELDS.get(stored.reason_code, ()) if name in params}
    return EngineStanding(
        goal_id=row.goal_id,
        on=row.as_of,
        value=row.value,
        expected=row.expected,
        elapsed=row.elapsed,
        progress=row.attainment,
        completion=row.completion,
        score=row.score,
        light=Light(row.light),
        reason=Reason(row.reason_code, ordered),
        weeks=tuple(WeekStanding(week.ends_on, week.value, week.expected, week.light) for week in row.weeks),
    )
