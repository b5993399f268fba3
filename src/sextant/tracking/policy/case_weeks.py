"""Reading the weeks of a goal out of where it stands, as marks of a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.schedule import week_of
from sextant.engines.values import Light, round_half_up
from sextant.tracking.policy.case_review import WeekMark

MOST = Decimal(999_999)


@dataclass(frozen=True, slots=True)
class StoodWeek:
    """A week as the standing has it; `ends_on` its Sunday, or the last day of the period."""

    ends_on: date
    value: Decimal | None
    expected: Decimal | None
    light: Light


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a goal stood on a day. `is_share`: more is better and nothing is counted from a start, so that 完成率 of a
    past week is its value over what was expected; for others only the light of a past week is known."""

    on: date
    completion: Decimal | None
    light: Light
    weeks: tuple[StoodWeek, ...] = ()
    is_share: bool = True


def marks_of(stood: Stood, *, since: date) -> tuple[list[WeekMark], list[WeekMark]]:
    """(marks that replace what was written down, marks to fill in where nothing was) for the weeks that end on or after
    `since`, oldest first.

    The week of the day itself is exact. Past weeks are computed anew, because figures come late; where the metric has
    no share of a past week, what was written down then is better than its light alone.
    """
    running = next((one.ends_on for one in stood.weeks if one.ends_on >= stood.on), week_of(stood.on).sunday)
    sure = [WeekMark(running, bounded(stood.completion), stood.light)]
    spare: list[WeekMark] = []
    for one in stood.weeks:
        if since <= one.ends_on < stood.on:
            share = _share(one) if stood.is_share else None
            (sure if stood.is_share else spare).append(WeekMark(one.ends_on, share, one.light))
    return _ordered(sure), _ordered(spare)


def bounded(share: Decimal | None) -> Decimal | None:
    """A share that fits its column: where next to nothing was expected it can be beyond any meaning."""
    return None if share is None else max(min(share, MOST), -MOST)


def _share(week: StoodWeek) -> Decimal | None:
    if week.value is None or not week.expected:
        return None
    return bounded(round_half_up(week.value / week.expected))


def _ordered(marks: Iterable[WeekMark]) -> list[WeekMark]:
    return sorted(marks, key=lambda one: one.ends_on)
