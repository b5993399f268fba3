"""One metric as its page shows it: definition, who uses it, what it is made of, quality of what came in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from sextant.metrics.contracts import BatchRow, MetricRow, SubjectKind
from sextant.metrics.intake.messages import title_of
from sextant.metrics.models import Derivation, Metric, QuarantinedRow, UncomputableValue
from sextant.metrics.queries.batches import batch_map
from sextant.metrics.queries.library import list_metrics
from sextant.metrics.uses import count_uses, list_use_kinds
from sextant.people.queries import names_of_persons

UNCOMPUTABLE_SHOWN = 10
_DEEPEST = 6


class MetricNotFound(Exception):
    """There is no metric under this code."""


@dataclass(frozen=True, slots=True)
class MetricDetail:
    """A metric with everything its definition says; `owner_name` is "" without one."""

    id: int
    code: str
    name: str
    description: str
    unit_label: str
    decimals: int
    direction: str
    aggregation: str
    grain: str
    source: str
    owner_id: int | None
    owner_name: str
    freshness_days: int
    baseline: object
    kind: str
    formula: str
    inputs: Mapping[str, str]
    dimension: str
    roll_up: str
    tags: tuple[str, ...]
    limit: object
    peer_group: str
    version: int
    retired_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A metric in the dependency graph, with what stands beyond it in the direction asked for."""

    code: str
    name: str
    is_retired: bool
    further: tuple["GraphNode", ...]


@dataclass(frozen=True, slots=True)
class UsedBy:
    """A kind of thing that uses the metric: how many, and where they are listed ("" when nowhere)."""

    name: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class DerivedState:
    """Where a derived metric stands; `failures` are the first cells without a value: kind, subject id, day, dimension
    value, code, params."""

    computed: int
    missing: int
    failed: int
    definition_version: int
    derived_at: datetime
    batch_id: int | None
    failures: tuple[tuple[SubjectKind, int, date, str, str, Mapping[str, object]], ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """What came in lately for a metric: its batches with the measurements in them, quarantine reasons with counts."""

    batches: tuple[tuple[BatchRow, int], ...]
    reasons: tuple[tuple[str, int], ...]


def get_metric_detail(code: str) -> MetricDetail:
    """The metric with this code; raises MetricNotFound. One query, two when it has an owner."""
    metric = Metric.objects.filter(code=code).first()
    if metric is None:
        raise MetricNotFound(code)
    owner_id = metric.owner_person_id
    named = names_of_persons([owner_id]) if owner_id else {}
    fields = {name: getattr(metric, name) for name in MetricDetail.__dataclass_fields__ if hasattr(metric, name)}
    return MetricDetail(
        **{**fields, "tags": tuple(metric.tags)}, owner_id=owner_id, owner_name=named.get(owner_id or 0, "")
    )


def read_graph(metric_id: int) -> tuple[GraphNode, GraphNode]:
    """What the metric is made of, and what is made of it, each as a tree with the metric on top. One query."""
    rows = Metric.objects.values_list("id", "code", "name", "retired_at", "input_ids")
    found = {pk: (code, name, retired is not None) for pk, code, name, retired, _ in rows}
    below = {pk: tuple(inputs) for pk, _, _, _, inputs in rows}
    above: dict[int, list[int]] = {}
    for pk, inputs in below.items():
        for one in inputs:
            above.setdefault(one, []).append(pk)
    return _node(metric_id, found, below, 0), _node(metric_id, found, above, 0)


def _node(
    pk: int, found: Mapping[int, tuple[str, str, bool]], edges: Mapping[int, Iterable[int]], depth: int
) -> GraphNode:
    beyond = edges.get(pk, ()) if depth < _DEEPEST else ()
    return GraphNode(*found[pk], further=tuple(_node(one, found, edges, depth + 1) for one in beyond if one in found))


def list_used_by(metric: MetricDetail, *, on: date) -> list[UsedBy]:
    """Who uses the metric besides metrics. One query a kind."""
    counted = count_uses([metric.id], on=on)
    return [
        UsedBy(
            str(kind.name), counted[kind.key].get(metric.id, 0), kind.list_url.format(id=metric.id, code=metric.code)
        )
        for kind in list_use_kinds()
    ]


def find_derived_state(metric_id: int) -> DerivedState | None:
    """Where a derived metric stands, None before it was derived. At most two queries."""
    state = Derivation.objects.filter(metric_id=metric_id).first()
    if state is None:
        return None
    fields = ("subject_kind", "subject_id", "starts_on", "dimension_value", "code", "params")
    failures = UncomputableValue.objects.filter(metric_id=metric_id).order_by(
        "-starts_on", "subject_kind", "subject_id"
    )
    return DerivedState(
        computed=state.computed,
        missing=state.missing,
        failed=state.failed,
        definition_version=state.definition_version,
        derived_at=state.derived_at,
        batch_id=state.batch_id,
        failures=tuple(
            (SubjectKind(kind), *rest)
            for kind, *rest in (failures.values_list(*fields)[:UNCOMPUTABLE_SHOWN] if state.failed else ())
        ),
    )


def read_quality(code: str, batches: Iterable[tuple[int, int]]) -> Quality:
    """Batches with their measurements of the metric (as `read_figures` found them), and what of them was kept back.
    Two queries."""
    counted = dict(batches)
    rows = batch_map(set(counted))
    kept_back = (
        QuarantinedRow.objects.filter(batch_id__in=counted, params__metrics__contains=[code])
        .values_list("code")
        .annotate(count=Count("id"))
        .order_by("-count", "code")
    )
    return Quality(
        batches=tuple((rows[pk], count) for pk, count in counted.items() if pk in rows),
        reasons=tuple((title_of(code), count) for code, count in kept_back),
    )


def list_names() -> list[MetricRow]:
    """Every metric that is not retired, for formulas to name. One query."""
    return [row for row in list_metrics() if not row.is_retired]
