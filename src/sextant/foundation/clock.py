"""The one place that reads the clock. Edges call `now()` and pass it down; nothing below an edge calls it.

`SEXTANT_NOW` (ISO 8601) pins the answer, for previews, screenshots and tests of whole processes.
`SEXTANT_CLOCK_BEHIND` (seconds) sets it back: the demo's clock stands still while the demo is off.
"""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BEHIND = "SEXTANT_CLOCK_BEHIND"


def now() -> datetime:
    """The present instant in UTC, or the pinned one, or the one a clock that was set back shows."""
    if pinned := os.environ.get("SEXTANT_NOW"):
        return datetime.fromisoformat(pinned).astimezone(UTC)
    return datetime.now(UTC) - behind()


def behind() -> timedelta:
    """How far this clock was set back; zero but in the demo.

    >>> behind()
    datetime.timedelta(0)
    """
    return timedelta(seconds=int(os.environ.get(BEHIND, "0")))


def company_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day of `instant` where the company works (periods and lights count such days)."""
    return instant.astimezone(zone).date()
