"""When a call is made again, when an endpoint rests, and when it is switched off; which events an endpoint wants."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

_WAITS = (5, 300, 1800, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Seconds after each failed try, as Standard Webhooks advises: ten tries within some three days."""
_RESTS = (5, 30, 60, 300, 600)
"""Seconds an endpoint rests after failures in a row: its other messages wait with the one that failed."""
SWITCH_OFF_AFTER = timedelta(days=5)


def decide_next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to call again after `attempts` failures (the first is 1); None: give up.

    >>> from datetime import UTC
    >>> decide_next_try(3, now=datetime(2026, 11, 21, tzinfo=UTC)).isoformat()
    '2026-11-21T00:30:00+00:00'
    >>> decide_next_try(10, now=datetime(2026, 11, 21, tzinfo=UTC)) is None
    True
    """
    return now + timedelta(seconds=_WAITS[attempts - 1]) if attempts <= len(_WAITS) else None


def decide_rest(failures: int, *, now: datetime) -> datetime:
    """Until when an endpoint rests after `failures` in a row (the first is 1)."""
    return now + timedelta(seconds=_RESTS[min(failures, len(_RESTS)) - 1])


def must_switch_off(failing_since: datetime | None, *, now: datetime) -> bool:
    """Whether nothing has been taken for so long that nobody seems to look after the receiver."""
    return failing_since is not None and now - failing_since >= SWITCH_OFF_AFTER


def wants(
    codes: Collection[str], only: Mapping[str, Collection[str]], *, code: str, params: Mapping[str, object]
) -> bool:
    """Whether an endpoint wants an event: its code is among `codes` (or "*" is), and each param that `only` names has
    one of the values it names.

    >>> wants(["goal.red"], {"unit_id": ["4"]}, code="goal.red", params={"unit_id": 4})
    True
    >>> wants(["*"], {"unit_id": ["4"]}, code="goal.red", params={"unit_id": 5})
    False
    """
    if "*" not in codes and code not in codes:
        return False
    return all(str(params.get(name, "")) in values for name, values in only.items())
