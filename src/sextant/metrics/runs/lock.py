"""One evaluation at a time: standings of two runs are never mixed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCK_KEY = 0x5E87A47
"""Advisory lock of evaluation runs. A run holds it alone; who records a value by hand shares it with others who do."""


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock for the block; a second run waits here. It belongs to the database session, because a run is more
    than one transaction, and ends with the process when that is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
