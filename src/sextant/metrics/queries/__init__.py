"""What may be read from metrics, as frozen contracts. Neighbours import from this package."""

from sextant.metrics.queries.library import find_metric, list_metrics, metric_map

__all__ = [
    "find_metric",
    "list_metrics",
    "metric_map",
]
