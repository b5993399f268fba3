"""A part of a page that is opened by its own address gets a page around it.

Drawers, dialogs and parts that load themselves are answered as bare fragments. A link opened in a new tab, a reload or
a browser without scripts asks for the same address without htmx, and would get a heap of text. Views need do nothing:
whatever HTML is not a page becomes one here.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe

_A_PAGE_BEGINS = b"<!doctype"
_LOOKED_AT = 200


def name_part(request: HttpRequest, *, title: str, tab: str = "", back: str = "") -> None:
    """What the page around this part is called, the tab it begins with if it has any, and where it leads back to when
    that is not the address above its own."""
    named = {"title": title, "tab": tab, **({"back": back} if back else {})}
    request.sextant_part = named  # type: ignore[attr-defined]


class WholePageMiddleware:
    """Wraps HTML fragments that htmx did not ask for. The address above the fragment's leads back to its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_fragment(response):
            return response
        if not request.headers.get("HX-Request"):
            whole = render(request, "ui/whole_page.html", _context(request, response), status=response.status_code)
            response.content = whole.content
        patch_vary_headers(response, ("HX-Request",))
        return response


def _is_fragment(response: HttpResponse) -> bool:
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return False
    beginning = response.content[:_LOOKED_AT].lstrip().lower()
    return bool(beginning) and not beginning.startswith(_A_PAGE_BEGINS)


def _context(request: HttpRequest, response: HttpResponse) -> dict[str, object]:
    text = response.content.decode()
    # the fragment was rendered, and escaped, by the view's own template
    part = mark_safe(text)
    return {
        "title": "",
        "tab": "",
        "back": _page_above(request.path),
        **getattr(request, "sextant_part", {}),
        "part": part,
        "has_cards": "sx-card" in text,
    }


def _page_above(path: str) -> str:
    """The nearest address above that leads somewhere: not every part of an address is one."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"
