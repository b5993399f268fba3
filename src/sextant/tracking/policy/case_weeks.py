"""Reading the weeks of a goal out of where it stands, as marks of a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation import Case, completion_at
from sextant.engines.schedule import week_of
from sextant.engines.values import Light
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
    """Where a goal stood on a day. `case` is how its progress is judged, `start` what it travels from: with them 完成率
    of a past week is known; None, or a case that keeps none, leaves its light alone."""

    on: date
    completion: Decimal | None
    light: Light
    weeks: tuple[StoodWeek, ...] = ()
    case: Case | None = None
    start: Decimal | None = None


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
            share = _share(one, stood)
            (spare if share is None and one.value is not None else sure).append(WeekMark(one.ends_on, share, one.light))
    return _ordered(sure), _ordered(spare)


def bounded(share: Decimal | None) -> Decimal | None:
    """A share that fits its column: where next to nothing was expected it can be beyond any meaning."""
    return None if share is None else max(min(share, MOST), -MOST)


def _share(week: StoodWeek, stood: Stood) -> Decimal | None:
    if stood.case is None:
        return None
    return bounded(completion_at(week.value, week.expected, case=stood.case, start=stood.start))


def _ordered(marks: Iterable[WeekMark]) -> list[WeekMark]:
    return sorted(marks, key=lambda one: one.ends_on)
