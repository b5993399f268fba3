"""Secrets at rest: the one place where passwords of sources and keys of clients become unreadable, and readable again.

What is sealed can only be read by an installation that holds one of its keys: `SEXTANT_SECRET_KEYS` (newest first; the
first seals, all unseal), and always the installation's own `SECRET_KEY` as the last one, so that naming keys for the
first time loses nothing. Sealed bytes carry their own checksum: a changed one is refused, never read as something else.
A stolen database is worthless without the keys; a database restored without them needs its secrets entered again.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"sextant.secrets.v1"
"""Keeps these keys apart from what Django derives from the same SECRET_KEY for sessions and links."""


class SecretUnreadable(Exception):
    """None of this installation's keys opens the secret: it was sealed under a key that is no longer listed, or changed
    since. The remedy is to name the old key in SEXTANT_SECRET_KEYS again, or to enter the secret anew."""


def seal(text: str) -> bytes:
    """`text` encrypted and authenticated under the newest key; two seals of one text differ."""
    return _fernet(_keys()).encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """The text that `seal` was given. Raises SecretUnreadable."""
    try:
        return _fernet(_keys()).decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def reseal(sealed: bytes) -> bytes:
    """The same secret under the newest key, so that older keys can be dropped. Raises SecretUnreadable."""
    try:
        return _fernet(_keys()).rotate(bytes(sealed))
    except InvalidToken as error:
        raise SecretUnreadable from error


def _keys() -> tuple[str, ...]:
    return (*settings.SEXTANT_SECRET_KEYS, settings.SECRET_KEY)


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """32 bytes from a key of any length, as Fernet wants them written. HKDF (RFC 5869): keys are random, not chosen by
    people, so no slow hash is needed."""
    return base64.urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode()))
