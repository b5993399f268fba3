"""Standings that no longer say anything: goals that ended earlier than they were looked at."""

from collections.abc import Iterable
from datetime import date

from sextant.metrics.models import Standing


def forget_standings(goal_ids: Iterable[int], *, after: date | None = None) -> int:
    """Take away where these goals stand as of a day later than `after` (None: on any day), so that the next run of an
    earlier day can say it anew; how many. The runs, their digests and the changes of lights stay. The caller has asked
    `access` and holds a transaction."""
    found = Standing.objects.filter(goal_id__in=list(goal_ids))
    if after is not None:
        found = found.filter(as_of__gt=after)
    return found.delete()[0]
