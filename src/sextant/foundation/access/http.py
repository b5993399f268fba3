"""Default deny for URLs: a view says what it needs, and a view that says nothing is refused.

`@needs(Permission.X)` for signed-in pages, `@public` for the few that anyone may open. The middleware reads the
mark; `tests/test_access_table.py` holds the expected answer per role for each of them. Doors for programs carry a third
mark, `SIGNED`, which `foundation.api.http.operation` sets and nothing else may: it checks the signature and the scope.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
PUBLIC = "public"
SIGNED = "signed"


def needs(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only actors holding `permission` reach it; others get 403, strangers the sign-in page."""

    def mark(view: View) -> View:
        view.access_rule = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that needs no account (sign-in, health, static help)."""
    view.access_rule = PUBLIC  # type: ignore[attr-defined]
    return view


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in actor of this request, put there by the actor middleware; only edges call this."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise PermissionDenied("no actor: the view is public or the middleware is missing")
    return actor


class AccessMiddleware:
    """Refuses every view without a mark, and every actor without the permission the mark names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponse | None:
        rule = getattr(view, "access_rule", None)
        if rule in {PUBLIC, SIGNED}:
            return None
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            if request.headers.get("HX-Request"):
                return HttpResponse(status=401, headers={"HX-Redirect": reverse("accounts:sign_in")})
            return redirect(_sign_in_url(request))
        if rule is None or not may(actor, rule):
            raise PermissionDenied
        return None


def _sign_in_url(request: HttpRequest) -> str:
    """The sign-in page, remembering where the stranger was going. A lost POST is not repeated: it starts afresh."""
    door = reverse("accounts:sign_in")
    return f"{door}?{urlencode({'next': request.get_full_path()})}" if request.method in {"GET", "HEAD"} else door
