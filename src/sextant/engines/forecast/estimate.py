"""What the history alone says: the chosen method, its number per step, and how it did on the past."""

from dataclasses import dataclass

import numpy as np

from sextant.engines.forecast.backtest import LEAST_KNOWN, Tested, choose, combined, least_tests, seen_by, try_methods
from sextant.engines.forecast.methods import PATHS, TREND_CERTAINTY, Path, certainty_of_trend, season_path
from sextant.engines.forecast.question import Question
from sextant.engines.forecast.series import Floats, Series, known_of, prepare
from sextant.engines.forecast.suggestion import Method

SEASONS_NEEDED = 2
"""Full seasons before a season may be claimed."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """All per step. `values` is the whole history, `series` what was estimated from. `certainty` is that of a trend, in
    standard deviations. `error_of_last` is the error of "the same as last time" over the tests of the chosen method,
    NaN without tests. `season` is the one asked for, `has_season` whether there was enough history to look for it."""

    values: Floats
    series: Series
    chosen: Tested
    per_step: float
    certainty: float
    error_of_last: float
    season: int | None
    has_season: bool

    @property
    def known(self) -> int:
        """Measured steps of the whole history."""
        return int(known_of(self.values).size)

    @property
    def method(self) -> Method:
        """The chosen method."""
        return self.chosen.method


def estimate(values: Floats, season: int | None, question: Question) -> Estimate:
    """Try the methods on the past and continue the history with the chosen one. At least one step must be measured."""
    series = prepare(values)
    certainty = certainty_of_trend(series.values)
    has_season = season is not None and series.values.size >= SEASONS_NEEDED * season
    paths = _paths(season if has_season else None, has_trend=abs(certainty) > TREND_CERTAINTY)
    tested = try_methods(_tried_on(values, series, question), paths, question=question, season=season or 0)
    chosen = choose(tested)
    last = tested[Method.LAST].errors
    shared = [last[place] for place in chosen.errors if place in last]
    return Estimate(
        values=values,
        series=series,
        chosen=chosen,
        per_step=combined(
            paths[chosen.method](seen_by(chosen.method, values, series.values), question.horizon), question.combine
        ),
        certainty=certainty,
        error_of_last=float(np.mean(shared)) if shared else float("nan"),
        season=season,
        has_season=has_season,
    )


def _tried_on(values: Floats, series: Series, question: Question) -> Floats:
    """The stretch methods are tried on: since the last shift of level, once there is enough of it. Errors from before
    measure a world that is gone; but while they are all there is, they are better than nothing."""
    if series.shift is None or series.shift.kept < steps_needed(question):
        return values
    return values[-series.shift.kept :]


def steps_needed(question: Question) -> int:
    """Measured steps until an interval can be given: 3 to begin with, then as many tests as its coverage needs.

    >>> from decimal import Decimal
    >>> steps_needed(Question(horizon=13)), steps_needed(Question(horizon=1, coverage=Decimal("0.9")))
    (19, 12)
    """
    return LEAST_KNOWN + question.horizon + least_tests(float(question.coverage)) - 1


def _paths(season: int | None, *, has_trend: bool) -> dict[Method, Path]:
    """The methods that may be claimed: a trend only where rises clearly outnumber falls, a season only with two full
    ones behind it."""
    paths = {method: path for method, path in PATHS.items() if has_trend or method is not Method.TREND}
    return paths if season is None else {**paths, Method.SEASON: season_path(season)}
