"""The reasons of a suggestion: what was found in the history, what was done, and what to doubt."""

from collections.abc import Iterator

import numpy as np

from sextant.engines.forecast.codes import Code, problem, step
from sextant.engines.forecast.estimate import SEASONS_NEEDED, Estimate, steps_needed
from sextant.engines.forecast.methods import TREND_LEAST_STEPS, last_path, mean_path, slope_of
from sextant.engines.forecast.period import Amounts, rounded
from sextant.engines.forecast.question import Question
from sextant.engines.forecast.series import known_of
from sextant.engines.forecast.suggestion import Method, Suggestion
from sextant.engines.values import Problem, Step

_GAPS_WORTH_SAYING = 3
"""One step in three without data is worth a warning."""
_LEAST_CONSTANT = 4
"""So many equal steps in a row are a finding."""


def tell_history(found: Estimate, amounts: Amounts) -> Iterator[Step]:
    """Own history, the last period, outliers, shift, trend, season, method: each with its number."""
    horizon = amounts.question.horizon
    average = mean_path(found.values, 1)[0]
    yield step(
        "forecast.history", amounts.shown_whole(average), known=found.known, missing=found.values.size - found.known
    )
    yield step("forecast.last", amounts.shown_whole(last_path(found.values, horizon)[0]), horizon=horizon)
    yield from _disturbances(found, amounts)
    if known_of(found.series.values).size >= TREND_LEAST_STEPS:
        slope, is_claimed = slope_of(found.series.values), found.method is Method.TREND
        code = "forecast.trend" if is_claimed else "forecast.no_trend"
        change = amounts.shown_whole(found.per_step - average) if is_claimed else None
        per_step = rounded(slope, amounts.question.decimals + 2)
        yield step(code, change, per_step=per_step, certainty=rounded(found.certainty, 2))
    if found.season is not None:
        yield _season(found, amounts, average)
    yield step(
        "forecast.method",
        amounts.shown_whole(found.per_step),
        method=found.method,
        error=amounts.shown_whole(found.chosen.mean_error),
        error_of_last=amounts.shown_whole(found.error_of_last),
        tests=len(found.chosen.errors),
    )


def _disturbances(found: Estimate, amounts: Amounts) -> Iterator[Step]:
    clipped, shift, decimals = found.series.clipped, found.series.shift, amounts.question.decimals
    if clipped is not None:
        low, high = rounded(clipped.low, decimals), rounded(clipped.high, decimals)
        yield step("forecast.outliers", None, count=clipped.count, low=low, high=high)
    if shift is not None:
        before, after = rounded(shift.before, decimals), rounded(shift.after, decimals)
        yield step("forecast.shift", amounts.shown_whole(shift.after), kept=shift.kept, before=before, after=after)


def _season(found: Estimate, amounts: Amounts, average: float) -> Step:
    if found.method is not Method.SEASON:
        return step("forecast.no_season", None, season=found.season, known=found.known)
    effect = amounts.shown_whole(found.per_step - average)
    return step("forecast.season", effect, season=found.season, plain=amounts.shown_whole(average))


def tell_answer(suggestion: Suggestion, half: float | None, amounts: Amounts) -> Iterator[Step]:
    """The interval, if there is one, and the base."""
    if half is not None:
        yield step(
            "forecast.interval",
            None,
            coverage=suggestion.coverage,
            margin=amounts.shown(half),
            tests=suggestion.tests,
            low=suggestion.low,
            high=suggestion.high,
        )
    yield step("forecast.base", suggestion.base)


def find_doubts(found: Estimate, question: Question, suggestion: Suggestion) -> Iterator[Problem]:
    """What the reader must know about the history before trusting the number."""
    known = known_of(found.values)
    missing, zeros = found.values.size - known.size, int((known == 0).sum())
    if suggestion.low is None:
        needed = steps_needed(question)
        yield problem(Code.NO_INTERVAL, known=found.known, needed=needed, coverage=question.coverage)
    if _GAPS_WORTH_SAYING * missing >= found.values.size:
        yield problem(Code.MANY_GAPS, missing=missing, of=found.values.size)
    if known.size >= _LEAST_CONSTANT and bool(np.all(known == known[0])):
        yield problem(Code.CONSTANT, value=rounded(known[0], question.decimals), known=found.known)
    elif 2 * zeros >= known.size:
        yield problem(Code.MANY_ZEROS, zeros=zeros, of=found.known)
    if found.season is not None and not found.has_season:
        yield problem(Code.SEASON_UNPROVEN, known=found.known, needed=SEASONS_NEEDED * found.season)
    error, error_of_last = suggestion.error, suggestion.error_of_last
    if error is not None and error_of_last is not None and error > error_of_last:
        yield problem(Code.BASELINE_UNBEATEN, error=error, error_of_last=error_of_last, tests=suggestion.tests)
