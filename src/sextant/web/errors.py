"""Pages for what went wrong: forbidden, not found, unreadable, our own fault. Statuses stay what they are."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.utils.translation import gettext as _

log = logging.getLogger("sextant.web.errors")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, and 413 for a form larger than is read: its length is known before any of it is."""
    if isinstance(exception, RequestDataTooBig):
        return _answer(request, 413, _("内容太大，没有保存。请分几次填写，大的内容作为文件上传。"))
    return _answer(request, 400, _("浏览器发来的内容读不懂。请返回后重试。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but the page belongs to another role."""
    return _answer(request, 403, _("这个页面不在你的权限内"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for the asker; the two look the same on purpose."""
    return _answer(request, 404, _("没有找到这个页面"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Draws no navigation, because the database may be what failed."""
    request.sextant_failed = True  # type: ignore[attr-defined]
    return _answer(request, 500, _("系统出了问题，请稍后再试"))


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _fragment(request, status, sentence)
    try:
        return render(request, f"errors/{status}.html", {"status": status}, status=status)
    except Exception:
        # the error page itself failed: the status still has to reach the reader
        log.exception("error page %s could not be drawn", status)
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


def _fragment(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """htmx swaps 4xx and 5xx answers into the page: one sentence there, never a page within the page."""
    try:
        return render(request, "web/_error.html", {"status": status, "sentence": sentence}, status=status)
    except TemplateDoesNotExist:
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
