"""目标建议: a base target argued from data, with an interval that says how sure it is, and warnings for a given target.

Import from this package, not from its modules. Decimals come in and go out; in between the statistics run in floats,
as nothing of them is exact anyway (decision 81).
"""

from sextant.engines.forecast.codes import Code
from sextant.engines.forecast.question import Combine, History, Peers, Question
from sextant.engines.forecast.suggest import suggest
from sextant.engines.forecast.suggestion import Method, Suggestion
from sextant.engines.forecast.target import Reached, judge_target

__all__ = [
    "Code",
    "Combine",
    "History",
    "Method",
    "Peers",
    "Question",
    "Reached",
    "Suggestion",
    "judge_target",
    "suggest",
]
