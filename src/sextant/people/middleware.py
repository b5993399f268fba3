"""Puts the signed-in actor on the request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day, now
from sextant.people.access import actor_of_account


class ActorMiddleware:
    """`request.actor` is the Actor of the session's account, or None for a stranger. One query beside the account's
    own; none for strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = _actor_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def _actor_of(request: HttpRequest) -> Actor | None:
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    return actor_of_account(user.pk, label=str(user), on=company_day(now(), settings.SEXTANT_ZONE))
