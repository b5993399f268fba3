"""Tables of goals, one file a noun."""

from sextant.goals.models.cycles import Cycle
from sextant.goals.models.goals import Goal

__all__ = ["Cycle", "Goal"]
