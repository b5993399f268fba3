"""Pages of goals: the map, its branches, one goal, how its light came about, its measurements, what is set by hand,
starting a run."""

from sextant.goals.views.changes import changes
from sextant.goals.views.detail import detail
from sextant.goals.views.explain import explain, measurements
from sextant.goals.views.hand import clear_light, hand, light, record
from sextant.goals.views.map import branch, goal_map
from sextant.goals.views.runs import evaluate

__all__ = [
    "branch",
    "changes",
    "clear_light",
    "detail",
    "evaluate",
    "explain",
    "goal_map",
    "hand",
    "light",
    "measurements",
    "record",
]
