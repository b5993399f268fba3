"""Finished standings as the canonical lines that are stored and hashed."""

_NULLABLE = ("value", "expected", "elapsed", "progress", "completion", "score")
_ARRAYS = ("week_ends", "week_values", "week_expected")


def _array(name: str) -> str:
    # DuckDB prints [1.000000, NULL]; PostgreSQL reads {1.000000,NULL}
    return f"translate({name}::VARCHAR, '[] ', '{{}}')"


def lines() -> str:
    r"""The query whose one column holds a line a standing, in order of goal, as `Standing.canonical_row` writes it."""
    fields = (
        "goal_id",
        "as_of",
        *(rf"coalesce({name}::VARCHAR, '\N')" for name in _NULLABLE),
        "light",
        "reason",
        r"replace(params, '\', '\\')",
        *(_array(name) for name in _ARRAYS),
        "week_lights",
    )
    return f"SELECT concat_ws(chr(9), {', '.join(fields)}) || chr(10) AS line FROM sx_standing ORDER BY goal_id"
