"""目标质量: can a goal be measured as it is written, and how it could be written instead. Rules only, no guessing.

Import from this package, not from its modules.
"""

from sextant.engines.goal_quality.check import Assessment, PlanQuality, check_goal, check_plan
from sextant.engines.goal_quality.codes import FIELDS, Code
from sextant.engines.goal_quality.draft import Draft, Reach, Shape
from sextant.engines.goal_quality.hints import HINTS, Hint
from sextant.engines.goal_quality.rewrite import Pattern, Rewrite, Slot
from sextant.engines.goal_quality.score import DEDUCTIONS, score_plan, score_unit

__all__ = [
    "DEDUCTIONS",
    "FIELDS",
    "HINTS",
    "Assessment",
    "Code",
    "Draft",
    "Hint",
    "Pattern",
    "PlanQuality",
    "Reach",
    "Rewrite",
    "Shape",
    "Slot",
    "check_goal",
    "check_plan",
    "score_plan",
    "score_unit",
]
