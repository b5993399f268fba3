"""Every code this engine can emit. Sentences are made in `sextant.goals.messages.alignment`; a test walks both."""

from enum import StrEnum
from typing import Any

from sextant.engines.values import Problem, Severity


class Code(StrEnum):
    """What can be wrong with a graph. All are warnings: the graph stands, somebody should look at it."""

    ORPHAN = "alignment.orphan"
    CYCLE = "alignment.cycle"
    PROMISED_TWICE = "alignment.promised_twice"
    COVERED_TWICE = "alignment.covered_twice"
    OVER_ASSIGNED = "alignment.over_assigned"
    UNDER_ASSIGNED = "alignment.under_assigned"
    WEIGHTS_NOT_FULL = "alignment.weights_not_full"


FIELDS: dict[Code, tuple[str, ...]] = {
    Code.ORPHAN: ("goal",),
    Code.CYCLE: ("goal", "path"),
    Code.PROMISED_TWICE: ("goal", "other"),
    Code.COVERED_TWICE: ("goal", "other", "parent"),
    Code.OVER_ASSIGNED: ("goal", "base", "assigned", "difference", "share", "children"),
    Code.UNDER_ASSIGNED: ("goal", "base", "assigned", "difference", "share", "children"),
    Code.WEIGHTS_NOT_FULL: ("goal", "total", "stated", "children"),
}
"""The parameters a code carries. `goal` is the key of the goal that bears the mark; `path` goes up from it and comes
back to it; `share` is assigned over base, a ratio."""


def warning(code: Code, **params: Any) -> Problem:
    """A problem that carries exactly the parameters its code promises."""
    if set(params) != set(FIELDS[code]):
        raise ValueError(f"{code} carries {FIELDS[code]}, not {tuple(params)}")
    return Problem(code.value, params, Severity.WARNING)
