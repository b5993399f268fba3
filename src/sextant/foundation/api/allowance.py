"""How often a client may call: a bucket that refills evenly. It is kept in PostgreSQL, so that all web processes share
one count; one statement, so that two calls at once cannot take the same."""

import math
from datetime import datetime

from django.db import connection

_LEFT = """least(calls_per_minute, allowance
    + greatest(0, extract(epoch from %(now)s::timestamptz - allowance_at)) * calls_per_minute / 60)"""
_TAKE = f"""update api_apiclient set allowance = {_LEFT} - 1, allowance_at = %(now)s, last_call_at = %(now)s
    where id = %(client)s and {_LEFT} >= 1 returning id"""


def take_call(client_id: int, *, now: datetime) -> bool:
    """Take one call out of the client's allowance; False when none is left."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"now": now, "client": client_id})
        return cursor.fetchone() is not None


def seconds_per_call(calls_per_minute: int) -> int:
    """After how many seconds a client without allowance may call again, rounded up.

    >>> seconds_per_call(60), seconds_per_call(7)
    (1, 9)
    """
    return math.ceil(60 / calls_per_minute)
