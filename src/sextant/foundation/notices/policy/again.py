"""When a message that failed is tried again, when a whole channel is, and when to give up."""

from datetime import datetime, timedelta

_WAITS = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)
"""Seconds after each failed try of one message: seven tries within half a day."""
_CHANNEL_WAITS = (30, 60, 120, 300, 600)
"""Seconds a channel rests after failures in a row; ten minutes from then on."""
KEEP_TRYING = timedelta(days=3)
"""A notice older than this is of no use any more: what still waits for a dead channel is given up."""


def decide_next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to try a message again after `attempts` failures (the first is 1); None: give up.

    >>> from datetime import UTC
    >>> decide_next_try(2, now=datetime(2026, 11, 21, tzinfo=UTC)).isoformat()
    '2026-11-21T00:05:00+00:00'
    """
    return now + timedelta(seconds=_WAITS[attempts - 1]) if attempts <= len(_WAITS) else None


def decide_rest(failures: int, *, now: datetime, asked_seconds: float | None = None) -> datetime:
    """Until when a channel rests after `failures` in a row (the first is 1), at least as long as the other side asked,
    at most an hour."""
    wait = _CHANNEL_WAITS[min(failures, len(_CHANNEL_WAITS)) - 1]
    return now + timedelta(seconds=min(3600.0, max(float(wait), asked_seconds or 0.0)))
