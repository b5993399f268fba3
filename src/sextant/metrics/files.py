"""Delivered files and mappings, kept by their content under SEXTANT_HOME/files, so that they can be shown again."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileUnknown(Exception):
    """No file with this content was ever kept."""


class FileTooLarge(Exception):
    """The upload is larger than allowed; `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def keep(chunks: Iterable[bytes], *, limit: int) -> str:
    """Store the bytes and return their SHA-256, which is also their name. The same content is stored once.

    Raises FileTooLarge beyond `limit` bytes; nothing is kept then.
    """
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=folder, prefix="new-", delete=False) as file:
        path = Path(file.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(limit)
                digest.update(chunk)
                file.write(chunk)
        except BaseException:
            path.unlink()
            raise
    name = digest.hexdigest()
    target = _path(name)
    target.parent.mkdir(exist_ok=True)
    path.replace(target)
    return name


def path_of(sha256: str) -> Path:
    """Where the content with this SHA-256 lies; FileUnknown when it is not kept."""
    if not _SHA256.fullmatch(sha256) or not (path := _path(sha256)).is_file():
        raise FileUnknown(sha256)
    return path


def _folder() -> Path:
    return Path(settings.SEXTANT_HOME) / "files"


def _path(sha256: str) -> Path:
    return _folder() / sha256[:2] / sha256
