"""When too many wrong passwords lock the door. Pure: instants in, instant out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)
MEMORY = WINDOW + LOCK
"""How far back failures are asked for: a lock that still holds may rest on failures a window older."""
FAILURES_PER_NAME = 5
FAILURES_PER_ADDRESS = 50
"""Ten times the limit of a name: a whole office often leaves through one address."""


def decide_lockout(failures: Sequence[datetime], *, limit: int, now: datetime) -> datetime | None:
    """Until when sign-in is locked, or None when it is open.

    `failures` are the instants of wrong tries since the last success, in any order, none older than MEMORY. Locked for
    LOCK after the last of them when `limit` of them lie within the WINDOW that ends with it.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    >>> decide_lockout([noon] * 5, limit=5, now=noon + timedelta(minutes=1)).minute
    15
    >>> decide_lockout([noon] * 5, limit=5, now=noon + timedelta(minutes=15)) is None
    True
    """
    last = max(failures, default=None)
    if last is None or now >= last + LOCK:
        return None
    in_window = sum(at > last - WINDOW for at in failures)
    return last + LOCK if in_window >= limit else None
