"""What may be read from metrics, as frozen contracts. Neighbours import from this package."""

from sextant.metrics.queries.batches import (
    BatchUnknown,
    batch_map,
    columns_of,
    count_batches,
    get_batch,
    list_batches,
    list_quarantine,
    list_reasons,
    quarantine_rows,
)
from sextant.metrics.queries.calendars import calendar_of, company_calendar_column
from sextant.metrics.queries.company_terms import company_terms
from sextant.metrics.queries.explain import MetricUnknown, explain, measurement_rows
from sextant.metrics.queries.library import find_metric, list_metrics, metric_map, row_of_metric
from sextant.metrics.queries.replay import find_run_of, replay_standings
from sextant.metrics.queries.runs import count_runs, find_latest_run, get_run, list_runs
from sextant.metrics.queries.standings import goal_ids_by_light, marks_of, standings_of
from sextant.metrics.queries.suggestion import past_periods, suggest_targets

__all__ = [
    "BatchUnknown",
    "MetricUnknown",
    "batch_map",
    "calendar_of",
    "columns_of",
    "company_calendar_column",
    "company_terms",
    "count_batches",
    "count_runs",
    "explain",
    "find_latest_run",
    "find_metric",
    "find_run_of",
    "get_batch",
    "get_run",
    "goal_ids_by_light",
    "list_batches",
    "list_metrics",
    "list_quarantine",
    "list_reasons",
    "list_runs",
    "marks_of",
    "measurement_rows",
    "metric_map",
    "past_periods",
    "quarantine_rows",
    "replay_standings",
    "row_of_metric",
    "standings_of",
    "suggest_targets",
]
