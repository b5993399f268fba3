"""Every code this engine can emit. Sentences are made in `sextant.goals.messages.allocation`; a test walks both."""

from enum import StrEnum
from typing import Any

from sextant.engines.values import Problem, Severity


class Code(StrEnum):
    """What can be said about a split. All but `FACTOR_ZERO` are errors: there is no split then."""

    NOBODY = "allocation.nobody"
    KEY_REPEATED = "allocation.key_repeated"
    UNIT_NOT_POSITIVE = "allocation.unit_not_positive"
    TOTAL_NEGATIVE = "allocation.total_negative"
    TOTAL_NOT_IN_UNITS = "allocation.total_not_in_units"
    NO_FACTOR = "allocation.no_factor"
    FACTOR_REPEATED = "allocation.factor_repeated"
    FACTOR_WEIGHT = "allocation.factor_weight"
    FACTOR_MISSING = "allocation.factor_missing"
    FACTOR_NEGATIVE = "allocation.factor_negative"
    FACTOR_ZERO = "allocation.factor_zero"
    BOUND_NEGATIVE = "allocation.bound_negative"
    FLOOR_ABOVE_CAP = "allocation.floor_above_cap"
    FIXED_NOT_IN_UNITS = "allocation.fixed_not_in_units"
    FIXED_OUTSIDE_BOUNDS = "allocation.fixed_outside_bounds"
    FIXED_ABOVE_TOTAL = "allocation.fixed_above_total"
    FIXED_BELOW_TOTAL = "allocation.fixed_below_total"
    FLOORS_ABOVE_TOTAL = "allocation.floors_above_total"
    CAPS_BELOW_TOTAL = "allocation.caps_below_total"


FIELDS: dict[Code, tuple[str, ...]] = {
    Code.NOBODY: (),
    Code.KEY_REPEATED: ("key",),
    Code.UNIT_NOT_POSITIVE: ("unit",),
    Code.TOTAL_NEGATIVE: ("total",),
    Code.TOTAL_NOT_IN_UNITS: ("total", "unit"),
    Code.NO_FACTOR: (),
    Code.FACTOR_REPEATED: ("factor",),
    Code.FACTOR_WEIGHT: ("factor", "weight"),
    Code.FACTOR_MISSING: ("factor", "key"),
    Code.FACTOR_NEGATIVE: ("factor", "key", "value"),
    Code.FACTOR_ZERO: ("factor",),
    Code.BOUND_NEGATIVE: ("key", "bound", "value"),
    Code.FLOOR_ABOVE_CAP: ("key", "floor", "cap"),
    Code.FIXED_NOT_IN_UNITS: ("key", "fixed", "unit"),
    Code.FIXED_OUTSIDE_BOUNDS: ("key", "fixed"),
    Code.FIXED_ABOVE_TOTAL: ("total", "fixed", "missing"),
    Code.FIXED_BELOW_TOTAL: ("total", "fixed", "left"),
    Code.FLOORS_ABOVE_TOTAL: ("total", "fixed", "floors", "missing", "keys"),
    Code.CAPS_BELOW_TOTAL: ("total", "fixed", "caps", "left", "keys"),
}
"""The parameters a code carries. `keys` names those whose bounds weigh most, largest first, at most five."""

STEPS: dict[str, tuple[str, ...]] = {
    "allocation.total": ("unit", "recipients"),
    "allocation.fixed": ("recipients",),
    "allocation.factor": ("factor", "weight", "sum"),
    "allocation.floors": ("recipients",),
    "allocation.caps": ("recipients",),
    "allocation.rounding": ("unit", "recipients"),
}
"""The steps of a trace, with their parameters."""


def problem(code: Code, severity: Severity = Severity.ERROR, **params: Any) -> Problem:
    """A problem that carries exactly the parameters its code promises."""
    if set(params) != set(FIELDS[code]):
        raise ValueError(f"{code} carries {FIELDS[code]}, not {tuple(params)}")
    return Problem(code.value, params, severity)
