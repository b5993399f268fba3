"""The product's addresses, and a few that misbehave on purpose."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from sextant.foundation.access.http import public

PAGE = """{% extends "base.html" %}{% block title %}t{% endblock %}{% block body %}
<main id="main" tabindex="-1">
<button id="get-500" hx-get="/t/500/" hx-target="#out">a</button>
<button id="get-404" hx-get="/t/404/" hx-target="#out">b</button>
<button id="get-403" hx-get="/t/403/" hx-target="#out">c</button>
<button id="get-422" hx-get="/t/422/" hx-target="#out">d</button>
<button id="get-401" hx-get="/t/401/" hx-target="#out">e</button>
<button id="count" hx-post="/t/count/" hx-target="#out">f</button>
<form method="post" action="/t/count/">{% csrf_token %}<button id="send">g</button></form>
<div id="out">before</div>
</main>{% endblock %}"""
counted: list[str] = []


@public
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))


@public
def answer(request: HttpRequest, status: int) -> HttpResponse:
    if status == 404:
        raise Http404
    if status == 403:
        raise PermissionDenied
    if status == 500:
        raise RuntimeError("on purpose")
    headers = {"HX-Redirect": "/account/sign-in/"} if status == 401 else {}
    return HttpResponse(f"<p>form with errors {status}</p>", status=status, headers=headers)


@public
def count(request: HttpRequest) -> HttpResponse:
    counted.append(request.method or "")
    return HttpResponse(f"<p>counted {len(counted)}</p>")


urlpatterns = [
    path("t/", page),
    path("t/count/", count),
    path("t/<int:status>/", answer),
    path("", include("sextant.conf.urls")),
]
handler403 = "sextant.web.errors.forbidden"
handler404 = "sextant.web.errors.not_found"
handler500 = "sextant.web.errors.server_error"
