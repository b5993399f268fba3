"""How a result came about: from the light or the score down to the rows of the files it was computed from."""

from django.http import HttpRequest, HttpResponse

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs


@needs(Permission.GOAL_READ)
def explain(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The drawer of a goal."""
    return HttpResponse(status=404)


@needs(Permission.GOAL_READ)
def measurements(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The rows behind a goal as CSV."""
    return HttpResponse(status=404)
