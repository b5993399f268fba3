"""Delivered files and mappings, kept by their content under SEXTANT_HOME/files, so that they can be shown again."""

import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from sextant.foundation.files.store import Store
from sextant.foundation.files.store import TooLarge as FileTooLarge

__all__ = ["FileTooLarge", "FileUnknown", "keep", "path_of"]

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileUnknown(Exception):
    """No file with this content was ever kept."""


def keep(chunks: Iterable[bytes], *, limit: int) -> str:
    """Store the bytes and return their SHA-256, which is also their name. The same content is stored once.

    Raises FileTooLarge beyond `limit` bytes; nothing is kept then.
    """
    return _store().put(chunks, limit=limit)[0]


def path_of(sha256: str) -> Path:
    """Where the content with this SHA-256 lies; FileUnknown when it is not kept."""
    if not _SHA256.fullmatch(sha256) or not (path := _store().path(sha256)).is_file():
        raise FileUnknown(sha256)
    return path


def _store() -> Store:
    return Store(Path(settings.SEXTANT_HOME) / "files")
