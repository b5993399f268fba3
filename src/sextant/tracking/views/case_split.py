"""The part of a case's page that takes the figures apart by what the source says of each: read from the ledger, and
therefore only once the page stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.goals.models import Goal
from sextant.goals.queries.specs import spec_on
from sextant.metrics.contracts import MetricRow
from sextant.metrics.queries import measurement_rows, row_of_metric, standings_of
from sextant.tracking.policy.case_split import Split, split_by_dimension
from sextant.tracking.views.case_asking import ask_case

ADDS_UP = frozenset({"sum", "count"})


@needs(Permission.TRACKING_READ)
@require_safe
def case_parts(request: HttpRequest, case_id: int) -> HttpResponse:
    """The figures by dimension; nothing where the ledger knows none, or they do not add up."""
    goal = ask_case(request, case_id).case.goal
    metric = row_of_metric(goal.metric) if goal.metric else None
    split = _split(goal, metric)
    parts = []
    if split is not None and split.total > 0:
        rows = [*split.parts, *([("", split.rest)] if split.rest else [])]
        parts = [(name, value, value / split.total) for name, value in rows]
    return render(
        request, "tracking/cases/_parts.html", {"split": split if parts else None, "parts": parts, "metric": metric}
    )


def _split(goal: Goal, metric: MetricRow | None) -> Split | None:
    if metric is None or metric.aggregation not in ADDS_UP:
        return None
    standing = standings_of([goal.pk]).get(goal.pk)
    spec = spec_on(goal, standing.as_of) if standing else None
    if standing is None or spec is None:
        return None
    rows = measurement_rows(spec, as_of=standing.as_of)
    return split_by_dimension((row.value, dict(row.dimensions)) for row in rows)
