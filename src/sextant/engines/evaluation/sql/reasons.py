"""Reasons of the set path: the same codes, parameters and bytes as `reason.Reason.json`."""

from collections.abc import Iterable

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.reason import REASON_FIELDS
from sextant.engines.evaluation.spec import Thresholds
from sextant.engines.evaluation.sql.text import AMOUNT

ARM_CODES = tuple(code for code in REASON_FIELDS if code not in {"light.not_started", "light.unsound", "light.manual"})
"""Codes an arm can give; the others take another path."""


def params_json(code: str, facts: dict[str, str]) -> str:
    """Compact JSON of the parameters `code` carries; `facts` are SQL expressions of JSON values, NULL when unknown."""
    fields = (f"""'"{name}":' || {facts[name]}""" for name in REASON_FIELDS[code] if name in facts)
    return f"'{{' || concat_ws(',', {', '.join(fields)}) || '}}'"


def params_by_code(codes: Iterable[str], facts: dict[str, str]) -> str:
    """The parameters for the code in column `reason`."""
    branches = " ".join(f"WHEN '{code}' THEN {params_json(code, facts)}" for code in codes)
    return f"CASE reason {branches} END"


def facts_of(case: Case, thresholds: Thresholds) -> dict[str, str]:
    """Every fact a reason may carry at τ, as an SQL expression of its JSON value."""
    is_range = case is Case.RANGE
    known = {
        "case": f"'\"{case.value}\"'",
        "unit": "unit_json",
        "decimals": _text("decimals"),
        "direction": _text("direction"),
        "from_on": _text("from_on"),
        "on": _text("tau"),
        "value": _amount("value"),
        "expected": _amount("expected"),
        "completion": _amount("completion"),
        "threshold": _text(
            f"CASE WHEN reason = 'light.below_red' THEN '{thresholds.red_below:.6f}'"
            f" ELSE '{thresholds.yellow_below:.6f}' END"
        ),
        "late_days": f"'\"{thresholds.late_days}\"'",
        "late_expected": _amount("late_expected"),
        "last_on": _text("(sunday - seen0)::DATE"),
        "age_days": _text("age0"),
        "promise_days": _text("freshness_days"),
        "weeks": _text("streak0"),
        "share": f"'\"{thresholds.baseline_share:.6f}\"'",
        "line": _amount("baseline"),
        "held_on": _text("(sunday - 7)::DATE"),
        "held_light": _text("CASE sev1 WHEN 2 THEN 'red' ELSE 'yellow' END"),
        "held_code": _text("reason1"),
        "held_completion": _amount("completion1"),
        "held_weeks": _text("CASE WHEN reason1 LIKE 'light.streak%' OR reason1 LIKE 'light.line%' THEN streak1 END"),
    }
    if is_range:
        return known | {"low": _amount("range_low"), "high": _amount("range_high")}
    return known | {"base": _amount("base")}


def _text(expression: str) -> str:
    return f"""'"' || ({expression})::VARCHAR || '"'"""


def _amount(expression: str) -> str:
    return _text(f"({expression})::{AMOUNT}")
