"""Reading the body of a call: bounded before and after unpacking, UTF-8, every digit as it was written.

The bytes as sent are what is signed; unpacking and parsing happen only for callers who have proved who they are.
"""

import json
import re
import zlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from django.http import HttpRequest

from sextant.foundation.api.contracts import CallRefused

LARGEST_BODY = 10 * 1024 * 1024
_DROPPED, _CHUNK = 4 * LARGEST_BODY, 256 * 1024
_LONGEST_NUMBER, _LARGEST_EXPONENT = 400, 60
_SUSPECT = re.compile(r"\\u(0000|[dD][89abAB]|[dD][c-fC-F])")
"""Escapes of NUL, which no database text may hold, and of halves of characters. Most bodies have none."""
_GZIP = 16 + zlib.MAX_WBITS


def read_bytes(request: HttpRequest) -> bytes:
    """The body as it was sent, at most LARGEST_BODY bytes. Raises CallRefused 411 or 413.

    Django's own limit on bodies is for forms, so the stream is read past it, under this one.
    """
    if request.method in {"GET", "HEAD"}:
        return b""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise CallRefused(411, "api.length_missing")
    if len(length) > 12 or int(length) > LARGEST_BODY:
        _drop(request)
        raise CallRefused(413, "api.too_large", limit=LARGEST_BODY)
    return request.read(int(length))


def _drop(request: HttpRequest) -> None:
    """Take a body somewhat too large off the line: many clients read no answer before they have sent everything."""
    for _ in range(_DROPPED // _CHUNK):
        if not request.read(_CHUNK):
            return


def read_json(request: HttpRequest, sent: bytes) -> object:
    """The JSON value in the bytes `sent`: numbers with a point as Decimal, others as int. Raises CallRefused."""
    if request.content_type != "application/json":
        raise CallRefused(415, "api.wrong_type")
    if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise CallRefused(415, "api.wrong_type")
    return parse_json(_text(_unpacked(request.headers.get("Content-Encoding", ""), sent)))


def parse_json(text: str) -> object:
    """The JSON value in `text`; a key written twice, NaN and numbers without end are refused (CallRefused 400).

    >>> parse_json('{"value": 0.10, "count": 3}')
    {'value': Decimal('0.10'), 'count': 3}
    """
    try:
        found = json.loads(
            text, parse_float=_decimal, parse_int=_whole, parse_constant=_bad_number, object_pairs_hook=_unique
        )
        if _SUSPECT.search(text) and not _is_storable(found):
            raise CallRefused(400, "api.bad_character")
        return found
    except json.JSONDecodeError as error:
        raise CallRefused(400, "api.bad_json", line=error.lineno, column=error.colno, detail=error.msg) from error
    except RecursionError as error:
        raise CallRefused(400, "api.too_deep") from error


def _unpacked(encoding: str, sent: bytes) -> bytes:
    if encoding.strip().lower() in {"", "identity"}:
        return sent
    if encoding.strip().lower() != "gzip":
        raise CallRefused(415, "api.wrong_type")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        # one byte more than allowed tells a bomb from a body of just the largest size; nothing beyond is unpacked
        found = unpacker.decompress(sent, LARGEST_BODY + 1)
    except zlib.error as error:
        raise CallRefused(400, "api.bad_gzip") from error
    if len(found) > LARGEST_BODY:
        raise CallRefused(413, "api.too_large", limit=LARGEST_BODY)
    if not unpacker.eof or unpacker.unused_data:
        raise CallRefused(400, "api.bad_gzip")
    return found


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CallRefused(400, "api.bad_encoding", place=error.start + 1) from error


def _decimal(written: str) -> Decimal:
    try:
        number = Decimal(written) if len(written) <= _LONGEST_NUMBER else None
    except InvalidOperation:
        number = None
    if number is not None and abs(number.adjusted()) > _LARGEST_EXPONENT and number:
        # a few characters such as 1e999999 would become a million digits as soon as somebody writes them out
        number = None
    return _bad_number(written) if number is None else number


def _whole(written: str) -> int:
    return int(written) if len(written) <= _LONGEST_NUMBER else _bad_number(written)


def _bad_number(written: str) -> NoReturn:
    raise CallRefused(400, "api.bad_number", value=written[:40])


def _is_storable(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= mark <= "\udfff" for mark in value)
    if isinstance(value, dict):
        return all(_is_storable(part) for pair in value.items() for part in pair)
    return not isinstance(value, list) or all(_is_storable(part) for part in value)


def _unique(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise CallRefused(400, "api.key_twice", key=twice[:80])
    return found
