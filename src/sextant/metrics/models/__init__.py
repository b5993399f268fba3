"""Tables of `metrics`, one file per noun.

Measurements themselves live in the ledger (Delta tables, `ledger.py`), not here.
"""

from sextant.metrics.models.batches import Batch, QuarantinedRow
from sextant.metrics.models.evaluation import EvaluationRun, Standing
from sextant.metrics.models.library import Metric

__all__ = ["Batch", "EvaluationRun", "Metric", "QuarantinedRow", "Standing"]
