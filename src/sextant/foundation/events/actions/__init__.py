"""Publishing events (`publishing.py`), and telling subscribers of them (`telling.py`)."""

from sextant.foundation.events.actions.publishing import Happened, publish, publish_many, publish_rows
from sextant.foundation.events.actions.telling import forget_old_events, tell_again, tell_waiting

__all__ = ["Happened", "forget_old_events", "publish", "publish_many", "publish_rows", "tell_again", "tell_waiting"]
