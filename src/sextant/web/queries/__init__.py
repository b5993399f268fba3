"""What the mixed pages read: goals with their lights, people with their lines, units with their sums.

Built on the access filters and queries of the apps below; whoever calls has an actor and a day.
"""

from sextant.web.queries.goals import list_lines, most_urgent
from sextant.web.queries.lights import NO_LIGHTS, count_by_person, count_by_unit, roll_up
from sextant.web.queries.people import Line, PostRow, list_headed_units, list_lines_around, list_posts
from sextant.web.queries.sources import list_sources

__all__ = [
    "NO_LIGHTS",
    "Line",
    "PostRow",
    "count_by_person",
    "count_by_unit",
    "list_headed_units",
    "list_lines",
    "list_lines_around",
    "list_posts",
    "list_sources",
    "most_urgent",
    "roll_up",
]
