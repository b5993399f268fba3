"""Asking a web address until it answers: limits, waiting, and every way in which a source can fail, told apart."""

import json
import random
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx

from sextant.metrics.connectors.contracts import Meter, SourceFailed
from sextant.metrics.connectors.document import Limits, origin_of
from sextant.metrics.connectors.hosts import judged_transport

_MEBIBYTE = 1024 * 1024
_ANSWER_MOST = 64 * _MEBIBYTE
"""One answer is held in memory while it is read; a source that wants to say more has pages."""
_BUSY = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as a reading sees it; tests put their own in, so that nothing really waits."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    today: Callable[[], datetime] = field(default=lambda: datetime.fromtimestamp(time.time(), UTC))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the document, where it came from, its headers. `document` is None for a status in `expected`."""

    document: object
    url: str
    status: int
    links: Mapping[str, str]


class WebReader:
    """Asks one source, politely: no faster than agreed, again after a failure, never longer than allowed."""

    def __init__(self, limits: Limits, *, meter: Meter, allowed_hosts: Collection[str], clock: Clock | None = None):
        self._limits = limits
        self._meter = meter
        self._clock = clock or Clock()
        self._ends_at = self._clock.monotonic() + limits.total_seconds
        self._next_at = 0.0
        timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
        self._client = httpx.Client(
            transport=judged_transport(allowed=allowed_hosts),
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": "application/json", "User-Agent": "Sextant"},
        )

    def __enter__(self) -> "WebReader":
        return self

    def __exit__(self, *problem: object) -> None:
        self._client.close()

    def monotonic(self) -> float:
        """Seconds by the clock of this reading."""
        return self._clock.monotonic()

    def ask(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        expected: Collection[int] = (),
    ) -> Answer:
        """The JSON document at `url`; with `form` it is posted. Statuses in `expected` come back without a document.

        Failures that pass (429, 5xx, no connection, silence) are tried again, the others raise at once: SourceFailed.
        """
        address = _with_params(url, params)
        for attempt in range(1, self._limits.attempts + 1):
            self._wait_for_turn()
            try:
                return self._ask_once(address, headers=headers or {}, form=form, expected=expected)
            except _Again as again:
                if attempt == self._limits.attempts:
                    raise again.failure from again
                self._pause(again, attempt=attempt)
        raise AssertionError("the last attempt returns or raises")

    def _ask_once(
        self,
        address: str,
        *,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
        expected: Collection[int],
    ) -> Answer:
        for _ in range(_MOST_REDIRECTS + 1):
            status, answer_headers, body = self._send(address, headers=headers, form=form)
            if status not in _REDIRECTS:
                break
            address = _redirected(address, answer_headers.get("location", ""))
        else:
            raise SourceFailed("too_many_redirects", url=_plain(address))
        if status in expected:
            return Answer(None, address, status, {})
        _refuse_status(status, address, answer_headers, body)
        return Answer(_document(body, address, answer_headers), address, status, _links(address, answer_headers))

    def _send(
        self, address: str, *, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        self._meter.requests += 1
        try:
            method = "GET" if form is None else "POST"
            with self._client.stream(method, address, headers=dict(headers), data=form) as answer:
                return answer.status_code, answer.headers, self._body(answer)
        except httpx.TimeoutException as error:
            silence = SourceFailed("silent", host=_host(address), seconds=self._limits.read_seconds)
            raise _Again(silence) from error
        except httpx.ConnectError as error:
            if "certificate" in str(error).lower() or "ssl" in str(error).lower():
                raise SourceFailed("bad_certificate", host=_host(address), detail=str(error)[:200]) from error
            raise _Again(SourceFailed("no_connection", host=_host(address), detail=str(error)[:200])) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Again(SourceFailed("cut_off", host=_host(address), detail=str(error)[:200])) from error

    def _body(self, answer: httpx.Response) -> bytes:
        """The body, given up when it takes too long or grows too large: a source may drip forever."""
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            self._meter.bytes += len(chunk)
            self._refuse_when_late()
            if len(body) > _ANSWER_MOST:
                raise SourceFailed("answer_too_large", megabytes=_ANSWER_MOST // _MEBIBYTE)
            if self._meter.bytes > self._limits.megabytes * _MEBIBYTE:
                raise SourceFailed("too_many_bytes", megabytes=self._limits.megabytes)
        return bytes(body)

    def _wait_for_turn(self) -> None:
        self._refuse_when_late()
        if not self._limits.requests_per_minute:
            return
        at = self._clock.monotonic()
        if at < self._next_at:
            self._clock.sleep(self._next_at - at)
        self._next_at = max(at, self._next_at) + 60 / self._limits.requests_per_minute

    def _pause(self, again: "_Again", *, attempt: int) -> None:
        """Wait as long as the source asks, else longer each time with jitter, so that many do not come back at once."""
        ceiling = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1))
        wait = _asked_wait(again.retry_after, self._clock.today())
        wait = ceiling * (0.5 + self._clock.jitter() / 2) if wait is None else wait
        if self._clock.monotonic() + wait > self._ends_at:
            raise again.failure
        self._clock.sleep(wait)

    def _refuse_when_late(self) -> None:
        if self._clock.monotonic() > self._ends_at:
            raise SourceFailed("too_slow", seconds=self._limits.total_seconds)


