"""Adjusting a target while it runs 校调: when it may be, how far, what the data say, and what counts from when."""

from sextant.engines.adjustment.card import Card, Facts, Way, WayFound, is_inside, make_card
from sextant.engines.adjustment.codes import FIELDS, STEPS, Code
from sextant.engines.adjustment.elasticity import Budget, use_of, used_of_plan
from sextant.engines.adjustment.prorata import Part, Reading, by_days, split
from sextant.engines.adjustment.target import Target, rescaled, target_on
from sextant.engines.adjustment.windows import list_windows, quarter_of, window_at, window_from

__all__ = [
    "FIELDS",
    "STEPS",
    "Budget",
    "Card",
    "Code",
    "Facts",
    "Part",
    "Reading",
    "Target",
    "Way",
    "WayFound",
    "by_days",
    "is_inside",
    "list_windows",
    "make_card",
    "quarter_of",
    "rescaled",
    "split",
    "target_on",
    "use_of",
    "used_of_plan",
    "window_at",
    "window_from",
]
