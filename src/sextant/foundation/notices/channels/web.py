"""Calling an address of a channel with JSON, and reading its answer."""

import json
from collections.abc import Collection, Mapping

from sextant.foundation.notices.channels.contracts import SendFailed
from sextant.foundation.outbound.calls import Answer, Caller, CallFailed

JSON = "application/json; charset=utf-8"


def call(
    caller: Caller, url: str, *, body: bytes, content_type: str = JSON, headers: Mapping[str, str] | None = None
) -> Answer:
    """Post to `url`. Raises SendFailed: of the whole channel when nobody answers, it is busy or refuses us."""
    try:
        answer = caller.send("POST", url, body=body, headers={**(headers or {}), "Content-Type": content_type})
    except CallFailed as failed:
        raise SendFailed(failed.code, failed.detail, is_whole=True) from failed
    if answer.status < 300:
        return answer
    detail = f"HTTP {answer.status} {answer.excerpt}"
    if answer.status in {429, 502, 503, 504}:
        raise SendFailed("busy", detail, is_whole=True, wait=_asked(answer))
    if answer.status in {401, 403, 404, 410} or answer.status < 400:
        raise SendFailed("refused_us", detail, is_whole=True)
    raise SendFailed("refused", detail, is_final=400 <= answer.status < 500)


def as_json(document: object) -> bytes:
    """`document` as the body of a call."""
    return json.dumps(document, ensure_ascii=False).encode()


def read_json(answer: Answer) -> dict[str, object]:
    """The object in an answer. Raises SendFailed when there is none."""
    try:
        document = json.loads(answer.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise SendFailed("not_understood", answer.excerpt, is_whole=True)
    return document


def judge(code: object, detail: object, *, good: object, busy: Collection[int], ours: Collection[int]) -> None:
    """Raise SendFailed unless `code` is `good`: `busy` codes mean too many messages, `ours` a wrong address, signature
    or setting of the channel; any other is about this message."""
    if code == good:
        return
    said = f"{code} {detail}"
    if code in busy:
        raise SendFailed("busy", said, is_whole=True, wait=60)
    if code in ours:
        raise SendFailed("refused_us", said, is_whole=True)
    raise SendFailed("refused", said)


def _asked(answer: Answer) -> float | None:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None
