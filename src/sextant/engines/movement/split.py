"""A goal's figures split on a day: what was promised for the days before, and for those from it on."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, localcontext

from sextant.engines.schedule import Pace
from sextant.engines.values import Outcome, Period, Problem, ratio

MOST_DECIMALS = 6
"""Places a target is kept with."""
EXACT = 60
"""Digits of the arithmetic between: a 28-digit target times the units of a year is not rounded."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a goal is measured against; None = not agreed."""

    base: Decimal | None = None
    stretch: Decimal | None = None
    start: Decimal | None = None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    tolerance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a goal, and what is promised for it."""

    period: Period
    figures: Figures


@dataclass(frozen=True, slots=True)
class Split:
    """Both parts. `before_units` of `units` lie before the day: days, or weights of a season."""

    before: Part
    after: Part
    before_units: int
    units: int


def split_figures(
    figures: Figures, period: Period, on: date, *, is_cumulative: bool, decimals: int, pace: Pace
) -> Outcome[Split]:
    """Both parts of a goal that changes hands on the day `on`.

    What adds up over time is split by the units of `pace` (working days, or a season) and the two parts sum to the
    whole to the last place: the first is rounded half up to `decimals` places, or to as many as the targets have, and
    the second is the rest. A level (a mean, a ratio, a last value) is the same for both. Codes: movement.no_two_parts
    (the day is not inside the period), movement.nothing_in_part (`part`: before | after; a base of 0 cannot be judged).

    >>> from sextant.engines.schedule import FIVE_DAY_WEEK
    >>> quarter = Period(date(2026, 1, 1), date(2026, 4, 1))
    >>> found = split_figures(Figures(base=Decimal(100)), quarter, date(2026, 2, 1), is_cumulative=True, decimals=0,
    ...     pace=FIVE_DAY_WEEK).value
    >>> found.before_units, found.units, found.before.figures.base, found.after.figures.base
    (22, 64, Decimal('34'), Decimal('66'))
    """
    if not period.from_on < on < period.until_on:
        return Outcome(None, (Problem("movement.no_two_parts", {"on": on}),))
    before, after = Period(period.from_on, on), Period(on, period.until_on)
    first, whole = pace.count_in(before), pace.count_in(period)
    if not whole:  # a stretch of holidays: calendar days are left to count by
        first, whole = (on - period.from_on).days, (period.until_on - period.from_on).days
    if not is_cumulative:
        return Outcome(Split(Part(before, figures), Part(after, figures), first, whole))
    places = _places(figures, decimals)
    with localcontext(prec=EXACT):
        share = {name: _share(value, first, whole, places) for name, value in _told(figures).items()}
        rest = {name: _rest(value, share[name]) for name, value in _told(figures).items()}
    parts = {"before": Figures(**share), "after": Figures(**rest)}
    if figures.base:
        for name, one in parts.items():
            if not one.base:
                return Outcome(None, (Problem("movement.nothing_in_part", {"part": name}),))
    return Outcome(Split(Part(before, parts["before"]), Part(after, parts["after"]), first, whole))


def _places(figures: Figures, decimals: int) -> int:
    """Places of the grid on which all targets lie: on it a stretch beyond its base stays there in both parts."""
    needed = [-int(value.normalize().as_tuple().exponent) for value in _told(figures).values() if value]
    return min(max(decimals, 0, *needed), MOST_DECIMALS)


def _told(figures: Figures) -> dict[str, Decimal | None]:
    return {field.name: getattr(figures, field.name) for field in fields(Figures)}


def _share(value: Decimal | None, first: int, whole: int, places: int) -> Decimal | None:
    return None if value is None else ratio(value * first, Decimal(whole), places)


def _rest(value: Decimal | None, share: Decimal | None) -> Decimal | None:
    return None if value is None or share is None else value - share