class _Again(Exception):
    """A failure that may pass. `retry_after` is what the source said of it."""

    def __init__(self, failure: SourceFailed, *, retry_after: str = "") -> None:
        super().__init__(failure)
        self.failure = failure
        self.retry_after = retry_after


def _refuse_status(status: int, address: str, headers: httpx.Headers, body: bytes) -> None:
    if status < 300:
        return
    params = {"status": status, "url": _plain(address), "answer": _excerpt(body)}
    if status in _BUSY:
        code = "too_often" if status == 429 else "source_error"
        raise _Again(SourceFailed(code, **params), retry_after=headers.get("retry-after", ""))
    if status in {401, 403}:
        raise SourceFailed("credentials_refused", **params)
    raise SourceFailed("not_found" if status in {404, 410} else "unexpected_status", **params)


def _document(body: bytes, address: str, headers: httpx.Headers) -> object:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        kind = headers.get("content-type", "").partition(";")[0]
        raise SourceFailed("not_json", url=_plain(address), kind=kind or "?", answer=_excerpt(body)) from error


def _redirected(address: str, location: str) -> str:
    """Where a redirect leads; to another host it is refused, because headers with secrets would go along."""
    target = urljoin(address, location)
    refuse_other_host(address, target)
    return target


def refuse_other_host(address: str, target: str) -> None:
    """SourceFailed (`elsewhere`) unless `target` is on the origin of `address`, or the same host made safe by https."""
    here, there = urlsplit(address), urlsplit(target)
    made_safe = here.hostname == there.hostname and (here.scheme, there.scheme) == ("http", "https")
    if there.scheme not in {"http", "https"} or (origin_of(address) != origin_of(target) and not made_safe):
        raise SourceFailed("elsewhere", url=_plain(address), target=_plain(target))


def _links(address: str, headers: httpx.Headers) -> dict[str, str]:
    """Targets of the header `Link`, by relation. A comma may stand inside an address, so httpx reads it."""
    response = httpx.Response(200, headers={"link": headers["link"]}) if "link" in headers else None
    found = response.links if response is not None else {}
    return {str(rel): urljoin(address, entry["url"]) for rel, entry in found.items() if entry.get("url")}


def _with_params(url: str, params: Mapping[str, str] | None) -> str:
    return str(httpx.URL(url).copy_merge_params(dict(params))) if params else url


def _asked_wait(text: str, now: datetime) -> float | None:
    """Seconds a Retry-After header asks for (RFC 9110: seconds or a date); None when there is none."""
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _plain(address: str) -> str:
    """An address as it may be shown and stored: without the query, where some sources want their keys."""
    return address.partition("?")[0][:300]


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _excerpt(body: bytes) -> str:
    return " ".join(body[:400].decode("utf-8", "replace").split())[:160]
