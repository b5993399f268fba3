"""Reasons of the set path: the same codes, parameters and bytes as `reason.Reason.json`."""

import json

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.reason import REASON_FIELDS, canonical
from sextant.engines.evaluation.spec import Dynamic, Thresholds
from sextant.engines.evaluation.sql.text import to_text

ARM_CODES = tuple(code for code in REASON_FIELDS if code not in {"light.not_started", "light.unsound", "light.manual"})
"""Codes an arm can give; the others take another path."""


def params_by_code(facts: dict[str, str]) -> str:
    """The parameters for the code in column `reason`, as compact JSON. `facts` are SQL expressions of JSON values,
    NULL when unknown; a fact that is absent is never known."""
    branches = " ".join(f"WHEN '{code}' THEN {_json(code, facts)}" for code in ARM_CODES)
    return f"CASE reason {branches} END"


def _json(code: str, facts: dict[str, str]) -> str:
    fields = (f"""'"{name}":' || {facts[name]}""" for name in REASON_FIELDS[code] if name in facts)
    return f"'{{' || concat_ws(',', {', '.join(fields)}) || '}}'"


def facts_of(case: Case, thresholds: Thresholds) -> dict[str, str]:
    """Every fact a reason may carry at τ, as an SQL expression of its JSON value."""
    red, yellow = f"'{canonical(thresholds.red_below)}'", f"'{canonical(thresholds.yellow_below)}'"
    if thresholds.dynamic:
        red, yellow = (
            f"coalesce({to_text(f'bar_{colour}')}, {constant})"
            for colour, constant in (("red", red), ("yellow", yellow))
        )
    known = {
        "case": _constant(case.value),
        "unit": "unit_json",
        "decimals": _text("decimals"),
        "direction": _text("direction"),
        "from_on": _text("from_on"),
        "on": _text("tau"),
        "value": _text("value_text"),
        "expected": _text("expected_text"),
        "completion": _text("completion_text"),
        "limit": _limit(thresholds),
        "rules": _constant(thresholds.label) if thresholds.label else "NULL::VARCHAR",
        "threshold": _text(f"CASE WHEN reason = 'light.below_red' THEN {red} ELSE {yellow} END"),
        "late_days": _constant(str(thresholds.late_days)),
        "late_expected": _text(to_text("late_expected")),
        "last_on": _text("(sunday - seen0)::DATE"),
        "age_days": _text("age0"),
        "promise_days": _text("freshness_days"),
        "weeks": _text("streak0"),
        "share": _constant(canonical(thresholds.baseline_share)),
        "line": _text(to_text("line_u")),
        "held_on": _text("(sunday - 7)::DATE"),
        "held_light": _text("CASE sev1 WHEN 2 THEN 'red' ELSE 'yellow' END"),
        "held_code": _text("reason1"),
        "held_completion": _text(to_text("completion1")),
        "held_weeks": _text("CASE WHEN reason1 LIKE 'light.streak%' OR reason1 LIKE 'light.line%' THEN streak1 END"),
    }
    known |= _bars(thresholds.dynamic) if thresholds.dynamic else {}
    if case is Case.RANGE:
        return known | {"low": _text(to_text("low_u")), "high": _text(to_text("high_u"))}
    return known | {"base": _text(to_text("base_u"))}


def _bars(dynamic: Dynamic) -> dict[str, str]:
    """Where dynamic thresholds came from. The quantile is that of red where the raw light is red."""
    few = "bar_red IS NULL"
    red, yellow = canonical(dynamic.red), canonical(dynamic.yellow)
    return {
        "dynamic": _constant(dynamic.of.value),
        "observed": _text("coalesce(bar_seen, 0)"),
        "least": f"CASE WHEN {few} THEN {_constant(str(dynamic.least))} END",
        "quantile": _text(f"CASE WHEN NOT {few} THEN CASE WHEN sev0 = 2 THEN '{red}' ELSE '{yellow}' END END"),
        "red_bar": _text(to_text("bar_red")),
        "yellow_bar": _text(to_text("bar_yellow")),
    }


def _limit(thresholds: Thresholds) -> str:
    """The absolute line that a value lies beyond."""
    red, yellow = (
        "NULL" if line is None else f"'{canonical(line)}'" for line in (thresholds.red_line, thresholds.yellow_line)
    )
    return _text(f"CASE WHEN reason = 'light.beyond_red' THEN {red} ELSE {yellow} END")


def _constant(text: str) -> str:
    return "'" + json.dumps(text, ensure_ascii=False).replace("'", "''") + "'"


def _text(expression: str) -> str:
    return f"""'"' || ({expression})::VARCHAR || '"'"""
