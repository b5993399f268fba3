"""Params of notices as JSON, and back as texts in the reader's language.

Plain texts and whole numbers stay as they are. Decimals, days, instants and translated words carry a mark, so that
they are written as the reader writes them, months later and in another language.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils import formats, translation
from django.utils.functional import Promise
from django.utils.translation import gettext

from sextant.foundation.notices.contracts import NoticeSpec, NoticeUnknown, Phrase


def packed(spec: NoticeSpec, params: Mapping[str, object]) -> dict[str, object]:
    """`params` as JSON values. Raises NoticeUnknown when they are not those the notice declares."""
    if set(params) != set(spec.params):
        raise NoticeUnknown(f"{spec.code} has the params {sorted(spec.params)}, not {sorted(params)}")
    return {name: _packed(value) for name, value in params.items()}


def unpacked(params: Mapping[str, object]) -> dict[str, str]:
    """What `packed` made, as texts in the language that is active."""
    return {name: _unpacked(value) for name, value in params.items()}


def _packed(value: object) -> object:
    if isinstance(value, Phrase):
        with translation.override(None):
            return {"phrase": [str(value.text), dict(value.values)]}
    if isinstance(value, Promise):
        with translation.override(None):  # the msgid: every language is made from it
            return {"word": str(value)}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NoticeUnknown(f"a param of a notice is a text, number, day or translated word, not {type(value)}")
    return value


def _unpacked(value: object) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    [(mark, text)] = value.items()
    match mark:
        case "word":
            return gettext(text)
        case "phrase":
            words, values = text
            return str(gettext(words) % values)
        case "day":
            return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")
        case "at":
            local = datetime.fromisoformat(text).astimezone(settings.SEXTANT_ZONE)
            return formats.date_format(local, "DATETIME_FORMAT")
        case _:
            return formats.number_format(Decimal(text), use_l10n=True)
