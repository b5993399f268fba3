"""Value, progress, completion, score and light of a goal: exactly the law of design/evaluation.md.

`evaluate` answers for one goal in Python; `sql` answers for a set of goals inside DuckDB. A twin test pins both to the
same decimals, reasons and digest. Import from this package, not from its modules.
"""

from sextant.engines.evaluation.aggregate import aggregate
from sextant.engines.evaluation.case import Case, case_of, check_goal
from sextant.engines.evaluation.dynamic import NO_BARS, Bars, Moment, bars_of, completion_on, list_moments
from sextant.engines.evaluation.evaluate import evaluate
from sextant.engines.evaluation.plan import ExtraKind, PlanExtra, PlanItem, PlanScore, score_plan
from sextant.engines.evaluation.reason import REASON_FIELDS, Reason
from sextant.engines.evaluation.riskiest import Child, find_riskiest
from sextant.engines.evaluation.scale import FORMULA_NAMES, FormulaScale, ScaleInput, TableScale, read_score_formula
from sextant.engines.evaluation.spec import (
    DEFAULT_THRESHOLDS,
    SHOWN_WEEKS,
    Aggregation,
    Comparison,
    Curve,
    Direction,
    Dynamic,
    GoalSpec,
    Grain,
    LowerCurve,
    ManualLight,
    Measurement,
    MetricSpec,
    PeerGroup,
    Thresholds,
)
from sextant.engines.evaluation.standing import ENGINE_VERSION, Standing, WeekStanding, digest
from sextant.engines.evaluation.told import NOBODY_SAID, ToldStatus, judge_told
from sextant.engines.evaluation.week_share import completion_at

__all__ = [
    "DEFAULT_THRESHOLDS",
    "ENGINE_VERSION",
    "FORMULA_NAMES",
    "NOBODY_SAID",
    "NO_BARS",
    "REASON_FIELDS",
    "SHOWN_WEEKS",
    "Aggregation",
    "Bars",
    "Case",
    "Child",
    "Comparison",
    "Curve",
    "Direction",
    "Dynamic",
    "ExtraKind",
    "FormulaScale",
    "GoalSpec",
    "Grain",
    "LowerCurve",
    "ManualLight",
    "Measurement",
    "MetricSpec",
    "Moment",
    "PeerGroup",
    "PlanExtra",
    "PlanItem",
    "PlanScore",
    "Reason",
    "ScaleInput",
    "Standing",
    "TableScale",
    "Thresholds",
    "ToldStatus",
    "WeekStanding",
    "aggregate",
    "bars_of",
    "case_of",
    "check_goal",
    "completion_at",
    "completion_on",
    "digest",
    "evaluate",
    "find_riskiest",
    "judge_told",
    "list_moments",
    "read_score_formula",
    "score_plan",
]
