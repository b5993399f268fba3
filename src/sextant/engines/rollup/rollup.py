"""A unit's value from its parts: who or what below it has measurements of the metric in the period.

Source: design/evaluation.md, "Units". Which way is part of the metric's definition, and each result says which it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from sextant.engines.evaluation import Aggregation, Direction
from sextant.engines.evaluation.exact import from_micro, nearest, six_places, to_micro
from sextant.engines.values import Light


class RollUp(StrEnum):
    """How parts become one value.

    `sum` adds; `ratio` divides the sum of numerators by the sum of denominators; `mean` counts every part once;
    `weighted` counts a part once for each of its measurements; `worst` is the part that is furthest behind.
    """

    SUM = "sum"
    RATIO = "ratio"
    MEAN = "mean"
    WEIGHTED = "weighted"
    WORST = "worst"


@dataclass(frozen=True, slots=True)
class Part:
    """One person or unit over the period: its `value` as the metric aggregates it, None without one; `measurements`
    behind it; `numerator` and `denominator` summed, for ratios."""

    value: Decimal | None
    measurements: int = 1
    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)


def default_of(aggregation: Aggregation) -> RollUp:
    """What follows from the metric's aggregation: sums and counts add, ratios stay ratios of sums, a mean counts every
    measurement once, whoever it came from, and a last value every part once."""
    match aggregation:
        case Aggregation.SUM | Aggregation.COUNT:
            return RollUp.SUM
        case Aggregation.RATIO:
            return RollUp.RATIO
        case Aggregation.MEAN:
            return RollUp.WEIGHTED
        case Aggregation.LAST:
            return RollUp.MEAN


def roll_up(parts: Iterable[Part], *, by: RollUp, direction: Direction = Direction.HIGHER) -> Decimal | None:
    """One value at six places from many; None when no part has one. A part without a value is left out, never zero.

    The worst of a metric where a range is best is not defined by values alone: None.

    >>> parts = [Part(Decimal("0.9"), 10, Decimal(9), Decimal(10)), Part(Decimal("0.5"), 90, Decimal(45), Decimal(90))]
    >>> [roll_up(parts, by=way) for way in (RollUp.RATIO, RollUp.MEAN, RollUp.WEIGHTED, RollUp.WORST)]
    [Decimal('0.540000'), Decimal('0.700000'), Decimal('0.540000'), Decimal('0.500000')]
    """
    known = [part for part in parts if part.value is not None]
    values = [part.value for part in known if part.value is not None]
    if not known:
        return None
    if by is RollUp.SUM:
        return from_micro(sum(map(to_micro, values)))
    if by is RollUp.RATIO:
        under = sum(to_micro(part.denominator) for part in known)
        return six_places(Fraction(sum(to_micro(part.numerator) for part in known), under)) if under else None
    if by is RollUp.WORST:
        return _worst(values, direction)
    weights = [part.measurements if by is RollUp.WEIGHTED else 1 for part in known]
    total = sum(to_micro(value) * weight for value, weight in zip(values, weights, strict=True))
    return from_micro(nearest(Fraction(total, sum(weights)))) if sum(weights) else None


def _worst(values: list[Decimal], direction: Direction) -> Decimal | None:
    if direction is Direction.RANGE:
        return None
    worst = min(values) if direction is Direction.HIGHER else max(values)
    return from_micro(to_micro(worst))


def roll_up_lights(lights: Iterable[Light]) -> Light:
    """The light of the worst child; grey only when every child is grey.

    >>> roll_up_lights([Light.GREEN, Light.NONE, Light.YELLOW])
    <Light.YELLOW: 'yellow'>
    """
    shown = Light.NONE
    for light in lights:
        shown = Light.worse(light, shown)
    return shown
