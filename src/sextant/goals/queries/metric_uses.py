"""How many goals hang on a metric. Metrics, a floor below, asks through its registry of uses."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count

from sextant.goals.models import Goal


def count_goals_by_metric(metric_ids: Iterable[int], on: date) -> dict[int, int]:
    """Goals that run on the day or later, by metric; metrics without one are absent. One query."""
    found = Goal.objects.filter(metric_id__in=list(metric_ids), until_on__gt=on).order_by()
    return dict(found.values_list("metric_id").annotate(count=Count("id")))
