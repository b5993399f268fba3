"""What may be done with notices: sending (`sending.py`), handing over to channels (`delivering.py`), reading, choosing,
and what administrators set up."""

from sextant.foundation.notices.actions.sending import send_notice

__all__ = ["send_notice"]
