"""One derived value opened down to the measurements it is made of, recomputed from the ledger as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.derivation import explain
from sextant.engines.evaluation import Aggregation, Measurement, aggregate
from sextant.engines.values import Problem, Step
from sextant.metrics.aggregation import dimension_value_sql
from sextant.metrics.contracts import BatchRow, MetricRow, SubjectKind, TracedMeasurement
from sextant.metrics.derived.cells import DerivedMetric, row_of
from sextant.metrics.derived.definitions import list_derived
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.queries.batches import batch_map
from sextant.metrics.queries.library import metric_map

ROWS_SHOWN = 50


class NotDerived(Exception):
    """There is no derived metric in use under this code."""


@dataclass(frozen=True, slots=True)
class ExplainedInput:
    """An input of one derived value: its name in the formula, its value over the period, the rows behind it (the first
    `ROWS_SHOWN`, `count` is all of them)."""

    name: str
    metric: MetricRow
    value: Decimal | None
    count: int
    measurements: tuple[TracedMeasurement, ...]


@dataclass(frozen=True, slots=True)
class ExplainedValue:
    """How one derived value comes about: [`starts_on`, `until_on`), the trace in order, the inputs.

    `value` (with `denominator` for a ratio) is None when there is none: `problems` say why. `is_reproduced` says
    whether the ledger holds exactly this value; None while it holds none for the period.
    """

    code: str
    version: int
    subject_kind: SubjectKind
    subject_id: int
    starts_on: date
    until_on: date
    dimension_value: str
    value: Decimal | None
    denominator: Decimal | None
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    inputs: tuple[ExplainedInput, ...]
    is_reproduced: bool | None


def explain_derived(
    code: str, *, subject_kind: SubjectKind, subject_id: int, on: date, dimension_value: str = ""
) -> ExplainedValue:
    """The value of derived metric `code` for one subject in the period that holds the day `on`.

    The reader's right to the subject has been checked before. Raises NotDerived.
    """
    metric = next((one for one in list_derived((code,)) if one.code == code), None)
    if metric is None:
        raise NotDerived(code)
    starts_on, until_on = period_of(on, metric.grain)
    rows = _rows_of(metric, subject_kind, subject_id, starts_on, until_on, dimension_value)
    values = {
        name: aggregate(Aggregation(metric.inputs[code][1]), [one.measurement for one in rows.get(code, ())])
        for name, code in metric.derivation.inputs.items()
    }
    outcome = explain(metric.derivation, row_of(metric.derivation, values, dimension_value or None))
    found = outcome.value
    stored = rows.get(metric.code, ())
    return ExplainedValue(
        code=metric.code,
        version=metric.version,
        subject_kind=subject_kind,
        subject_id=subject_id,
        starts_on=starts_on,
        until_on=until_on,
        dimension_value=dimension_value,
        value=found.value if found else None,
        denominator=found.denominator if found else None,
        problems=outcome.problems,
        steps=outcome.trace,
        inputs=_inputs(metric, values, rows),
        is_reproduced=_is_reproduced(found.value if found else None, found.denominator if found else None, stored),
    )


def period_of(on: date, grain: str) -> tuple[date, date]:
    """The day, ISO week or month that holds `on`, half-open.

    >>> period_of(date(2026, 2, 11), "week"), period_of(date(2026, 12, 31), "month")[1]
    ((datetime.date(2026, 2, 9), datetime.date(2026, 2, 16)), datetime.date(2027, 1, 1))
    """
    if grain == "month":
        first = on.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1)
    if grain == "week":
        monday = on - timedelta(days=on.weekday())
        return monday, monday + timedelta(days=7)
    return on, on + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Row:
    measurement: Measurement
    record: str | None


def _rows_of(
    metric: DerivedMetric, kind: SubjectKind, subject_id: int, from_on: date, until_on: date, dimension_value: str
) -> dict[str, list[_Row]]:
    """Rows of the inputs, and of the metric itself, in the cell, by code."""
    codes = {metric_id: code for code, (metric_id, _) in metric.inputs.items()} | {metric.metric_id: metric.code}
    found: dict[str, list[_Row]] = {}
    dimension = metric.derivation.dimension
    with open_engine(threads=1) as connection:
        ledger.relation(connection, metric_ids=codes, from_on=from_on, until_on=until_on).create_view("near")
        same = f"{dimension_value_sql(dimension)} IS NOT DISTINCT FROM $value" if dimension else "$value IS NULL"
        rows = connection.execute(
            "SELECT metric_id, day, value, denominator, batch, row, record FROM near AS m"
            f" WHERE subject_kind = $kind AND subject_id = $subject AND {same} ORDER BY day, batch, row",
            {"kind": int(kind), "subject": subject_id, "value": (dimension_value or None) if dimension else None},
        ).fetchall()
    for metric_id, *fields, record in rows:
        found.setdefault(codes[metric_id], []).append(_Row(Measurement(*fields), record))
    return found


def _inputs(
    metric: DerivedMetric, values: dict[str, Decimal | None], rows: dict[str, list[_Row]]
) -> tuple[ExplainedInput, ...]:
    library = metric_map(metric.input_ids)
    batches = batch_map({row.measurement.batch for listed in rows.values() for row in listed})
    return tuple(
        ExplainedInput(
            name=name,
            metric=library[metric.inputs[code][0]],
            value=values[name],
            count=len(rows.get(code, ())),
            measurements=tuple(_traced(row, batches) for row in rows.get(code, ())[:ROWS_SHOWN]),
        )
        for name, code in metric.derivation.inputs.items()
    )


def _traced(row: _Row, batches: dict[int, BatchRow]) -> TracedMeasurement:
    one, batch = row.measurement, batches.get(row.measurement.batch)
    return TracedMeasurement(
        day=one.day,
        value=one.value,
        denominator=one.denominator,
        batch=one.batch,
        source=batch.source if batch else "",
        filename=batch.filename if batch else "",
        delivered_at=batch.delivered_at if batch else None,
        row=one.row,
        record=row.record,
    )


def _is_reproduced(value: Decimal | None, denominator: Decimal | None, stored: Sequence[_Row]) -> bool | None:
    if not stored:
        return None if value is not None else True
    latest = stored[-1].measurement
    return (latest.value, latest.denominator) == (value, denominator)
