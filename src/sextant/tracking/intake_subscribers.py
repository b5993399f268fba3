"""Calls of other systems that start flows. Named in `conf/subscriptions.py`."""

from datetime import datetime

from sextant.foundation.events.contracts import EventRow
from sextant.tracking.actions.intakes import take_in


def follow(event: EventRow, *, now: datetime) -> None:
    """A call came in."""
    take_in(event, now=now)
