"""The one place that reads the clock. Edges call `now()` and pass it down; nothing below an edge calls it.

`SEXTANT_NOW` (ISO 8601) pins the answer, for previews, screenshots and tests of whole processes.
"""

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant in UTC, or the pinned one."""
    if pinned := os.environ.get("SEXTANT_NOW"):
        return datetime.fromisoformat(pinned).astimezone(UTC)
    return datetime.now(UTC)


def company_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day of `instant` where the company works (periods and lights count such days)."""
    return instant.astimezone(zone).date()
