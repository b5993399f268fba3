"""The signature of a call: what is signed, how it is written, how it is compared. Pure: text in, text out.

    Authorization: Sextant-HMAC-SHA256 key=K, ts=1795255200, nonce=N, signature=HEX

signed with HMAC-SHA256 (RFC 2104) under the client's secret, over five lines without an end of line after the last:

    POST
    /api/v1/measurements?dry_run=true
    1795255200
    N
    SHA-256 of the body as it is sent, in hexadecimal

Method, path, query and body cannot be changed on the way; the time bounds how long a copy is good for, the nonce how
often: once. docs/decisions/0014 says why no bearer token and no published scheme.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

SCHEME = "Sextant-HMAC-SHA256"
_PART = re.compile(r'\s*(key|ts|nonce|signature)="?([A-Za-z0-9_.~-]{1,128})"?\s*')
_NONCE = re.compile(r"[A-Za-z0-9_.~-]{16,64}")
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Signature:
    """What an Authorization header claims. `ts` is in whole seconds since 1970 UTC."""

    key: str
    ts: int
    nonce: str
    signature: str


def parse_authorization(header: str) -> Signature | None:
    """The claim in an Authorization header; None when it is of another scheme, or incomplete, or written otherwise.

    >>> header = "Sextant-HMAC-SHA256 key=k1, ts=1795255200, nonce=0123456789abcdef, signature=" + "0" * 64
    >>> parse_authorization(header).ts
    1795255200
    >>> parse_authorization("Bearer abc") is None
    True
    """
    scheme, _, rest = header.partition(" ")
    matches = [_PART.fullmatch(part) for part in rest.split(",")]
    parts = {match[1]: match[2] for match in matches if match}
    if scheme != SCHEME or len(matches) != 4 or len(parts) != 4:
        return None
    ts, nonce, signature = parts["ts"], parts["nonce"], parts["signature"].lower()
    if not re.fullmatch(r"[0-9]{1,12}", ts) or not _NONCE.fullmatch(nonce) or not _HEX.fullmatch(signature):
        return None
    return Signature(parts["key"], int(ts), nonce, signature)


def text_to_sign(*, method: str, path: str, ts: int, nonce: str, body_sha256: str) -> str:
    """The five lines that are signed; `path` with its query, exactly as it is sent.

    >>> text_to_sign(method="POST", path="/api/v1/x", ts=1, nonce="n", body_sha256="e3b0").splitlines()
    ['POST', '/api/v1/x', '1', 'n', 'e3b0']
    """
    return "\n".join((method, path, str(ts), nonce, body_sha256))


def sign(secret: str, text: str) -> str:
    """HMAC-SHA256 of `text` under `secret`, both UTF-8, in hexadecimal."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_signed_by(secret: str, text: str, *, signature: str) -> bool:
    """Whether `signature` is that of `text` under `secret`; takes the same time whatever differs."""
    return hmac.compare_digest(sign(secret, text), signature)
