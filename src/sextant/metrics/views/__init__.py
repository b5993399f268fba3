"""Pages of metrics. Names here are what `urls` and the access table use."""

from sextant.metrics.views.batches import batch, batches, quarantine
from sextant.metrics.views.ingest import ingest, preview
from sextant.metrics.views.runs import run, runs

__all__ = ["batch", "batches", "ingest", "preview", "quarantine", "run", "runs"]
