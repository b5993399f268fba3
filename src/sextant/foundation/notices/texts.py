"""The words of a notice, made when it is shown or sent, in the language of who reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sextant.foundation.notices.contracts import ROBOTS, ChannelKind, NoticeSpec
from sextant.foundation.notices.models import NoticeText
from sextant.foundation.notices.params import unpacked
from sextant.foundation.notices.policy.wording import braced, fill

READER = "reader"
"""The placeholder of every text that stands for the name of who reads it."""
Overrides = Mapping[tuple[str, str, str], tuple[str, str]]
"""Subject and body in HR's words by (code, kind, language)."""


@dataclass(frozen=True, slots=True)
class Text:
    """One notice in words."""

    subject: str
    body: str


def language_of(language: str) -> str:
    """A language the product speaks: that one, else the company's."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def load_overrides(codes: set[str]) -> Overrides:
    """HR's own texts of these notices. One query."""
    rows = NoticeText.objects.filter(code__in=codes).values_list("code", "kind", "language", "subject", "body")
    return {(code, kind, language): (subject, body) for code, kind, language, subject, body in rows}


def default_text(spec: NoticeSpec, kind: ChannelKind) -> Text:
    """The text of the catalogue in the language that is active, with placeholders in braces. In a group that colleagues
    read, a robot says only what kind of thing it is."""
    if kind in ROBOTS:
        return Text(braced(str(spec.name)), "")
    return Text(braced(str(spec.subject)), braced(str(spec.body)))


def text_of(
    spec: NoticeSpec,
    kind: ChannelKind,
    *,
    params: Mapping[str, object],
    reader: str,
    language: str,
    overrides: Overrides,
) -> Text:
    """The words for this reader. `params` as they are stored."""
    language = language_of(language)
    with translation.override(language):
        own = overrides.get((spec.code, kind.value, language))
        text = Text(*own) if own else default_text(spec, kind)
        values = {**unpacked(params), READER: reader}
        return Text(" ".join(fill(text.subject, values).split()), fill(text.body, values).strip())


def digest_text(subjects: list[str], *, language: str) -> Text:
    """Many notices as one message."""
    with translation.override(language_of(language)):
        number = len(subjects)
        subject = ngettext("%(number)d 条通知", "%(number)d 条通知", number) % {"number": number}
        return Text(subject, "\n".join(f"· {one}" for one in subjects))


def link_line(address: str, *, language: str) -> str:
    """The last line of a message that leaves the product: where to go. Without a known address, in words."""
    with translation.override(language_of(language)):
        return address or _("请登录六分仪查看。")
