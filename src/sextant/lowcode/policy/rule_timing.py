"""When a scheduled rule looks, since when something counts as overdue, and when acts of the night are done."""

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sextant.engines.schedule import WorkCalendar
from sextant.foundation.notices.policy.when import Wishes, end_of_quiet
from sextant.lowcode.rules.document import QuietKind, Rhythm, ScheduleTrigger

MOST_DAYS = 3660


def latest_hour(trigger: ScheduleTrigger, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The last time not after `now` at which the rule is to look, by the company's clock. An hour that the clock skips
    is the one after it; one that comes twice is the first.

    >>> from datetime import UTC
    >>> monday_nine = ScheduleTrigger(every=Rhythm.WEEKLY, weekday=1, hour=9)
    >>> latest_hour(monday_nine, now=datetime(2026, 11, 23, 0, 59, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai")).date()
    datetime.date(2026, 11, 16)
    """
    today = now.astimezone(zone).date()
    for back in range(MOST_DAYS):
        day = today - timedelta(days=back)
        if _is_day(trigger, day):
            at = datetime.combine(day, time(trigger.hour), zone).astimezone(now.tzinfo)
            if at <= now:
                return at
    raise ValueError("a schedule without a day")


def schedule_key(at: datetime, *, zone: ZoneInfo) -> str:
    """What names this look for good, whoever notices it and however late."""
    return f"schedule:{at.astimezone(zone):%Y-%m-%dT%H}"


def overdue_before(days: int, *, now: datetime, work_calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """What was due before this instant is now overdue by `days` working days or more. With 0 that is `now`.

    >>> from datetime import UTC
    >>> from sextant.engines.schedule import FIVE_DAY_WEEK
    >>> monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    >>> overdue_before(1, now=monday, work_calendar=FIVE_DAY_WEEK, zone=ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-11-22T16:00:00+00:00'
    """
    if not days:
        return now
    day, left = now.astimezone(zone).date(), days
    for _ in range(MOST_DAYS):
        left -= work_calendar.is_working(day)
        if not left:
            return datetime.combine(day, time(0), zone).astimezone(now.tzinfo)
        day -= timedelta(days=1)
    return datetime.combine(day, time(0), zone).astimezone(now.tzinfo)


def acts_at(quiet: QuietKind, *, now: datetime, zone: ZoneInfo) -> datetime:
    """When the acts of a rule that fires `now` are done: at once, or when the night of the company ends."""
    return now if quiet is QuietKind.AT_ONCE else end_of_quiet(Wishes(), at=now, zone=zone)


def _is_day(trigger: ScheduleTrigger, day: date) -> bool:
    if trigger.every is Rhythm.WEEKLY:
        return day.isoweekday() == trigger.weekday
    if trigger.every is Rhythm.MONTHLY:
        return day.day == min(trigger.day, calendar.monthrange(day.year, day.month)[1])
    return True
