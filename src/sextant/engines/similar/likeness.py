"""How much one trouble is like another: a weighted share of agreement in what can be measured of both.

likeness = kinship · Σ wᵢ · max(0, 1 − |aᵢ − bᵢ| / sᵢ) / Σ wᵢ, over the features known of both. The scale sᵢ is the
difference at which two are not alike in that feature any more. Source: decision 194; Gower's coefficient (1971) with
weights, which leaves unknown features out instead of taking them for equal or for different.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeVar

from sextant.engines.similar.episodes import WeekMark

Key = TypeVar("Key")
LOOK_BACK = 3
"""Weeks over which the pace is taken."""
_YEAR = 52
_PLACES = Decimal("0.01")


class Feature(StrEnum):
    """What two troubles are compared by."""

    GAP = "gap"
    PACE = "pace"
    POSITION = "position"
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class Situation:
    """A goal in trouble at the end of a week. `gap` is what is missing to what was expected by then (0.35: a completion
    of 65 %), `pace` by how much the completion changed a week over the weeks before, `position` the share of the goal's
    time that is gone, `season` the week of the year from 1 on. None: unknown."""

    gap: Decimal | None
    pace: Decimal | None = None
    position: Decimal | None = None
    season: int | None = None

    def value(self, feature: Feature) -> Decimal | None:
        """The value of one feature."""
        if feature is Feature.SEASON:
            return None if self.season is None else Decimal(self.season)
        found: Decimal | None = getattr(self, feature.value)
        return found


@dataclass(frozen=True, slots=True)
class Measure:
    """Weight and scale of each feature."""

    weights: Mapping[Feature, Decimal]
    scales: Mapping[Feature, Decimal]


DEFAULT_MEASURE = Measure(
    weights={
        Feature.GAP: Decimal("0.4"),
        Feature.PACE: Decimal("0.3"),
        Feature.POSITION: Decimal("0.2"),
        Feature.SEASON: Decimal("0.1"),
    },
    scales={
        Feature.GAP: Decimal("0.30"),
        Feature.PACE: Decimal("0.10"),
        Feature.POSITION: Decimal("0.50"),
        Feature.SEASON: Decimal(26),
    },
)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the arithmetic: both values, and their agreement from 0 to 1."""

    feature: Feature
    mine: Decimal
    theirs: Decimal
    agreement: Decimal


@dataclass(frozen=True, slots=True)
class Likeness:
    """From 0 to 1, to two places half up, with the lines it comes from."""

    share: Decimal
    parts: tuple[Part, ...] = field(default=())


def compare(
    mine: Situation, theirs: Situation, *, kinship: Decimal = Decimal(1), measure: Measure = DEFAULT_MEASURE
) -> Likeness | None:
    """How alike two troubles are; None where the gap of one is unknown: without it nothing can be said.

    `kinship` is 1 for the same metric, less for a related one. The order of the two does not matter.

    Gaps of 0.35 and 0.41 agree to 1 − 0.06/0.30 = 0.80; paces of −0.04 and −0.06 to 0.80; positions of 0.6 and 0.5 to
    0.80; weeks 46 and 33 to 1 − 13/26 = 0.50. So 0.4·0.80 + 0.3·0.80 + 0.2·0.80 + 0.1·0.50 = 0.77.

    >>> here = Situation(Decimal("0.35"), Decimal("-0.04"), Decimal("0.6"), 46)
    >>> there = Situation(Decimal("0.41"), Decimal("-0.06"), Decimal("0.5"), 33)
    >>> compare(here, there).share
    Decimal('0.77')
    >>> compare(here, there, kinship=Decimal("0.8")).share
    Decimal('0.62')
    """
    if mine.gap is None or theirs.gap is None:
        return None
    parts = tuple(part for feature in Feature if (part := _part(feature, mine, theirs, measure)) is not None)
    weight = sum((measure.weights[part.feature] for part in parts), Decimal(0))
    total = sum((measure.weights[part.feature] * part.agreement for part in parts), Decimal(0))
    return Likeness((kinship * total / weight).quantize(_PLACES, ROUND_HALF_UP), parts)


def _part(feature: Feature, mine: Situation, theirs: Situation, measure: Measure) -> Part | None:
    one, other = mine.value(feature), theirs.value(feature)
    if one is None or other is None:
        return None
    apart = abs(one - other)
    if feature is Feature.SEASON:  # the last week of a year is beside the first of the next
        apart = min(apart % _YEAR, _YEAR - apart % _YEAR)
    return Part(feature, one, other, max(Decimal(0), 1 - apart / measure.scales[feature]))


def situation_of(weeks: Sequence[WeekMark], place: int, *, from_on: date, until_on: date) -> Situation:
    """The situation of a goal that runs on the days [from_on, until_on) at the end of the week at `place`.

    The pace is taken over up to LOOK_BACK weeks before, as far as their completions are known.

    >>> from sextant.engines.values import Light
    >>> days = (date(2026, 1, 11), date(2026, 1, 18), date(2026, 1, 25))
    >>> shares = (Decimal("0.9"), Decimal("0.8"), Decimal("0.7"))
    >>> marks = [WeekMark(day, share, Light.YELLOW) for day, share in zip(days, shares)]
    >>> found = situation_of(marks, 2, from_on=date(2026, 1, 1), until_on=date(2026, 2, 20))
    >>> found.gap, found.pace, found.position, found.season
    (Decimal('0.3'), Decimal('-0.1'), Decimal('0.5'), 4)
    """
    week = weeks[place]
    gone = Decimal((week.ends_on - from_on).days + 1) / Decimal((until_on - from_on).days)
    return Situation(
        gap=None if week.completion is None else 1 - week.completion,
        pace=_pace(weeks, place),
        position=min(max(gone, Decimal(0)), Decimal(1)),
        season=week.ends_on.isocalendar().week,
    )


def _pace(weeks: Sequence[WeekMark], place: int) -> Decimal | None:
    last = weeks[place].completion
    for before in range(max(0, place - LOOK_BACK), place):
        first = weeks[before].completion
        if first is not None and last is not None:
            return (last - first) / (place - before)
    return None


def rank(found: Iterable[tuple[Key, Likeness | None]], *, least: Decimal, most: int) -> list[tuple[Key, Likeness]]:
    """The most alike first, none below `least`, at most `most`. Equals stay in the order given: the caller's.

    >>> alike = [("a", Likeness(Decimal("0.6"))), ("b", Likeness(Decimal("0.9"))), ("c", None)]
    >>> [key for key, _ in rank(alike, least=Decimal("0.5"), most=5)]
    ['b', 'a']
    """
    known = [(key, likeness) for key, likeness in found if likeness is not None and likeness.share >= least]
    return sorted(known, key=lambda one: -one[1].share)[:most]
