"""How a web source is told who asks: a header, a password, or a token that is fetched and renewed on the way."""

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sextant.metrics.connectors.contracts import SecretReader, SourceFailed
from sextant.metrics.connectors.document import BasicAuth, HeaderAuth, OAuth2Auth, RestSource
from sextant.metrics.connectors.web import Answer, WebReader

_UNAUTHORIZED = 401
_EARLY_SECONDS = 30.0
"""A token is renewed this long before it ends (or a tenth of its life, if that is less): a request takes time, too."""


@dataclass(slots=True)
class _Token:
    """A token of this run; it is kept nowhere else. `ends_at` by the run's clock, None when the source does not say.

    `has_worked`: the source took it before, so that a refusal means that it ended, and not that it is wrong.
    """

    value: str
    ends_at: float | None
    has_worked: bool = False


class LoggedIn:
    """Asks a source with its credentials."""

    def __init__(self, source: RestSource, reader: WebReader, *, secrets: SecretReader) -> None:
        self._auth = source.auth
        self._headers = dict(source.headers)
        self._reader = reader
        self._secrets = secrets
        self._token: _Token | None = None
        match self._auth:
            case HeaderAuth() as auth:
                value = _header_safe(secrets(auth.secret), auth.secret)
                self._headers[auth.header] = f"{auth.prefix} {value}".strip()
            case BasicAuth() as auth:
                pair = f"{auth.user}:{secrets(auth.secret)}"
                self._headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"

    def ask(self, url: str, *, params: Mapping[str, str], expected: Collection[int] = ()) -> Answer:
        """As WebReader.ask. A token that ended on the way is renewed and the request sent again, once; one that was
        just issued and is refused is a failure like any other."""
        try:
            return self._ask(url, params=params, expected=expected)
        except SourceFailed as failure:
            if not self._has_ended(failure):
                raise
            self._token = None
            return self._ask(url, params=params, expected=expected)

    def _ask(self, url: str, *, params: Mapping[str, str], expected: Collection[int]) -> Answer:
        headers = self._headers
        if isinstance(self._auth, OAuth2Auth):
            if self._token is None or self._is_due(self._token):
                self._token = self._issued(self._auth)
            headers = {**headers, "Authorization": f"Bearer {self._token.value}"}
        answer = self._reader.ask(url, params=params, headers=headers, expected=expected)
        if self._token is not None:
            self._token.has_worked = True
        return answer

    def _has_ended(self, failure: SourceFailed) -> bool:
        is_refused = failure.problem.params.get("status") == _UNAUTHORIZED
        return is_refused and self._token is not None and self._token.has_worked

    def _is_due(self, token: _Token) -> bool:
        return token.ends_at is not None and self._reader.monotonic() >= token.ends_at

    def _issued(self, auth: OAuth2Auth) -> _Token:
        """A new token (RFC 6749, 4.4)."""
        form = {
            "grant_type": "client_credentials",
            "client_id": auth.client_id,
            "client_secret": self._secrets(auth.secret),
        }
        if auth.scope:
            form["scope"] = auth.scope
        asked_at = self._reader.monotonic()
        # a client the server does not know is a 400 or 401 in OAuth2: either way the credentials are wrong
        answer = self._reader.ask(auth.token_url, form=form, expected={400})
        document = answer.document if isinstance(answer.document, dict) else {}
        value = document.get("access_token")
        if not isinstance(value, str) or not value:
            raise SourceFailed("no_token", url=auth.token_url)
        lives = _seconds(document.get("expires_in"))
        ends_at = None if lives is None else asked_at + lives - min(_EARLY_SECONDS, lives / 10)
        return _Token(_header_safe(value, auth.secret), ends_at)


def _seconds(given: object) -> float | None:
    """How long a token lives, as the source wrote it; None when it does not say, or nothing sensible.

    >>> _seconds(3600), _seconds("3600"), _seconds(None), _seconds("soon"), _seconds(-1)
    (3600.0, 3600.0, None, None, None)
    """
    is_number = isinstance(given, int | Decimal | str) and not isinstance(given, bool)
    text = str(given) if is_number else ""
    return float(text) if text.replace(".", "", 1).isdecimal() and float(text) > 0 else None


def _header_safe(value: str, name: str) -> str:
    """A secret pasted with a line break would smuggle in headers, or break the request with the secret in the error."""
    stripped = value.strip()
    if not stripped.isascii() or not stripped.isprintable():
        raise SourceFailed("secret_unusable", secret=name)
    return stripped
