"""Giving a kept file to a reader who may see it."""

from django.http import FileResponse

from sextant.foundation.files.actions import store
from sextant.foundation.files.kinds import KINDS
from sextant.foundation.files.models import StoredFile


def send(file_id: int, *, name: str) -> FileResponse:
    """The file as an answer, called `name` on the reader's machine: pictures and PDF open in place, the rest is saved.

    The caller has decided that the reader may see it. Raises StoredFile.DoesNotExist, and FileGone where the content is
    lost or changed.
    """
    kept = StoredFile.objects.get(id=file_id)
    is_shown = any(kind.is_shown and kept.media_type in kind.media for kind in KINDS)
    answer = FileResponse(
        store().open(kept.digest), as_attachment=not is_shown, filename=name, content_type=kept.media_type
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
