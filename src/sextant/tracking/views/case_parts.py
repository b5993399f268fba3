"""The head of a case, its stations, its meeting and its weeks, as plain values for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from sextant.engines.schedule import WorkCalendar
from sextant.foundation.clock import company_day
from sextant.metrics.contracts import StandingRow, WeekPoint
from sextant.tracking.contracts.cases import SeatAnswer, SeatRole
from sextant.tracking.messages.cases import ANSWERS, ROLES, STATIONS
from sextant.tracking.models import TalkMeasure, TalkSeat
from sextant.tracking.policy.case_review import Review, WayOut, WeekMark, judge, watch_until
from sextant.tracking.policy.case_stations import Station, StationState, first_free, meeting_days, stations_of
from sextant.tracking.queries.cases import facts_of, way_out_of
from sextant.tracking.views.case_asking import AskedCase

STRIP = 14
"""Weekly lights that fit side by side on a phone."""
SPLIT_WEEKS = 8
Words = Promise | str


@dataclass(frozen=True, slots=True)
class ShownStation:
    """A station with what is said under its name."""

    name: Words
    state: StationState
    note: str


@dataclass(frozen=True, slots=True)
class ShownSeat:
    """Somebody at the table, and what they answered."""

    seat: TalkSeat
    role: Words
    leads: bool
    answer: Words
    tone: str


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A working day of the five; `state`: today, the meeting, the last one, or ""."""

    day: date
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One line of the breakdown: what was expected, what came, and the share of it, 0…1. `tone` says whether the week
    by itself reached the way out; its light, which also knows the weeks before, stands in the head of the page."""

    name: str
    expected: Decimal | None
    value: Decimal | None
    share: Decimal | None
    tone: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the weeks must show, and what they showed. `ahead` are the weeks still to come."""

    way: WayOut
    until_on: date
    review: Review
    marks: tuple[WeekMark, ...]
    ahead: tuple[date, ...]


def short_day(day: date) -> str:
    """12-03: the year is in the head of the page."""
    return f"{day:%m-%d}"


def short_moment(at: datetime) -> str:
    """12-03 15:00, where the company works."""
    return f"{at.astimezone(settings.SEXTANT_ZONE):%m-%d %H:%M}"


def shown_stations(asked: AskedCase, measures: Sequence[TalkMeasure]) -> list[ShownStation]:
    """The five stations with their days. No query."""
    left = sum(one.done_on is None for one in measures)
    facts = facts_of(asked.case, asked.seen.seats, measures_open=left)
    notes = {
        Station.TELL: short_moment(asked.case.opened_at),
        Station.ANALYSIS: _analysis_note(asked),
        Station.MEETING: _meeting_note(asked),
        Station.MEASURES: _measures_note(measures, left),
        Station.REVIEW: _review_note(asked),
    }
    return [ShownStation(STATIONS[one], state, notes[one]) for one, state in stations_of(facts, today=asked.today)]


def _analysis_note(asked: AskedCase) -> str:
    case = asked.case
    told = [case.owner_told_at, case.manager_told_at]
    if all(told):
        return _("双方已写")
    if case.owner_told_at:
        return _("本人已写，主管最迟 %(day)s") % {"day": short_day(case.manager_due_on)}
    if case.manager_told_at:
        return _("主管已写，本人最迟 %(day)s") % {"day": short_day(case.owner_due_on)}
    return _("最迟 %(day)s") % {"day": short_day(case.owner_due_on)}


def _meeting_note(asked: AskedCase) -> str:
    case = asked.case
    if case.settled_at is not None:
        return _("%(day)s 三方确认") % {"day": short_day(case.settled_at.astimezone(settings.SEXTANT_ZONE).date())}
    last = short_day(case.meet_due_on)
    if case.meets_at is None:
        return _("最迟 %(day)s") % {"day": last}
    return _("%(at)s，最迟 %(day)s") % {"at": short_moment(case.meets_at), "day": last}


def _measures_note(measures: Sequence[TalkMeasure], left: int) -> str:
    if not measures:
        return ""
    done = len(measures) - left
    said = ngettext("%(done)s / %(n)s 项做完", "%(done)s / %(n)s 项做完", len(measures))
    return said % {"done": done, "n": len(measures)}


def _review_note(asked: AskedCase) -> str:
    case = asked.case
    if case.closed_at is not None:
        return short_day(case.closed_at.astimezone(settings.SEXTANT_ZONE).date())
    way = way_out_of(case)
    return _("最迟 %(day)s") % {"day": short_day(watch_until(way))} if way else ""


