"""Keeps "last seen" of a browser fresh, at most one write per ten minutes."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from sextant.foundation.accounts.actions import SEEN_EVERY, touch_session
from sextant.foundation.clock import now as clock_now


class SessionSeenMiddleware:
    """The stamp lives in the session itself, so that an ordinary page costs no query for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if seen := request.session.get("seen_at"):
            moment = clock_now()
            if moment - datetime.fromisoformat(seen) > SEEN_EVERY:
                request.session["seen_at"] = moment.isoformat()
                touch_session(str(request.session.session_key), now=moment)
        return self.get_response(request)
