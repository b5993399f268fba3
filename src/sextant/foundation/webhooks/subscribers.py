"""Every event, offered to the endpoints. Named in `conf/subscriptions.py`."""

from datetime import datetime

from sextant.foundation.events.contracts import EventRow
from sextant.foundation.webhooks.actions.queueing import queue_event


def offer(event: EventRow, *, now: datetime) -> None:
    """Queue the event for each endpoint that wants it, in the transaction that marks it as told."""
    queue_event(event, now=now)
