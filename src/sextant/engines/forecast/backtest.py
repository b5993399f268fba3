"""Trying the methods on the past: what each would have said at earlier days, and how far off it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from sextant.engines.forecast.methods import Path
from sextant.engines.forecast.question import Combine, Question
from sextant.engines.forecast.series import Floats, known_of, prepare
from sextant.engines.forecast.suggestion import Method

LEAST_KNOWN = 3
"""Measured steps before the first day a method is tried on."""
MOST_TESTS = 16
CLEARLY_BETTER = 0.9
"""A method replaces a simpler one when its error was at most nine tenths of the other's: smaller leads are luck."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A method with its absolute errors per step, by the place the test was made at."""

    method: Method
    errors: Mapping[int, float]

    @property
    def mean_error(self) -> float:
        """Mean absolute error; NaN without a test."""
        return float(np.mean(list(self.errors.values()))) if self.errors else float("nan")


def combined(path: Floats, combine: Combine) -> float:
    """A stretch of steps as one number per step: the average of what is known, or the last known step."""
    known = known_of(path)
    return float(known[-1] if combine is Combine.LAST else known.mean())


def try_methods(
    values: Floats, paths: Mapping[Method, Path], *, question: Question, season: int
) -> dict[Method, Tested]:
    """Every method tried at up to sixteen earlier places, evenly spread, in the order of `paths`: it sees what lies
    before, and is measured against the `horizon` steps after. A season is tried only where a whole one lies before."""
    errors: dict[Method, dict[int, float]] = {method: {} for method in paths}
    for place in _places(values, question):
        before, outcome = values[:place], combined(values[place : place + question.horizon], question.combine)
        prepared = prepare(before).values
        for method, path in paths.items():
            if method is Method.SEASON and place < season:
                continue
            said = combined(path(seen_by(method, before, prepared), question.horizon), question.combine)
            errors[method][place] = abs(said - outcome)
    return {method: Tested(method, found) for method, found in errors.items()}


def _places(values: Floats, question: Question) -> list[int]:
    """Where there is something to learn from before, and an outcome after: half its steps measured, or for a state the
    last one."""
    places = np.arange(LEAST_KNOWN, values.size - question.horizon + 1)
    if places.size > MOST_TESTS:
        places = places[np.linspace(0, places.size - 1, MOST_TESTS).astype(int)]
    is_known = ~np.isnan(values)
    found = []
    for place in map(int, places):
        after = is_known[place : place + question.horizon]
        is_outcome = after[-1] if question.combine is Combine.LAST else 2 * after.sum() >= question.horizon
        if is_outcome and is_known[:place].sum() >= LEAST_KNOWN:
            found.append(place)
    return found


def seen_by(method: Method, values: Floats, prepared: Floats) -> Floats:
    """What a method continues: the prepared history; a season's peaks are no outliers, so it sees all as it was."""
    return values if method is Method.SEASON else prepared


def choose(tested: Mapping[Method, Tested]) -> Tested:
    """The simplest method that no other clearly beats, compared over the places both were tried at.

    The average comes first: on short and noisy histories it errs less than "the same as last time" (decision 80).
    """
    chosen = tested[Method.MEAN]
    for other in tested.values():
        shared = chosen.errors.keys() & other.errors.keys()
        if len(shared) < 2 or other is chosen:
            continue
        mine, theirs = (sum(one.errors[place] for place in shared) for one in (chosen, other))
        if theirs < CLEARLY_BETTER * mine:
            chosen = other
    return chosen


def least_tests(coverage: float) -> int:
    """How many tests an interval of this coverage takes: 4 for 80 %.

    >>> least_tests(0.8), least_tests(0.9)
    (4, 9)
    """
    count = 1
    while _rank(count, coverage) > count:
        count += 1
    return count


def margin(errors: Floats, coverage: float) -> float | None:
    """The half-width that would have held `coverage` of the outcomes: the ⌈(n + 1) · coverage⌉-th smallest error; None
    with too few tests. Source: split conformal prediction (Vovk 2005; Lei et al. 2018).

    >>> margin(np.array([3.0, 1.0, 4.0, 2.0]), 0.8), margin(np.array([3.0, 1.0, 4.0]), 0.8)
    (4.0, None)
    """
    rank = _rank(errors.size, coverage)
    return float(np.sort(errors)[rank - 1]) if rank <= errors.size else None


def _rank(count: int, coverage: float) -> int:
    return ceil(round((count + 1) * coverage, 9))  # 5 × 0.8 is not to be five ulps above 4
