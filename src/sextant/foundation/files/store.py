"""The folder of attached files: a file is named by the SHA-256 of what it holds.

Whoever has the name can tell whether the content is still the one that was kept, and a file attached twice takes its
space once. A file appears whole or not at all, also when the machine stops in between.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from sextant.foundation.files.contracts import FileGone

CHUNK = 1024 * 1024


class TooLarge(Exception):
    """The content goes on beyond the limit, `limit` in bytes. Nothing of it is kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class Store:
    """A folder of contents. It is made at the first file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the content named `digest` lies, or would."""
        return self.folder / digest[:2] / digest

    def put(self, chunks: Iterable[bytes], *, limit: int | None = None) -> tuple[str, int]:
        """Keep a content; returns its digest and its size in bytes. Keeping the same again changes nothing.

        Raises TooLarge beyond `limit` bytes.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        seen, size = hashlib.sha256(), 0
        handle, draft = tempfile.mkstemp(dir=self.folder, prefix="draft-")  # readable by this account alone
        try:
            with os.fdopen(handle, "wb") as target:
                for chunk in chunks:
                    seen.update(chunk)
                    size += len(chunk)
                    if limit is not None and size > limit:
                        raise TooLarge(limit)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            place = self.path(seen.hexdigest())
            place.parent.mkdir(exist_ok=True, mode=0o700)
            os.replace(draft, place)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return seen.hexdigest(), size

    def open(self, digest: str) -> BinaryIO:
        """The content from its start, after a look that it is still the one kept; FileGone where it is not."""
        try:
            content = self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise FileGone(digest) from error
        if hashlib.file_digest(content, "sha256").hexdigest() != digest:
            content.close()
            raise FileGone(digest)
        content.seek(0)
        return content
