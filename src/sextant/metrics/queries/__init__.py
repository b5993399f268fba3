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
from sextant.metrics.queries.library import find_metric, list_metrics, metric_map

__all__ = [
    "BatchUnknown",
    "batch_map",
    "columns_of",
    "count_batches",
    "find_metric",
    "get_batch",
    "list_batches",
    "list_metrics",
    "list_quarantine",
    "list_reasons",
    "metric_map",
    "quarantine_rows",
]
