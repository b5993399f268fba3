"""When a time limit ends."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sextant.engines.flow.model import Node, Span, Unit
from sextant.engines.schedule import WorkCalendar

MOST_DAYS = 3660
"""A calendar without a working day in ten years counts every day."""
MIDNIGHT = time(0)


def deadline(moment: datetime, span: Span, *, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """The instant `span` after `moment`, in UTC as given.

    Hours pass day and night. Working days end at the same time of day where the company works, whatever its clocks were
    set to in between; a limit that starts on a day off starts with the next working day.

    >>> from datetime import UTC
    >>> from sextant.engines.schedule import FIVE_DAY_WEEK
    >>> friday = datetime(2026, 11, 20, 9, 42, tzinfo=UTC)
    >>> deadline(friday, Span(2, Unit.WORKDAY), calendar=FIVE_DAY_WEEK, zone=ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-11-24T09:42:00+00:00'
    """
    if span.unit is not Unit.WORKDAY:
        return moment + timedelta(**{"minutes" if span.unit is Unit.MINUTE else "hours": span.amount})
    local = moment.astimezone(zone)
    day, at = local.date(), local.time()
    if not calendar.is_working(day):
        day, at = _next_working(day, calendar), MIDNIGHT
    for _ in range(span.amount):
        day = _next_working(day, calendar)
    return datetime.combine(day, at, tzinfo=zone).astimezone(moment.tzinfo)


def limits_of(node: Node, *, now: datetime, calendar: WorkCalendar, zone: ZoneInfo) -> tuple[tuple[str, datetime], ...]:
    """(code of the limit, when it is reached) for each rung of a step that opens `now`, the nearest first."""
    reached = ((limit.code, deadline(now, limit.after, calendar=calendar, zone=zone)) for limit in node.limits)
    return tuple(sorted(reached, key=lambda pair: pair[1]))


def _next_working(day: date, calendar: WorkCalendar) -> date:
    for step in range(1, MOST_DAYS):
        if calendar.is_working(day + timedelta(days=step)):
            return day + timedelta(days=step)
    return day + timedelta(days=1)
