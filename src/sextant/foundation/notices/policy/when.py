"""When a notice may go to a person over a channel: now, later, or in the next digest, and why.

Times of day are minutes by the company's clock. Everything is decided when the notice is written, so that the person
and the administrator can read in the log when it will go and why not earlier.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sextant.foundation.notices.contracts import DigestRhythm

_SATURDAY = 5


class Why(StrEnum):
    """Why a notice does not go at once; `NOTHING` when it does."""

    NOTHING = ""
    QUIET = "quiet"
    DIGEST = "digest"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wants, as `models.Habits` keeps it."""

    is_quiet: bool = True
    quiet_from: int = 22 * 60
    quiet_until: int = 8 * 60
    is_quiet_on_weekends: bool = False
    lets_urgent_pass: bool = True
    digest: DigestRhythm = DigestRhythm.NONE
    digest_hour: int = 9


@dataclass(frozen=True, slots=True)
class When:
    """`at` is an instant; `is_digest`: together with what else waits for the same digest."""

    at: datetime
    why: Why = Why.NOTHING
    is_digest: bool = False


def decide_when(
    wishes: Wishes, *, now: datetime, zone: ZoneInfo, is_urgent: bool, sent_lately: int, per_hour: int
) -> When:
    """When a notice of `now` goes. `sent_lately` is how many this person got over this channel within the hour before,
    `per_hour` how many are allowed. Who wants no digest gets what is too much with the next hour's full stroke.

    >>> from datetime import UTC
    >>> late = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai, a Saturday
    >>> found = decide_when(Wishes(), now=late, zone=ZoneInfo("Asia/Shanghai"), is_urgent=False, sent_lately=0,
    ...                     per_hour=20)
    >>> found.why.value, found.at.isoformat()
    ('quiet', '2026-11-22T00:00:00+00:00')
    """
    if is_urgent and wishes.lets_urgent_pass:
        return When(now)
    if not is_urgent and wishes.digest is not DigestRhythm.NONE:
        return When(next_digest(wishes, now=now, zone=zone), Why.DIGEST, is_digest=True)
    if sent_lately >= per_hour:
        return When(end_of_quiet(wishes, at=_next_hour(now), zone=zone), Why.RATE, is_digest=True)
    at = end_of_quiet(wishes, at=now, zone=zone)
    return When(at, Why.QUIET if at > now else Why.NOTHING)


def end_of_quiet(wishes: Wishes, *, at: datetime, zone: ZoneInfo) -> datetime:
    """The first instant from `at` on at which the person may be disturbed; `at` itself when it is one. Over a change
    of the clock the wall time counts: quiet ends when the clock on the wall says so."""
    for _ in range(10):  # night, two days of a weekend, night: each step leaves one stretch behind
        later = _after_this_stretch(wishes, at.astimezone(zone), zone)
        if later is None:
            return at
        at = later.astimezone(at.tzinfo)
    return at


def next_digest(wishes: Wishes, *, now: datetime, zone: ZoneInfo) -> datetime:
    """When the next digest goes: at its hour, daily or on Mondays, after `now`; not in quiet hours."""
    here = now.astimezone(zone)
    day = here.date()
    while True:
        at = datetime.combine(day, time(wishes.digest_hour), zone)
        if at > here and (wishes.digest is not DigestRhythm.WEEKLY or day.weekday() == 0):
            return end_of_quiet(wishes, at=at.astimezone(now.tzinfo), zone=zone)
        day += timedelta(days=1)


def _after_this_stretch(wishes: Wishes, here: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of the quiet stretch that holds `here`; None when none does."""
    minute = here.hour * 60 + here.minute
    if wishes.is_quiet:
        start, end = wishes.quiet_from, wishes.quiet_until
        crosses = start > end
        if crosses and minute >= start:
            return _wall(here, 1, end, zone)
        if (crosses and minute < end) or (start <= minute < end):
            return _wall(here, 0, end, zone)
    if wishes.is_quiet and wishes.is_quiet_on_weekends and here.weekday() >= _SATURDAY:
        return _wall(here, 7 - here.weekday(), 0, zone)
    return None


def _wall(here: datetime, days: int, minute: int, zone: ZoneInfo) -> datetime:
    day = here.date() + timedelta(days=days)
    return datetime.combine(day, time(minute // 60 % 24, minute % 60), zone)


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
