"""Every code this engine can emit. Sentences are made in `sextant.metrics.messages.suggestion`; a test walks both."""

from enum import StrEnum
from typing import Any

from sextant.engines.values import Problem, Severity, Step


class Code(StrEnum):
    """What can be said about a suggestion, and about a target somebody proposes."""

    NO_HISTORY = "forecast.no_history"
    PEERS_ONLY = "forecast.peers_only"
    NO_INTERVAL = "forecast.no_interval"
    MANY_GAPS = "forecast.many_gaps"
    MANY_ZEROS = "forecast.many_zeros"
    CONSTANT = "forecast.constant"
    SEASON_UNPROVEN = "forecast.season_unproven"
    BASELINE_UNBEATEN = "forecast.baseline_unbeaten"
    LIMITED = "forecast.limited"
    NEVER_REACHED = "target.never_reached"
    BEYOND_LIMIT = "target.beyond_limit"
    FAR_HARDER = "target.far_harder"
    FAR_EASIER = "target.far_easier"


SEVERITY: dict[Code, Severity] = {
    Code.NO_HISTORY: Severity.ERROR,
    Code.CONSTANT: Severity.NOTE,
    Code.MANY_ZEROS: Severity.NOTE,
    Code.SEASON_UNPROVEN: Severity.NOTE,
    Code.BASELINE_UNBEATEN: Severity.NOTE,
}
"""All others are warnings."""

FIELDS: dict[Code, tuple[str, ...]] = {
    Code.NO_HISTORY: (),
    Code.PEERS_ONLY: ("peers",),
    Code.NO_INTERVAL: ("known", "needed", "coverage"),
    Code.MANY_GAPS: ("missing", "of"),
    Code.MANY_ZEROS: ("zeros", "of"),
    Code.CONSTANT: ("value", "known"),
    Code.SEASON_UNPROVEN: ("known", "needed"),
    Code.BASELINE_UNBEATEN: ("error", "error_of_last", "tests"),
    Code.LIMITED: ("suggested", "limit"),
    Code.NEVER_REACHED: ("target", "best", "own_best", "peers"),
    Code.BEYOND_LIMIT: ("target", "limit"),
    Code.FAR_HARDER: ("target", "low", "high", "coverage"),
    Code.FAR_EASIER: ("target", "low", "high", "coverage"),
}
"""The parameters a code carries."""

STEPS: dict[str, tuple[str, ...]] = {
    "forecast.history": ("known", "missing"),
    "forecast.last": ("horizon",),
    "forecast.outliers": ("count", "low", "high"),
    "forecast.shift": ("kept", "before", "after"),
    "forecast.trend": ("per_step", "certainty"),
    "forecast.no_trend": ("per_step", "certainty"),
    "forecast.season": ("season", "plain"),
    "forecast.no_season": ("season", "known"),
    "forecast.method": ("method", "error", "error_of_last", "tests"),
    "forecast.peers": ("mean", "count", "share"),
    "forecast.growth": ("growth", "applied"),
    "forecast.length": ("factor",),
    "forecast.interval": ("coverage", "margin", "tests", "low", "high"),
    "forecast.base": (),
}
"""The steps of a trace, with their parameters. `result` is an amount of the metric over the period asked for."""


def problem(code: Code, **params: Any) -> Problem:
    """A problem of the code's severity that carries exactly the parameters the code promises."""
    if set(params) != set(FIELDS[code]):
        raise ValueError(f"{code} carries {FIELDS[code]}, not {tuple(params)}")
    return Problem(code.value, params, SEVERITY.get(code, Severity.WARNING))


def step(code: str, result: object = None, **params: Any) -> Step:
    """A step of the trace, likewise."""
    if set(params) != set(STEPS[code]):
        raise ValueError(f"{code} carries {STEPS[code]}, not {tuple(params)}")
    return Step(code, params, result)
