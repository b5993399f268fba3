"""What a page says when stored data are damaged: one answer for every page, so that none has to think of it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.foundation.damage import DataDamaged


class DataDamagedMiddleware:
    """503: a number from what is left would be a wrong one. Which files, and what to do about them, is for those who
    may see evaluation runs; everyone else is told whom to tell."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a view that met damaged data; every other error is not ours."""
        if not isinstance(error, DataDamaged):
            return None
        said = _("数据账本有文件损坏，暂时算不出这些数。请告诉管理员，恢复后再打开。")
        context = {"status": 503, "sentence": str(error) if _may_know(request) else said}
        template = "web/_error.html" if request.headers.get("HX-Request") else "errors/503.html"
        return render(request, template, context, status=503)


def _may_know(request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return isinstance(actor, Actor) and may(actor, Permission.RUN_READ)
