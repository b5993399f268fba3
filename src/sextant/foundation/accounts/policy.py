"""When too many wrong passwords lock the door. Pure: instants in, instant out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)
FAILURES_PER_NAME = 5
FAILURES_PER_ADDRESS = 50
"""Ten times the limit of a name: a whole office often leaves through one address."""


def decide_lockout(failures: Sequence[datetime], *, limit: int, now: datetime) -> datetime | None:
    """Until when sign-in is locked, or None when it is open.

    `failures` are the instants of wrong tries since the last success, in any order. Locked from the moment `limit`
    of them fell within WINDOW, for LOCK after the last one. Old failures never lock.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    >>> decide_lockout([noon] * 5, limit=5, now=noon + timedelta(minutes=1)).minute
    15
    >>> decide_lockout([noon] * 5, limit=5, now=noon + timedelta(minutes=15)) is None
    True
    """
    recent = sorted(at for at in failures if now - WINDOW < at <= now)
    if len(recent) < limit:
        return None
    until = recent[-1] + LOCK
    return until if now < until else None
