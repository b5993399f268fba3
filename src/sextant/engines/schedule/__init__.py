"""Working days, elapsed shares of a period, and the ISO weeks that streaks and charts are counted in.

Nothing here reads a clock: the day of evaluation is always handed in. Import from this package, not its modules.
"""

from sextant.engines.schedule.calendar import FIVE_DAY_WEEK, WorkCalendar
from sextant.engines.schedule.elapsed import Elapsed, elapsed
from sextant.engines.schedule.pace import Pace
from sextant.engines.schedule.season import Season, SeasonalCalendar
from sextant.engines.schedule.week import Week, list_finished_weeks, list_weeks, week_of

__all__ = [
    "FIVE_DAY_WEEK",
    "Elapsed",
    "Pace",
    "Season",
    "SeasonalCalendar",
    "Week",
    "WorkCalendar",
    "elapsed",
    "list_finished_weeks",
    "list_weeks",
    "week_of",
]
