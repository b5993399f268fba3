"""Signatures as Standard Webhooks writes them (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body.

Secrets are `whsec_` and base64 of random bytes. During a change of the secret both sign: the header holds several
signatures, and a receiver accepts when one of them is right.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable

_PREFIX = "whsec_"
_BYTES = 32
TOLERANCE_SECONDS = 300
"""How far the time of a call may be from ours: older ones may be somebody's replay."""


def new_secret() -> str:
    """A secret nobody had before."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def sign(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, "v1,…".

    >>> sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
    ...      timestamp=1614265330, body=b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    text = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def headers_for(keys: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a call, signed under each of `keys`."""
    signatures = (sign(key, message_id=message_id, timestamp=timestamp, body=body) for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def is_signed(secret: str, given: str, *, message_id: str, timestamp: int, body: bytes) -> bool:
    """Whether one of the signatures in the header `given` is right; takes the same time whatever differs."""
    try:
        right = sign(secret, message_id=message_id, timestamp=timestamp, body=body).encode()
    except binascii.Error:
        return False
    return any(hmac.compare_digest(one.encode(), right) for one in given.split(" "))
