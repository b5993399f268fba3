"""Every code this engine can emit; sentences are made in `sextant.goals.messages.adjustment`, a test walks both."""

from enum import StrEnum
from typing import Any

from sextant.engines.values import Problem, Severity, Step


class Code(StrEnum):
    """What a reader must know about a suggestion card."""

    NOTHING_KNOWN = "adjust.nothing_known"
    NO_INTERVAL = "adjust.no_interval"
    ONE_WAY = "adjust.one_way"
    NEVER_REACHED = "adjust.never_reached"


FIELDS: dict[Code, tuple[str, ...]] = {
    Code.NOTHING_KNOWN: (),
    Code.NO_INTERVAL: ("known", "needed"),
    Code.ONE_WAY: ("way",),
    Code.NEVER_REACHED: ("base", "best", "beyond"),
}
STEPS: dict[str, tuple[str, ...]] = {
    "adjust.history": ("past", "method"),
    "adjust.region_growth": ("last", "growth", "peers"),
    "adjust.region_mean": ("peers",),
    "adjust.industry": ("last", "growth"),
    "adjust.median": ("ways", "low", "high", "coverage"),
}
"""Steps of the trace with their parameters; `result` is an amount of the metric over the whole period."""


def problem(code: Code, **params: Any) -> Problem:
    """A warning that carries exactly what its code promises."""
    if set(params) != set(FIELDS[code]):
        raise ValueError(f"{code} carries {FIELDS[code]}, not {tuple(params)}")
    return Problem(code.value, params, Severity.ERROR if code is Code.NOTHING_KNOWN else Severity.WARNING)


def step(code: str, result: Any = None, **params: Any) -> Step:
    """A step of the trace, likewise."""
    if set(params) != set(STEPS[code]):
        raise ValueError(f"{code} carries {STEPS[code]}, not {tuple(params)}")
    return Step(code, params, result)
