"""按天折算: what a goal whose target changed had to reach in each stretch, and how much of it came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.adjustment.target import Target, in_order
from sextant.engines.values import Period, ratio, round_half_up


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the goal stood at the end of a day: its value so far, and its progress against the base in force then."""

    value: Decimal | None
    progress: Decimal | None


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of days under one target. `due` is what the stretch had to bring by `through` (its last day, or today),
    `actual` what it brought, `attainment` their ratio; for levels there is nothing to bring: `due` is the base,
    `actual` the value at `through`, `attainment` the progress the evaluation gave. None: not known."""

    period: Period
    target: Target
    through: date
    due: Decimal | None
    actual: Decimal | None
    attainment: Decimal | None


def by_days(targets: Iterable[Target]) -> Decimal | None:
    """The base of the whole period by days: each base by its share of the days; None without a base.

    1,000 for 70 of 92 days and 900 for the other 22 are 976.086957, since (1000 · 70 + 900 · 22) / 92.

    >>> end = date(2027, 1, 1)
    >>> by_days([Target(date(2026, 10, 1), end, Decimal(1000)), Target(date(2026, 12, 10), end, Decimal(900))])
    Decimal('976.086957')
    """
    stretches = list_stretches(targets)
    total = Decimal(0)
    for period, target in stretches:
        if target.base is None:
            return None
        total += target.base * period.days
    days = sum(period.days for period, _ in stretches)
    return round_half_up(total / days) if days else None


def list_stretches(targets: Iterable[Target]) -> list[tuple[Period, Target]]:
    """Each target with the days it holds, in order; one that gave way on its own day holds none and is left out. The
    last one says when the goal ends."""
    ordered = in_order(targets)
    if not ordered:
        return []
    ends = [one.from_on for one in ordered[1:]] + [ordered[-1].until_on]
    return [(Period(one.from_on, end), one) for one, end in zip(ordered, ends, strict=True) if one.from_on < end]


def split(
    targets: Iterable[Target], *, on: date, readings: Mapping[date, Reading], is_cumulative: bool
) -> tuple[Part, ...]:
    """The stretches that have begun by `on`, oldest first, each with its own attainment.

    `readings` are by the last day of each stretch, and by `on` for the one that runs. A cumulative goal has to bring in
    each stretch the way from start to base, by its share of the days: with 1,000 until 9 December and 900 from then on,
    October to December, 760 by the 9th are 99.9 % of the 760.869565 due by then; the 22 days after it owe 215.217391.

    >>> end = date(2027, 1, 1)
    >>> targets = Target(date(2026, 10, 1), end, Decimal(1000)), Target(date(2026, 12, 10), end, Decimal(900))
    >>> readings = {date(2026, 12, 9): Reading(Decimal(760), None), date(2026, 12, 31): Reading(Decimal(985), None)}
    >>> parts = split(targets, on=date(2026, 12, 31), readings=readings, is_cumulative=True)
    >>> [(str(one.due), str(one.actual), str(one.attainment)) for one in parts]
    [('760.869565', '760', '0.998857'), ('215.217391', '225', '1.045455')]
    """
    stretches = list_stretches(targets)
    if not stretches:
        return ()
    whole, parts = (stretches[-1][0].until_on - stretches[0][0].from_on).days, []
    before: Decimal | None = stretches[0][1].start or Decimal(0)
    for period, target in stretches:
        if period.from_on > on:
            break
        through = min(period.last_on, on)
        reading = readings.get(through, Reading(None, None))
        if is_cumulative:
            parts.append(_cumulative(period, target, through, whole=whole, before=before, now=reading.value))
            before = reading.value
        else:
            parts.append(Part(period, target, through, target.base, reading.value, reading.progress))
    return tuple(parts)


def _cumulative(
    period: Period, target: Target, through: date, *, whole: int, before: Decimal | None, now: Decimal | None
) -> Part:
    days = (through - period.from_on + timedelta(days=1)).days
    due = actual = None
    if target.base is not None:
        due = round_half_up((target.base - (target.start or Decimal(0))) * days / whole)
    if before is not None and now is not None:
        actual = now - before
    attained = None if due is None or actual is None else ratio(actual, due)
    return Part(period, target, through, due, actual, attained)
