"""Pages of metrics. Names here are what `urls` and the access table use."""

from sextant.metrics.views.deliveries import batch, batches, quarantine
from sextant.metrics.views.evaluations import run, runs
from sextant.metrics.views.uploads import ingest, preview

__all__ = ["batch", "batches", "ingest", "preview", "quarantine", "run", "runs"]
