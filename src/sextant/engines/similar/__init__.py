"""相似: which of the troubles others had were like this one, and what became of them.

Import from this package, not from its modules.
"""

from sextant.engines.similar.episodes import Episode, WeekMark, list_episodes
from sextant.engines.similar.likeness import (
    DEFAULT_MEASURE,
    Feature,
    Likeness,
    Measure,
    Part,
    Situation,
    compare,
    rank,
    situation_of,
)

__all__ = [
    "DEFAULT_MEASURE",
    "Episode",
    "Feature",
    "Likeness",
    "Measure",
    "Part",
    "Situation",
    "WeekMark",
    "compare",
    "list_episodes",
    "rank",
    "situation_of",
]
