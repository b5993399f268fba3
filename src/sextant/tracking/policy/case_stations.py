"""红灯跟踪: which station a case stands at, by when each is due, and what still keeps it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from sextant.engines.flow import Span, Unit, deadline
from sextant.engines.schedule import WorkCalendar
from sextant.tracking.contracts.cases import Stage

OWNER_DAYS = 2
MANAGER_DAYS = 3
MEET_DAYS = 5
"""Working days from the light: whose goal it is writes first, the manager answers, then the three meet (T4)."""
DECIDE_DAYS = 3
"""Working days to decide what follows where the weeks did not turn it."""
_UTC = ZoneInfo("UTC")


class Station(StrEnum):
    """The five stations as people see them."""

    TELL = "tell"
    ANALYSIS = "analysis"
    MEETING = "meeting"
    MEASURES = "measures"
    REVIEW = "review"


class StationState(StrEnum):
    """Whether a station is behind the case, the one it stands at, at which it stands too long, or ahead of it."""

    DONE = "done"
    NOW = "now"
    LATE = "late"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last day for each of the first stations."""

    owner_on: date
    manager_on: date
    meet_on: date


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides where a case stands. `has_manager`: somebody other than the owner leads the talk and writes an
    account of their own; `decide_on` is the last day to decide what follows, None before that is asked."""

    deadlines: Deadlines
    has_manager: bool
    owner_told: bool
    manager_told: bool
    is_settled: bool
    is_judged: bool
    is_closed: bool
    measures_open: int = 0
    decide_on: date | None = None


def working_day_after(day: date, days: int, *, calendar: WorkCalendar) -> date:
    """The day that lies `days` working days after `day`; one off counts from the next that is worked.

    >>> from sextant.engines.schedule import FIVE_DAY_WEEK
    >>> working_day_after(date(2026, 11, 30), 5, calendar=FIVE_DAY_WEEK)
    datetime.date(2026, 12, 7)
    """
    start = datetime.combine(day, time(0), UTC)
    return deadline(start, Span(days, Unit.WORKDAY), calendar=calendar, zone=_UTC).date()


def deadlines_from(told_on: date, *, calendar: WorkCalendar) -> Deadlines:
    """By when both sides write and the three meet, from the day on which they are told of the light: the week it speaks
    of ended before, and nobody can be late for what they have not heard of. Source: requirement T4, five working days
    to the meeting."""
    return Deadlines(
        owner_on=working_day_after(told_on, OWNER_DAYS, calendar=calendar),
        manager_on=working_day_after(told_on, MANAGER_DAYS, calendar=calendar),
        meet_on=working_day_after(told_on, MEET_DAYS, calendar=calendar),
    )


def meeting_days(told_on: date, meet_on: date, *, calendar: WorkCalendar) -> tuple[date, ...]:
    """The days on which the three may meet: from that on which they were told to the last one, days off left out."""
    days = (date.fromordinal(one) for one in range(told_on.toordinal(), meet_on.toordinal() + 1))
    return tuple(day for day in days if calendar.is_working(day))


def stage_of(facts: CaseFacts) -> Stage:
    """What the case waits for. Minutes that all sides confirmed end the talk, whatever was not written before it.

    >>> week = Deadlines(date(2026, 12, 2), date(2026, 12, 3), date(2026, 12, 7))
    >>> stage_of(CaseFacts(week, True, True, False, False, False, False)).value
    'analysis'
    """
    if facts.is_closed:
        return Stage.CLOSED
    if facts.is_judged:
        return Stage.DECIDE
    if facts.is_settled:
        return Stage.WATCH
    if facts.owner_told and (facts.manager_told or not facts.has_manager):
        return Stage.MEETING
    return Stage.ANALYSIS


def due_of(facts: CaseFacts) -> date | None:
    """The last day for what the case waits for; None where nobody has to do anything.

    Two accounts are awaited: the day is that of whoever is asked first and has not written.
    """
    match stage_of(facts):
        case Stage.ANALYSIS:
            return facts.deadlines.manager_on if facts.owner_told else facts.deadlines.owner_on
        case Stage.MEETING:
            return facts.deadlines.meet_on
        case Stage.DECIDE:
            return facts.decide_on
        case _:
            return None


_PLACE = {Stage.ANALYSIS: 1, Stage.MEETING: 2, Stage.WATCH: 3, Stage.DECIDE: 4, Stage.CLOSED: 5}


def stations_of(facts: CaseFacts, *, today: date) -> tuple[tuple[Station, StationState], ...]:
    """The five stations with the state of each. While the weeks are watched both the measures and the review are at
    work: the measures until all are ticked off."""
    at, due = _PLACE[stage_of(facts)], due_of(facts)
    now = StationState.LATE if due is not None and today > due else StationState.NOW
    states = [StationState.DONE if place < at else now if place == at else StationState.AHEAD for place in range(5)]
    if at == _PLACE[Stage.WATCH]:
        if not facts.measures_open:
            states[3] = StationState.DONE
        states[4] = StationState.NOW
    return tuple(zip(Station, states, strict=True))


def is_late(due_on: date | None, *, today: date) -> bool:
    """Whether what the case waits for should have been done."""
    return due_on is not None and today > due_on


def first_free(days: Sequence[date], *, today: date) -> date | None:
    """The day a meeting is proposed for: the third of those ahead, so that both can write before; the last where fewer
    are left; None where all are over.

    >>> first_free([date(2026, 12, day) for day in (1, 2, 3, 4)], today=date(2026, 12, 1))
    datetime.date(2026, 12, 4)
    """
    ahead = [day for day in days if day > today]
    return ahead[min(2, len(ahead) - 1)] if ahead else None
