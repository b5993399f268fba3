"""Runs the SQL of a formula over rows, for comparison with its Python value."""

from collections.abc import Mapping, Sequence

import duckdb

from sextant.engines.formula import Formula, FormulaType, to_sql
from sextant.engines.formula.types import BOOLEAN, DATE, NUMBER, TEXT

COLUMN_TYPES = {NUMBER: "DECIMAL(28, 9)", TEXT: "VARCHAR", BOOLEAN: "BOOLEAN", DATE: "DATE"}


def make_table(connection: duckdb.DuckDBPyConnection, names: Mapping[str, FormulaType]) -> None:
    """An empty table `measured` with a column for each name."""
    columns = ", ".join(f'"{name}" {COLUMN_TYPES[kind]}' for name, kind in names.items())
    connection.execute(f"CREATE OR REPLACE TABLE measured (place INTEGER, {columns})")


def values_in_duckdb(
    connection: duckdb.DuckDBPyConnection,
    formula: Formula,
    *,
    names: Mapping[str, FormulaType],
    rows: Sequence[Mapping[str, object]],
    unit: str,
) -> list[object]:
    """The formula over `rows` in the table of `make_table`, in order."""
    connection.execute("DELETE FROM measured")
    marks = ", ".join("?" for _ in range(len(names) + 1))
    filled = [[place, *(row.get(name) for name in names)] for place, row in enumerate(rows)]
    connection.executemany(f"INSERT INTO measured VALUES ({marks})", filled)
    written = to_sql(formula, group_by=[unit])
    found = connection.execute(f"SELECT value FROM (SELECT place, {written} AS value FROM measured) ORDER BY place")
    return [value for (value,) in found.fetchall()]
