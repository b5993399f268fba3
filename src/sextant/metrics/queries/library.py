"""Reading the metric library."""

from collections.abc import Iterable

from django.db.models import BooleanField, ExpressionWrapper, Q

from sextant.metrics.contracts import MetricRow
from sextant.metrics.models import Metric

_FIELDS = (
    "id",
    "code",
    "name",
    "unit_label",
    "decimals",
    "direction",
    "aggregation",
    "grain",
    "source",
    "freshness_days",
    "version",
)
_IS_RETIRED = ExpressionWrapper(Q(retired_at__isnull=False), output_field=BooleanField())
_IS_DERIVED = ExpressionWrapper(Q(kind="derived"), output_field=BooleanField())


def list_metrics(*, ids: Iterable[int] | None = None, codes: Iterable[str] | None = None) -> list[MetricRow]:
    """Metrics ordered by code: all, or those with these ids or codes; unknown ones are simply absent."""
    found = Metric.objects.order_by("code")
    if ids is not None:
        found = found.filter(id__in=list(ids))
    if codes is not None:
        found = found.filter(code__in=list(codes))
    return [MetricRow(*fields) for fields in found.values_list(*_FIELDS, _IS_RETIRED, _IS_DERIVED)]


def row_of_metric(metric: Metric) -> MetricRow:
    """A metric that was read beside something else, as a row. No query."""
    known = [getattr(metric, name) for name in _FIELDS]
    return MetricRow(*[*known, metric.retired_at is not None, metric.kind == "derived"])


def find_metric(code: str) -> MetricRow | None:
    """The metric with this code, or None."""
    return next(iter(list_metrics(codes=[code])), None)


def metric_map(ids: Iterable[int]) -> dict[int, MetricRow]:
    """Metrics by id, one query; unknown ids are absent."""
    return {row.id: row for row in list_metrics(ids=ids)}
