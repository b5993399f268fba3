"""Measurements that a program sends: checked against its agreement and the library, then taken in like any delivery."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sextant.engines.evaluation.spec import Aggregation
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import reach_of, require
from sextant.metrics.actions.ingest import ingest_rows
from sextant.metrics.contracts import IngestReport, MetricRow
from sextant.metrics.mapping import IngestMapping, build_mapping
from sextant.metrics.models import Metric
from sextant.metrics.queries.library import list_metrics

MOST_METRICS = 25
"""Metrics in one call. A metric may need two rules, with and without a record, and a mapping has at most 50."""
MOST_DIMENSIONS = 8
"""Names of dimensions in one call, as in a mapping."""
_DIMENSION = "dimensions."


@dataclass(frozen=True, slots=True)
class PushedRow:
    """One measurement as it was sent. Exactly one of `person` (employee number) and `unit` (code) is given. `value` is
    the numerator of a ratio; None where the metric only counts rows. `record` is the source's own id, or None;
    `dimensions` say what the number is about (customer, product)."""

    person: str | None
    unit: str | None
    metric: str
    day: str | None
    value: object
    denominator: object
    record: str | None
    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot even be judged: `row` counts from one, `code` is `push.*`."""

    row: int
    field: str
    value: str
    code: str


class PushRefused(Exception):
    """The call asks for what is not agreed or cannot be; nothing of it was taken in. `faults` name every place."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(f"{len(faults)} rows")
        self.faults = tuple(faults)


def push_measurements(
    rows: Sequence[PushedRow],
    *,
    batch: str,
    client: str,
    source: str,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
) -> IngestReport:
    """Take in one call's `rows`, which are batch `batch` of `client`: once, whole or not at all.

    Rows the company cannot use (an unknown person, no day, no number) go to the quarantine, the others count. What is
    wrong for every such row alike (a metric that does not exist or is not agreed, both kinds of subject in one call)
    refuses the call. `client` is what never changes about the sender, `source` what people call it.

    Raises AccessDenied; PushRefused; BatchKeyReused when the batch came in before with other rows; TableUnreadable and
    MappingRefused never, as the mapping is made here.
    """
    require(actor, Permission.METRIC_INGEST)
    codes = {row.metric for row in rows}
    library = {metric.code: metric for metric in list_metrics(codes=codes)}
    derived = frozenset(Metric.objects.filter(code__in=codes, kind="derived").values_list("code", flat=True))
    judge = _MetricJudge(library, derived, reach_of(actor, Permission.METRIC_INGEST))
    if faults := list(_faults(rows, judge)):
        raise PushRefused(faults)
    return ingest_rows(
        (_cells(row) for row in rows),
        mapping=_mapping_for(rows, library=library, source=source),
        source_name=batch,
        batch_key=f"{client}/{batch}",
        actor=actor,
        now=now,
        dry_run=dry_run,
    )


@dataclass(frozen=True, slots=True)
class _MetricJudge:
    """Which metrics the call may send: those of the `library` that are no result of others and that are `allowed`
    (None: all). What is not agreed is refused before it is looked up: a client learns nothing of other metrics."""

    library: Mapping[str, MetricRow]
    derived: frozenset[str]
    allowed: frozenset[str] | None

    def fault(self, code: str) -> str | None:
        if self.allowed is not None and code not in self.allowed:
            return "push.metric_not_agreed"
        if code not in self.library:
            return "push.unknown_metric"
        if self.library[code].is_retired:
            return "push.retired_metric"
        return "push.derived_metric" if code in self.derived else None


def _faults(rows: Sequence[PushedRow], judge: _MetricJudge) -> Iterator[RowFault]:
    of_persons = bool(rows) and rows[0].person is not None
    met: set[str] = set()
    dimensions: set[str] = set()
    for number, row in enumerate(rows, start=1):
        met.add(row.metric)
        if (row.person is None) == (row.unit is None):
            yield RowFault(number, "person", row.person or "", "push.one_subject")
        elif (row.person is not None) != of_persons:
            field = "unit" if of_persons else "person"
            yield RowFault(number, field, (row.person or row.unit) or "", "push.mixed_subjects")
        if code := judge.fault(row.metric):
            yield RowFault(number, "metric", row.metric, code)
        else:
            yield from _number_faults(number, row, Aggregation(judge.library[row.metric].aggregation))
        dimensions.update(row.dimensions)
        if len(met) > MOST_METRICS:
            yield RowFault(number, "metric", row.metric, "push.too_many_metrics")
            return
        if len(dimensions) > MOST_DIMENSIONS:
            yield RowFault(number, "dimensions", ", ".join(row.dimensions), "push.too_many_dimensions")
            return


def _number_faults(number: int, row: PushedRow, aggregation: Aggregation) -> Iterator[RowFault]:
    """Numbers that would be passed over in silence."""
    if row.denominator is not None and aggregation is not Aggregation.RATIO:
        yield RowFault(number, "denominator", str(row.denominator), "push.not_a_ratio")
    if row.value is not None and aggregation is Aggregation.COUNT:
        yield RowFault(number, "value", str(row.value), "push.counts_rows")


def _cells(row: PushedRow) -> Mapping[str, object]:
    subject = {"person": row.person} if row.person is not None else {"unit": row.unit}
    return {
        **subject,
        "metric": row.metric,
        "day": row.day,
        "value": row.value,
        "denominator": row.denominator,
        "record": row.record,
        **{_DIMENSION + name: text for name, text in sorted(row.dimensions.items())},
    }


def _mapping_for(rows: Sequence[PushedRow], *, library: Mapping[str, MetricRow], source: str) -> IngestMapping:
    """The mapping of a call: one rule for each metric met, two where some of its rows have a record and some none."""
    has_persons = bool(rows) and rows[0].person is not None
    met = sorted({(row.metric, bool((row.record or "").strip())) for row in rows})
    return build_mapping(
        {
            "source": source,
            **({"person": {"column": "person"}} if has_persons else {"unit": {"column": "unit"}}),
            "columns": {"value": {"type": "number"}, "denominator": {"type": "number"}, "day": {"type": "date"}},
            "dimensions": {name: _DIMENSION + name for row in rows for name in row.dimensions},
            "measurements": [
                _rule(library[code], with_record=with_record, both=(code, not with_record) in met)
                for code, with_record in met
            ],
        }
    )


def _rule(metric: MetricRow, *, with_record: bool, both: bool) -> dict[str, object]:
    chosen = f'[metric] = "{metric.code}"'
    if both:
        has_record = "NOT(ISBLANK([record]))" if with_record else "ISBLANK([record])"
        chosen = f"AND({chosen}, {has_record})"
    rule: dict[str, object] = {"metric": metric.code, "date": "day", "where": chosen}
    match Aggregation(metric.aggregation):
        case Aggregation.RATIO:
            rule |= {"numerator": "[value]", "denominator": "[denominator]"}
        case Aggregation.COUNT:
            pass
        case _:
            rule["value"] = "[value]"
    return {**rule, "record": ["record"]} if with_record else rule
