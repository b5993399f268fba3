"""What may be changed about API clients (`clients.py`), and the door every call goes through (`calls.py`)."""

from sextant.foundation.api.actions.calls import Admission, admit_call, close_call, forget_old_calls
from sextant.foundation.api.actions.clients import change_agreement, create_client, revoke_client, rotate_secret

__all__ = [
    "Admission",
    "admit_call",
    "change_agreement",
    "close_call",
    "create_client",
    "forget_old_calls",
    "revoke_client",
    "rotate_secret",
]
