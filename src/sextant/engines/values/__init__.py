"""The small values every engine speaks: periods, rounding, lights, problems, outcomes.

Nothing here knows Django, a clock or a file. Import from this package, not from its modules.
"""

from sextant.engines.values.light import Light
from sextant.engines.values.number import RATIO_PLACES, ratio, round_half_up
from sextant.engines.values.outcome import Outcome, Problem, Severity, Step
from sextant.engines.values.period import Period

__all__ = [
    "RATIO_PLACES",
    "Light",
    "Outcome",
    "Period",
    "Problem",
    "Severity",
    "Step",
    "ratio",
    "round_half_up",
]
