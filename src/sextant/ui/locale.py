"""Which language a page speaks: the account's own, else the browser's cookie, else what the browser asks for."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

YEAR = 365 * 24 * 3600
_HTML = {"zh-hans": "zh-Hans"}


def html_language(code: str | None) -> str:
    """The `lang` attribute for a language code. Han glyphs may come out Japanese without it.

    >>> html_language("zh-hans"), html_language("en"), html_language(None)
    ('zh-Hans', 'en', 'zh-Hans')
    """
    code = code or settings.LANGUAGE_CODE
    return _HTML.get(code, code)


def known_language(code: str | None) -> str | None:
    """`code` when the product speaks it, else None."""
    return code if code in dict(settings.LANGUAGES) else None


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the language in this browser for a year, for pages without an account."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


class LanguageMiddleware:
    """Runs before the account is known, so it decides twice: from cookie and header for pages that no view answers,
    and from the account when a view is about to run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self._speak(request, translation.get_language_from_request(request))
        try:
            response = self.get_response(request)
        finally:
            translation.deactivate()
        language = request.LANGUAGE_CODE
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = _in_language(response.streaming_content, language)
        response.headers.setdefault("Content-Language", html_language(language))
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object) -> None:
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and (saved := known_language(getattr(user, "language", ""))):
            self._speak(request, saved)

    @staticmethod
    def _speak(request: HttpRequest, language: str) -> None:
        translation.activate(language)
        request.LANGUAGE_CODE = language


def _in_language(parts: Iterable[bytes], language: str) -> Iterator[bytes]:
    """Parts of a download, each made in `language`: they are asked for after the request has left this middleware."""
    source = iter(parts)
    while True:
        with translation.override(language):
            try:
                part = next(source)
            except StopIteration:
                return
        yield part
