"""What may be changed in metrics: one verb a function."""

from sextant.metrics.actions.evaluate import run_evaluation

__all__ = ["run_evaluation"]
