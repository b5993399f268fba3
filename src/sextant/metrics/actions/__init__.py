"""What may be changed in metrics: one verb a function."""

from sextant.metrics.actions.derive import derive_stale
from sextant.metrics.actions.evaluate import run_evaluation

__all__ = ["derive_stale", "run_evaluation"]
