"""What HR wrote for notices, and when."""

from dataclasses import dataclass
from datetime import datetime

from sextant.foundation.notices.contracts import ChannelKind
from sextant.foundation.notices.models import NoticeTextVersion
from sextant.foundation.notices.texts import Text


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One saving: who wrote what, when and why, and what stood there before. `text` None: back to the catalogue's."""

    number: int
    text: Text | None
    before: Text | None
    reason: str
    at: datetime
    by: str


def list_text_versions(code: str, kind: ChannelKind, language: str) -> list[TextVersion]:
    """Every version of the text on one channel in one language, the latest first. One query."""
    rows = NoticeTextVersion.objects.filter(code=code, kind=kind, language=language).order_by("number")
    found: list[TextVersion] = []
    before: Text | None = None
    for row in rows:
        text = Text(row.subject, row.body) if row.subject else None
        found.append(TextVersion(row.number, text, before, row.reason, row.at, row.by))
        before = text
    return found[::-1]
