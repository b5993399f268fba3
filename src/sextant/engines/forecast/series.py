"""A history as floats, made fit for estimating: outliers drawn in, what lies before a shift of level left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NORMAL_MAD = 1.4826
"""Median absolute deviation to standard deviation, of a normal distribution."""
OUTLIER_DEVIATIONS = 6.0
SHIFT_DEVIATIONS = 7.0
"""Strict on purpose: the largest of fifty tries is looked at, and weeks resemble their neighbours."""
SHIFT_LEAST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Shift:
    """The level changed for good: the last `kept` steps are of the new one. Means per step before and after."""

    kept: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Clipped:
    """How many values were drawn in to the bounds of the usual."""

    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Series:
    """Values to estimate from (NaN = missing), and what was done to them."""

    values: Floats
    shift: Shift | None
    clipped: Clipped | None

    @property
    def known(self) -> Floats:
        """The values without the gaps."""
        return known_of(self.values)


def as_floats(values: Iterable[Decimal | None]) -> Floats:
    """Values at the border: None becomes NaN."""
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def known_of(values: Floats) -> Floats:
    """`values` without NaN."""
    return values[~np.isnan(values)]


def prepare(values: Floats) -> Series:
    """`values` from the last shift of level on, outliers drawn in to the median ± 6 deviations.

    A deviation is 1.4826 times the median distance from the median; where that is 0 (more than half the values are
    equal, as with many zeros) nothing is drawn in. Robust: one wild value moves neither median.
    """
    shift = find_shift(values)
    kept = values if shift is None else values[-shift.kept :]
    known = known_of(kept)
    if known.size < SHIFT_LEAST_STEPS:
        return Series(kept, shift, None)
    middle = float(np.median(known))
    reach = OUTLIER_DEVIATIONS * _NORMAL_MAD * float(np.median(np.abs(known - middle)))
    if reach == 0 or not (outside := int((np.abs(known - middle) > reach).sum())):
        return Series(kept, shift, None)
    clipped = Clipped(outside, middle - reach, middle + reach)
    return Series(np.clip(kept, clipped.low, clipped.high), shift, clipped)


def find_shift(values: Floats) -> Shift | None:
    """The split into two levels that is furthest beyond chance, or None where none is.

    Both sides need five measured steps. The spread is taken from differences of neighbours, which a shift hardly
    touches; a series that climbs steadily is no shift: a line fits it better than two levels do.
    """
    places = np.flatnonzero(~np.isnan(values))
    known = values[places]
    if known.size < 2 * SHIFT_LEAST_STEPS:
        return None
    spread = _NORMAL_MAD * float(np.median(np.abs(np.diff(known)))) / np.sqrt(2)
    if spread == 0:
        return None
    splits = np.arange(SHIFT_LEAST_STEPS, known.size - SHIFT_LEAST_STEPS + 1)
    sums = np.cumsum(known)
    before = sums[splits - 1] / splits
    after = (sums[-1] - sums[splits - 1]) / (known.size - splits)
    beyond = np.abs(after - before) / (spread * np.sqrt(1 / splits + 1 / (known.size - splits)))
    best = int(np.argmax(beyond))
    if beyond[best] < SHIFT_DEVIATIONS or _line_fits_better(known, int(splits[best])):
        return None
    kept = values.size - int(places[splits[best]])
    return Shift(kept, float(before[best]), float(after[best]))


def _line_fits_better(known: Floats, split: int) -> bool:
    steps = np.arange(known.size)
    line = np.polyval(np.polyfit(steps, known, 1), steps)
    levels = np.where(steps < split, known[:split].mean(), known[split:].mean())
    return bool(np.abs(known - line).sum() <= np.abs(known - levels).sum())
