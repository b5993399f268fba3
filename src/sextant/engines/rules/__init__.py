"""When something holds, and whether that is to be acted on: groups of formulas, judged with their reasons, and at most
once per subject and window."""

from sextant.engines.rules.condition import Check, Condition, Group, GroupKind, read_condition
from sextant.engines.rules.firing import Firing, Previous, Repeat, RepeatKind, decide_firing
from sextant.engines.rules.judging import CheckLine, Judgement, judge

__all__ = [
    "Check",
    "CheckLine",
    "Condition",
    "Firing",
    "Group",
    "GroupKind",
    "Judgement",
    "Previous",
    "Repeat",
    "RepeatKind",
    "decide_firing",
    "judge",
    "read_condition",
]
