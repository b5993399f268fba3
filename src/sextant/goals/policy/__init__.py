"""Pure decisions about goals: targets, weights, periods, columns of a file. No database, no clock."""

from sextant.goals.policy.columns import FileColumns, decide_columns, decide_kind
from sextant.goals.policy.names import goal_code, nearest
from sextant.goals.policy.periods import decide_period, period_from_code
from sextant.goals.policy.targets import decide_target_problems, decide_weight_problems
from sextant.goals.policy.tree import find_looping

__all__ = [
    "FileColumns",
    "decide_columns",
    "decide_kind",
    "decide_period",
    "decide_target_problems",
    "decide_weight_problems",
    "find_looping",
    "goal_code",
    "nearest",
    "period_from_code",
]
