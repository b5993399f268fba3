"""Scores by step, table or formula as SQL. The Python twin is `engines.evaluation.scale`."""

from itertools import pairwise

from sextant.engines.evaluation.exact import to_micro
from sextant.engines.evaluation.scale import FORMULA_NAMES, MOST_POINTS, FormulaScale, Scale, ScaleInput, TableScale
from sextant.engines.evaluation.sql.text import nearest, to_amount, to_whole
from sextant.engines.formula import to_sql


def by_scale(scale: Scale | None) -> str:
    """The branch of a score by scale, in millionths; nothing where the rules have none."""
    if isinstance(scale, FormulaScale):
        return "WHEN curve = 'formula' THEN points"
    if not isinstance(scale, TableScale):
        return ""
    at = "v0" if scale.of is ScaleInput.VALUE else "progress"
    rows = [(to_micro(start), to_micro(points)) for start, points in scale.rows]
    if scale.curve == "step":
        reached = " ".join(f"WHEN {at} >= {start} THEN {points}" for start, points in reversed(rows))
        return f"WHEN curve = 'step' THEN CASE {reached} ELSE 0 END"
    branches = [f"WHEN {at} < {rows[0][0]} THEN {rows[0][1]}"]
    for (start, points), (end, more) in pairwise(rows):
        between = f"({points}::HUGEINT * {end - start} + {more - points}::HUGEINT * ({at} - {start}))"
        branches.append(f"WHEN {at} < {end} THEN {nearest(between, f'{end - start}')}")
    return f"WHEN curve = 'lookup' THEN CASE {' '.join(branches)} ELSE {rows[-1][1]} END"


_FACTS = {
    "actual": to_amount("v0"),
    "weight": "coalesce(weight, 0)",
    "progress": to_amount("progress"),
    "completion": to_amount("completion"),
    "elapsed": to_amount("(2000000 * k0 + n) // (2 * n)"),
}
"""What a formula reads that is not a column of the goal under its own name."""
_FORMULA = "CASE WHEN curve = 'formula' AND v0 IS NOT NULL THEN {} END"


def formula_columns() -> dict[str, str]:
    """What a score formula may read, by column; NULL for goals it does not score, so that nothing is computed."""
    return {f"fact_{name}": _FORMULA.format(_FACTS.get(name, name)) for name in FORMULA_NAMES.values()}


def formula_points(scale: FormulaScale) -> dict[str, str]:
    """The formula's own number from `formula_columns`, and the points it gives in millionths; NULL where it has none:
    the row path says why."""
    columns = {name: f"fact_{english}" for chinese, english in FORMULA_NAMES.items() for name in (chinese, english)}
    return {
        "by_formula": _FORMULA.format(to_sql(scale.formula, columns=columns)),
        "points": f"CASE WHEN by_formula IS NOT NULL THEN {_whole_points()} END",
    }


def _whole_points() -> str:
    return to_whole(f"least(greatest(by_formula, 0), {MOST_POINTS})::DECIMAL(28, 6)")
