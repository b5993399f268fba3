"""When a subscriber that failed is told again."""

from datetime import datetime, timedelta

_WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400)
"""Seconds after each failure: a deadlock is over in five, a mistake in a rule is repaired within hours."""


def decide_next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to tell again after `attempts` failures (the first is 1); None: give up, it is a dead letter.

    >>> from datetime import UTC
    >>> decide_next_try(1, now=datetime(2026, 11, 21, tzinfo=UTC)).second
    5
    >>> decide_next_try(9, now=datetime(2026, 11, 21, tzinfo=UTC)) is None
    True
    """
    if attempts > len(_WAITS):
        return None
    return now + timedelta(seconds=_WAITS[attempts - 1])
