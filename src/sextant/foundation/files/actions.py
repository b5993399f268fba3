"""Keeping files."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.foundation.files.contracts import FileRefused, FileRow
from sextant.foundation.files.kinds import judge
from sextant.foundation.files.models import StoredFile
from sextant.foundation.files.store import CHUNK, Store


def store() -> Store:
    """The store of this installation."""
    return Store(Path(settings.SEXTANT_HOME) / "attachments")


def keep_file(content: BinaryIO, *, name: str, size: int, actor: Actor, now: datetime) -> FileRow:
    """Keep what somebody attached under `name`; the caller has decided that they may, and refers to the row.

    `size` is what the upload says it holds, in bytes; the store counts again. Raises FileRefused where kind, size or
    content is not allowed; nothing is kept then. The content is written before the row: a crash in between leaves a
    file that nobody refers to, never a reference to nothing.
    """
    outcome = judge(name, size, content)
    if outcome.value is None:
        raise FileRefused(outcome.problems[0])
    digest, counted = store().put(_chunks(content))
    kept, is_new = StoredFile.objects.get_or_create(
        digest=digest, defaults={"size": counted, "media_type": outcome.value.media[0], "kept_at": now}
    )
    if is_new:
        changes = {"digest": digest, "size": counted}
        record("keep_file", actor=actor, now=now, object_kind="file", object_id=kept.pk, changes=changes)
    return FileRow(kept.pk, kept.digest, kept.size, kept.media_type)


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while chunk := content.read(CHUNK):
        yield chunk
