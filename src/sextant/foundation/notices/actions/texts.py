"""HR's own words for notices, and the company's word on channels."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.notices.contracts import ChannelKind, NoticeSpec
from sextant.foundation.notices.models import CompanyRule, NoticeText, NoticeTextVersion
from sextant.foundation.notices.policy.preferring import CompanyWord
from sextant.foundation.notices.policy.wording import TextProblem, check_text
from sextant.foundation.notices.registry import get_notice
from sextant.foundation.notices.texts import READER, Text


class TextRefused(Exception):
    """A text has placeholders nobody fills. `problems`: (field "subject" or "body", problem)."""

    def __init__(self, problems: list[tuple[str, TextProblem]]) -> None:
        super().__init__(problems)
        self.problems = problems


def placeholders_of(spec: NoticeSpec) -> tuple[str, ...]:
    """What may stand in braces in the texts of a notice."""
    return (*spec.params, READER)


@transaction.atomic
def save_text(
    code: str,
    kind: ChannelKind,
    language: str,
    text: Text | None,
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Say a notice in HR's words on one channel in one language; None goes back to the catalogue's. What is sent from
    now on uses it, what waits already too. Every saving stays as a version; one that changes nothing makes none.

    Raises AccessDenied, NoticeUnknown, TextRefused.
    """
    require(actor, Permission.NOTICE_MANAGE)
    spec = get_notice(code)
    if language not in dict(settings.LANGUAGES):
        raise ValueError(language)
    if text is not None and (problems := check_words(spec, text)):
        raise TextRefused(problems)
    own = NoticeText.objects.select_for_update().filter(code=code, kind=kind, language=language)
    there = own.first()
    if (Text(there.subject, there.body) if there else None) == text:
        return
    if text is None:
        own.delete()
    else:
        NoticeText.objects.update_or_create(
            code=code,
            kind=kind.value,
            language=language,
            defaults={"subject": text.subject, "body": text.body, "changed_at": now, "changed_by": actor.label},
        )
    _keep_version(code, kind, language, text, reason=reason, by=actor.label, at=now)
    record(
        "save_notice_text",
        actor=actor,
        now=now,
        object_kind="notice",
        object_id=code,
        changes={"kind": kind.value, "language": language, "own": text is not None},
    )


def _keep_version(
    code: str, kind: ChannelKind, language: str, text: Text | None, *, reason: str, by: str, at: datetime
) -> None:
    place = {"code": code, "kind": kind.value, "language": language}
    latest = NoticeTextVersion.objects.filter(**place).aggregate(number=Max("number"))["number"] or 0
    kept = text or Text("", "")
    NoticeTextVersion.objects.create(
        **place, number=latest + 1, subject=kept.subject, body=kept.body, reason=reason[:200], at=at, by=by
    )


def check_words(spec: NoticeSpec, text: Text) -> list[tuple[str, TextProblem]]:
    """What keeps a text from being used: (field, problem)."""
    names = placeholders_of(spec)
    return [(field, one) for field in ("subject", "body") for one in check_text(getattr(text, field), names)]


@transaction.atomic
def save_rules(code: str, words: Mapping[ChannelKind, CompanyWord | None], *, actor: Actor, now: datetime) -> None:
    """The company's word on one notice, for each channel named; None says nothing. Raises AccessDenied,
    NoticeUnknown."""
    require(actor, Permission.NOTICE_MANAGE)
    get_notice(code)
    CompanyRule.objects.filter(code=code, kind__in=list(words)).delete()
    CompanyRule.objects.bulk_create(
        CompanyRule(code=code, kind=kind, is_on=word.is_on, is_fixed=word.is_fixed)
        for kind, word in words.items()
        if word is not None
    )
    changes = {kind.value: [word.is_on, word.is_fixed] if word else None for kind, word in words.items()}
    record("save_notice_rules", actor=actor, now=now, object_kind="notice", object_id=code, changes=changes)
