"""Value, progress, completion, score and light of a goal: exactly the law of design/evaluation.md.

`evaluate` answers for one goal in Python; `sql` answers for a set of goals inside DuckDB. A twin test pins both to the
same decimals, reasons and digest. Import from this package, not from its modules.
"""

from sextant.engines.evaluation.aggregate import aggregate
from sextant.engines.evaluation.case import Case, case_of, check_goal
from sextant.engines.evaluation.evaluate import evaluate
from sextant.engines.evaluation.plan import ExtraKind, PlanExtra, PlanItem, PlanScore, score_plan
from sextant.engines.evaluation.reason import REASON_FIELDS, Reason
from sextant.engines.evaluation.riskiest import Child, find_riskiest
from sextant.engines.evaluation.scale import FORMULA_NAMES, FormulaScale, ScaleInput, TableScale, read_score_formula
from sextant.engines.evaluation.spec import (
    DEFAULT_THRESHOLDS,
    SHOWN_WEEKS,
    Aggregation,
    Curve,
    Direction,
    GoalSpec,
    Grain,
    LowerCurve,
    ManualLight,
    Measurement,
    MetricSpec,
    Thresholds,
)
from sextant.engines.evaluation.standing import ENGINE_VERSION, Standing, WeekStanding, digest

__all__ = [
    "DEFAULT_THRESHOLDS",
    "ENGINE_VERSION",
    "FORMULA_NAMES",
    "REASON_FIELDS",
    "SHOWN_WEEKS",
    "Aggregation",
    "Case",
    "Child",
    "Curve",
    "Direction",
    "ExtraKind",
    "FormulaScale",
    "GoalSpec",
    "Grain",
    "LowerCurve",
    "ManualLight",
    "Measurement",
    "MetricSpec",
    "PlanExtra",
    "PlanItem",
    "PlanScore",
    "Reason",
    "ScaleInput",
    "Standing",
    "TableScale",
    "Thresholds",
    "WeekStanding",
    "aggregate",
    "case_of",
    "check_goal",
    "digest",
    "evaluate",
    "find_riskiest",
    "read_score_formula",
    "score_plan",
]
