"""One request for adjustment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs


@needs(Permission.GOAL_ADJUST)
@require_safe
def detail(request: HttpRequest, request_id: int) -> HttpResponse:
    """The page of a request."""
    return render(request, "goals/adjustment/detail.html", {})
