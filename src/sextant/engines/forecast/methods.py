"""The ways to continue a series: each gives the next `horizon` values, from what it was given and nothing else."""

from collections.abc import Callable, Mapping

import augurs
import numpy as np

from sextant.engines.forecast.series import Floats, known_of
from sextant.engines.forecast.suggestion import Method

_RATES = np.array([0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0])
_DAMPING = 0.9
"""A trend goes on at nine tenths of itself each step: no growth stays as it is. Source: Gardner, McKenzie 1985."""
TREND_LEAST_STEPS = 8
TREND_CERTAINTY = 2.58
"""Deviations of Kendall's S beyond which a trend is believed: one in a hundred by chance."""

Path = Callable[[Floats, int], Floats]


def mean_path(values: Floats, horizon: int) -> Floats:
    """The average of everything known."""
    return np.full(horizon, known_of(values).mean())


def last_path(values: Floats, horizon: int) -> Floats:
    """The same as last time: the average of the last `horizon` steps, or the last known one if all those are gaps."""
    recent = known_of(values[-horizon:])
    return np.full(horizon, recent.mean() if recent.size else known_of(values)[-1])


def recent_path(values: Floats, horizon: int) -> Floats:
    """The average of the last two periods."""
    recent = known_of(values[-2 * horizon :])
    return np.full(horizon, recent.mean() if recent.size else known_of(values)[-1])


def smooth_path(values: Floats, horizon: int) -> Floats:
    """Simple exponential smoothing; the rate is the one of eight that would have erred least. Gaps are stepped over."""
    known = known_of(values)
    levels, errors = np.full(_RATES.size, known[:4].mean()), np.zeros(_RATES.size)
    for value in known:
        missed = value - levels
        errors += missed * missed
        levels += _RATES * missed
    return np.full(horizon, levels[int(np.argmin(errors))])


def trend_path(values: Floats, horizon: int) -> Floats:
    """The median line through the values, continued with damping. Source: Theil 1950, Sen 1968."""
    places = np.flatnonzero(~np.isnan(values))
    known = values[places]
    slope = slope_of(values)
    start = float(np.median(known - slope * places)) + slope * (values.size - 1)
    return start + slope * np.cumsum(_DAMPING ** np.arange(1, horizon + 1))


def slope_of(values: Floats) -> float:
    """The median change per step over all pairs of values; 0 with fewer than two."""
    places = np.flatnonzero(~np.isnan(values))
    if places.size < 2:
        return 0.0
    one, other = np.triu_indices(places.size, 1)
    return float(np.median((values[places[other]] - values[places[one]]) / (places[other] - places[one])))


def certainty_of_trend(values: Floats) -> float:
    """Kendall's S in standard deviations: how far rises outnumber falls over all pairs. 0 with too few values."""
    known = known_of(values)
    if known.size < TREND_LEAST_STEPS:
        return 0.0
    one, other = np.triu_indices(known.size, 1)
    surplus = float(np.sign(known[other] - known[one]).sum())
    return surplus / float(np.sqrt(known.size * (known.size - 1) * (2 * known.size + 5) / 18))


def season_path(season: int) -> Path:
    """What the same steps of the year were. With two full seasons the pattern is separated from trend and noise
    (MSTL); before that, which only back-tests ask for, last year is repeated."""

    def path(values: Floats, horizon: int) -> Floats:
        filled = _without_gaps(values)
        if filled.size < season:
            return mean_path(values, horizon)
        if filled.size < 2 * season:
            return filled[filled.size - season + np.arange(horizon) % season]
        model = augurs.MSTL.ets([season])
        model.fit(filled)
        return np.asarray(model.predict(horizon, None).point(), dtype=np.float64)

    return path


def _without_gaps(values: Floats) -> Floats:
    """Gaps drawn straight between their neighbours: only to let the decomposition run."""
    places = np.flatnonzero(~np.isnan(values))
    return np.interp(np.arange(values.size), places, values[places])


PATHS: Mapping[Method, Path] = {
    Method.MEAN: mean_path,
    Method.LAST: last_path,
    Method.RECENT: recent_path,
    Method.SMOOTH: smooth_path,
    Method.TREND: trend_path,
}
"""The methods that need no season."""
