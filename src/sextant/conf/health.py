"""`/healthz`: is this process able to answer pages?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from sextant.foundation.access.http import public


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok` when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})
