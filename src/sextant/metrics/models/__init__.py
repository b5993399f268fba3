"""Tables of `metrics`, one file per noun.

Measurements themselves live in the ledger (Delta tables, `ledger.py`), not here.
"""

from sextant.metrics.models.audit import AuditFinding, AuditRule, BatchDecision, HeldCorrection, SubjectMatch
from sextant.metrics.models.batches import Batch, QuarantinedRow
from sextant.metrics.models.connectors import (
    Connector,
    ConnectorFile,
    ConnectorRun,
    ConnectorSecret,
    ConnectorVersion,
)
from sextant.metrics.models.evaluation import EvaluationRun, Standing
from sextant.metrics.models.library import Derivation, Metric, MetricVersion, UncomputableValue
from sextant.metrics.models.lights import CalendarUse, CalendarVersion, LightRules, ManualLight, RulesUse
from sextant.metrics.models.manual import ManualMeasurement
from sextant.metrics.models.runs import LightChange, RunReplay
from sextant.metrics.models.upkeep import LedgerCommit

__all__ = [
    "AuditFinding",
    "AuditRule",
    "Batch",
    "BatchDecision",
    "CalendarUse",
    "CalendarVersion",
    "Connector",
    "ConnectorFile",
    "ConnectorRun",
    "ConnectorSecret",
    "ConnectorVersion",
    "Derivation",
    "EvaluationRun",
    "HeldCorrection",
    "LedgerCommit",
    "LightChange",
    "LightRules",
    "ManualLight",
    "ManualMeasurement",
    "Metric",
    "MetricVersion",
    "QuarantinedRow",
    "RulesUse",
    "RunReplay",
    "Standing",
    "SubjectMatch",
    "UncomputableValue",
]