def shown_seats(asked: AskedCase) -> list[ShownSeat]:
    """The three, the lead named as such. No query."""
    tones = {SeatAnswer.YES: "good", SeatAnswer.NO: "bad", SeatAnswer.MOVE: "warn", SeatAnswer.NONE: ""}
    has_time = asked.case.meets_at is not None
    return [
        ShownSeat(
            one,
            ROLES[SeatRole(one.role)],
            one == asked.seen.lead,
            ANSWERS[SeatAnswer(one.answer)] if has_time else "",
            tones[SeatAnswer(one.answer)],
        )
        for one in asked.seen.seats
    ]


def shown_days(asked: AskedCase, calendar: WorkCalendar) -> list[ShownDay]:
    """The working days on which the three may meet, at most seven of them. No query."""
    case = asked.case
    met_on = case.meets_at.astimezone(settings.SEXTANT_ZONE).date() if case.meets_at else None
    found = []
    for day in meeting_days(_told_on(asked), case.meet_due_on, calendar=calendar):
        if day == met_on and case.meets_at is not None:
            found.append(ShownDay(day, "meet", f"{case.meets_at.astimezone(settings.SEXTANT_ZONE):%H:%M}"))
        elif day == case.meet_due_on:
            found.append(ShownDay(day, "due", _("截止")))
        else:
            found.append(ShownDay(day, "today" if day == asked.today else "", _weekday(day, today=asked.today)))
    return found


def proposed_at(asked: AskedCase, calendar: WorkCalendar) -> datetime:
    """The time the form proposes: the one that is named, else the afternoon of a day both can prepare for."""
    if asked.case.meets_at is not None:
        return asked.case.meets_at.astimezone(settings.SEXTANT_ZONE)
    days = meeting_days(_told_on(asked), asked.case.meet_due_on, calendar=calendar)
    day = first_free(days, today=asked.today) or asked.today
    return datetime(day.year, day.month, day.day, 15, tzinfo=settings.SEXTANT_ZONE)


def _told_on(asked: AskedCase) -> date:
    return company_day(asked.case.opened_at, settings.SEXTANT_ZONE)


def _weekday(day: date, *, today: date) -> str:
    names = (
        pgettext("短", "周一"),
        pgettext("短", "周二"),
        pgettext("短", "周三"),
        pgettext("短", "周四"),
        pgettext("短", "周五"),
        pgettext("短", "周六"),
        pgettext("短", "周日"),
    )
    return _("今天") if day == today else names[day.weekday()]


def strip_of(standing: StandingRow | None) -> list[dict[str, object]]:
    """The weekly lights up to now, numbered as the goal's page numbers them."""
    if standing is None:
        return []
    weeks = list(enumerate(standing.weeks, start=1))[-STRIP:]
    return [
        {
            "n": n,
            "tone": "gap" if week.value is None else week.light.value,
            "now": week is standing.weeks[-1],
            "why": "",
        }
        for n, week in weeks
    ]


def split_by_weeks(standing: StandingRow | None, *, is_sum: bool, ratio: Decimal) -> list[SplitRow]:
    """What each of the last weeks brought against what it was expected to: for a metric that adds up the parts of the
    week, for others where it stood at its end."""
    if standing is None:
        return []
    rows = []
    before: WeekPoint | None = None
    for week in standing.weeks:
        value, expected = week.value, week.expected
        if is_sum and before is not None and before.value is not None and value is not None:
            value -= before.value
            expected = expected - before.expected if expected is not None and before.expected is not None else None
        share = value / expected if value is not None and expected else None
        tone = "good" if share is not None and share >= ratio else "warn"
        rows.append(SplitRow(short_day(week.ends_on), expected, value, share, tone))
        before = week if week.value is not None or not is_sum else before
    return rows[-SPLIT_WEEKS:]


def outcome_of(asked: AskedCase, marks: Sequence[WeekMark]) -> Outcome | None:
    """What the weeks must show and did; None before the minutes are confirmed."""
    way = way_out_of(asked.case)
    if way is None:
        return None
    review = judge(marks, way, on=asked.today)
    until_on = watch_until(way, gaps=review.gaps)
    known = {one.ends_on for one in marks}
    ahead = []
    if asked.is_open:
        sundays = (date.fromordinal(way.watch_from.toordinal() + 6 + 7 * n) for n in range(way.watch_weeks))
        ahead = [day for day in sundays if day not in known and day > asked.today]
    return Outcome(way, until_on, review, tuple(marks), tuple(ahead))
