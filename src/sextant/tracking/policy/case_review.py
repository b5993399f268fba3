"""复核: what the weeks after the meeting say: back, not back, or too early to tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from sextant.engines.schedule import week_of
from sextant.engines.values import Light

MOST_GAPS = 4
"""Weeks without a measurement by which the observation grows; after that somebody has to look at it."""


class Verdict(StrEnum):
    """The weeks so far: too few, enough good ones in a row, not enough, or too many without any measurement."""

    GOING = "going"
    RECOVERED = "recovered"
    NOT_MET = "not_met"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class WeekMark:
    """One week: the share of what was expected by its end, or None where nothing was measured or the metric has no such
    share; then its light decides."""

    ends_on: date
    completion: Decimal | None
    light: Light

    @property
    def is_gap(self) -> bool:
        """Nothing was measured: the week counts neither for nor against."""
        return self.completion is None and self.light is Light.NONE

    def is_good(self, ratio: Decimal) -> bool:
        """Whether the week reaches the threshold.

        >>> WeekMark(date(2026, 12, 13), Decimal("0.7"), Light.YELLOW).is_good(Decimal("0.7"))
        True
        """
        return self.light is Light.GREEN if self.completion is None else self.completion >= ratio


@dataclass(frozen=True, slots=True)
class WayOut:
    """What has to happen: `weeks` good ones in a row, each at `ratio` or above, within `watch_weeks` measured weeks
    that begin on or after `watch_from`."""

    watch_from: date
    watch_weeks: int
    weeks: int
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Review:
    """The verdict, with the good weeks in a row up to now and how many of the observation were measured and not."""

    verdict: Verdict
    good: int
    measured: int
    gaps: int


def watch_from(settled_on: date) -> date:
    """The Monday after the meeting: its own week was half over when it was agreed what changes.

    >>> watch_from(date(2026, 12, 3))
    datetime.date(2026, 12, 7)
    """
    return week_of(settled_on).until_on


def watch_until(way: WayOut, *, gaps: int = 0) -> date:
    """The first day after the observation; each week without a measurement makes it one week longer."""
    return way.watch_from + timedelta(weeks=way.watch_weeks + min(gaps, MOST_GAPS))


def judge(marks: Iterable[WeekMark], way: WayOut, *, on: date) -> Review:
    """What the finished weeks of the observation say on the day `on`.

    A week without a measurement neither counts nor breaks a row: missing is not zero, and not red. The observation
    grows by it, at most by MOST_GAPS weeks; with more of them nobody can say (NO_DATA).

    >>> way = WayOut(date(2026, 12, 7), 4, 2, Decimal("0.7"))
    >>> weeks = [(13, "0.704"), (20, "0.722")]
    >>> marks = [WeekMark(date(2026, 12, day), Decimal(share), Light.GREEN) for day, share in weeks]
    >>> judge(marks, way, on=date(2026, 12, 21)).verdict.value
    'recovered'
    """
    weeks = _watched(marks, way, on=on)
    good = measured = gaps = 0
    for one in weeks:
        if one.is_gap:
            gaps += 1
            continue
        measured += 1
        good = good + 1 if one.is_good(way.ratio) else 0
        if good >= way.weeks:
            return Review(Verdict.RECOVERED, good, measured, gaps)
        if measured >= way.watch_weeks:
            return Review(Verdict.NOT_MET, good, measured, gaps)
    verdict = Verdict.NO_DATA if gaps > MOST_GAPS else Verdict.GOING
    return Review(verdict, good, measured, gaps)


def _watched(marks: Iterable[WeekMark], way: WayOut, *, on: date) -> Sequence[WeekMark]:
    """Every finished week since the observation began, oldest first; a week nobody wrote down is a gap."""
    known = {one.ends_on: one for one in marks if way.watch_from < one.ends_on <= on}
    sundays = []
    week = week_of(way.watch_from)
    while week.sunday <= on:
        sundays.append(week.sunday)
        known.setdefault(week.sunday, WeekMark(week.sunday, None, Light.NONE))
        week = week_of(week.until_on)
    # the last week of a period may end before its Sunday
    early = [ends_on for ends_on in known if ends_on.isoweekday() != 7]
    for ends_on in early:
        known.pop(week_of(ends_on).sunday, None)
    return [known[ends_on] for ends_on in sorted(known)]
