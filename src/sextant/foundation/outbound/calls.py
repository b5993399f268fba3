"""One call to somebody else's address: it ends in time, follows nothing, and every way to fail has its own code."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from sextant.foundation.outbound.hosts import HostRefused, judged_address, judged_transport

CONNECT_SECONDS = 5.0
_ANSWER_MOST = 64 * 1024
_EXCERPT = 200


class CallFailed(Exception):
    """No answer came. `code`: host_unknown, host_private, bad_address, no_connection, bad_certificate, cut_off, silent
    (no answer in time: whether the other side acted is unknown). `detail` is for administrators."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail[:_EXCERPT]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: any status, redirects included; the body up to 64 KiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: int

    @property
    def excerpt(self) -> str:
        """The beginning of the body as one line, for a log."""
        return " ".join(self.body[: _EXCERPT * 4].decode("utf-8", "replace").split())[:_EXCERPT]


class Caller:
    """Calls, with connections kept open between them. `seconds` is for a whole call, however slowly its answer drips;
    `allowed_hosts` may lie in private networks."""

    def __init__(self, *, allowed_hosts: Collection[str], seconds: float = 10.0) -> None:
        self._seconds = seconds
        self._client = httpx.Client(
            transport=judged_transport(partial(judged_address, allowed=allowed_hosts)),
            timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Sextant"},
        )

    def __enter__(self) -> "Caller":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def send(self, method: str, url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One call. Raises CallFailed."""
        if urlsplit(url).scheme not in {"http", "https"}:
            raise CallFailed("bad_address")
        began = time.monotonic()
        try:
            with self._client.stream(method, url, content=body, headers=dict(headers)) as answer:
                kept = self._read(answer, ends_at=began + self._seconds)
                return Answer(answer.status_code, dict(answer.headers), kept, _since(began))
        except HostRefused as error:
            raise CallFailed(error.code, " ".join(error.params.values())) from error
        except httpx.TimeoutException as error:
            code = "no_connection" if isinstance(error, httpx.ConnectTimeout) else "silent"
            raise CallFailed(code, f"{self._seconds:g} s") from error
        except httpx.ConnectError as error:
            is_tls = "certificate" in str(error).lower() or "ssl" in str(error).lower()
            raise CallFailed("bad_certificate" if is_tls else "no_connection", str(error)) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise CallFailed("bad_address", str(error)) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise CallFailed("cut_off", str(error)) from error

    def _read(self, answer: httpx.Response, *, ends_at: float) -> bytes:
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if time.monotonic() > ends_at:
                raise CallFailed("silent", f"{self._seconds:g} s")
            if len(body) >= _ANSWER_MOST:
                break  # nobody needs the rest; closing the stream drops it
        return bytes(body[:_ANSWER_MOST])


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
