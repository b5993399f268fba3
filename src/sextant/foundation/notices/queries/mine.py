"""A person's own notices."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from sextant.foundation.notices.contracts import ChannelKind
from sextant.foundation.notices.models import Notice
from sextant.foundation.notices.registry import find_notice
from sextant.foundation.notices.texts import load_overrides, text_of


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice in words, as its reader's list shows it."""

    id: int
    subject: str
    body: str
    at: datetime
    is_read: bool
    is_urgent: bool


def count_unread(person_id: int) -> int:
    """How many notices the person has not read. One query, on an index of unread ones alone."""
    return unread_of(person_id).count()


def unread_of(person_id: int) -> QuerySet[Notice]:
    """What the person has not read: to be counted beside something that is read anyway."""
    return Notice.objects.filter(person_id=person_id, is_shown=True, read_at=None)


def count_notices(person_id: int, *, unread_only: bool = False) -> int:
    """How many notices the person's list holds."""
    return _of(person_id, unread_only).count()


def list_notices(
    person_id: int, *, reader: str, language: str, unread_only: bool = False, limit: int = 30, offset: int = 0
) -> list[NoticeRow]:
    """The person's notices, newest first, in `language`. Two queries. Those whose kind was retired keep their place,
    named by their code."""
    rows = list(_of(person_id, unread_only).order_by("-id")[offset : offset + limit])
    overrides = load_overrides({row.code for row in rows})
    found = []
    for row in rows:
        spec = find_notice(row.code)
        subject, body = row.code, ""
        if spec is not None:
            text = text_of(
                spec,
                ChannelKind.IN_APP,
                params=row.params,
                reader=reader,
                language=language,
                overrides=overrides,
            )
            subject, body = text.subject, text.body
        found.append(
            NoticeRow(row.pk, subject, body, row.at, row.read_at is not None, spec is not None and spec.is_urgent)
        )
    return found


def _of(person_id: int, unread_only: bool) -> QuerySet[Notice]:
    rows = Notice.objects.filter(person_id=person_id, is_shown=True)
    return rows.filter(read_at=None) if unread_only else rows
