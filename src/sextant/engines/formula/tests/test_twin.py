"""The Python value of a formula and the value of its SQL in DuckDB are one and the same, exactly."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sextant.engines.formula import Formula, parse, to_sql
from sextant.engines.formula.tests.makers import COLUMN_TYPES, NAMES, formula_texts, group_texts, rows
from sextant.engines.formula.types import NUMBER

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        columns = ", ".join(f'"{name}" {COLUMN_TYPES[kind]}' for name, kind in NAMES.items())
        opened.execute(f"CREATE TABLE measured (place INTEGER, {columns})")
        yield opened


def sql_values(connection, formula: Formula, table: list[dict]) -> list[object]:
    """The formula's SQL over `table`, in order."""
    connection.execute("DELETE FROM measured")
    marks = ", ".join("?" for _ in range(len(NAMES) + 1))
    values = [[place, *(row[name] for name in NAMES)] for place, row in enumerate(table)]
    connection.executemany(f"INSERT INTO measured VALUES ({marks})", values)
    written = to_sql(formula, group_by=["unit"])
    result = connection.execute(f"SELECT value FROM (SELECT place, {written} AS value FROM measured) ORDER BY place")
    return [value for (value,) in result.fetchall()]


def parsed(text: str) -> Formula:
    outcome = parse(text, names=NAMES)
    assert outcome.value is not None, (text, outcome.problems)
    return outcome.value


@quick
@given(text=formula_texts, table=st.lists(rows, min_size=1, max_size=4))
def test_random_formula_over_random_rows_is_the_same_in_python_and_in_sql(connection, text, table):
    formula = parsed(text)
    in_python = [formula.evaluate(row).value for row in table]
    in_sql = sql_values(connection, formula, table)
    assert in_python == in_sql
    if formula.type is NUMBER:
        assert all(isinstance(value, Decimal | None) for value in in_sql)


@quick
@given(text=group_texts, table=st.lists(rows, min_size=1, max_size=6))
def test_random_group_formula_is_the_same_in_python_and_in_sql(connection, text, table):
    formula = parsed(text)
    in_python = [outcome.value for outcome in formula.evaluate_group(table, "unit")]
    assert in_python == sql_values(connection, formula, table)


@quick
@given(text=formula_texts)
def test_any_formula_can_be_written_for_spark(text):
    assert to_sql(parsed(text), "spark")
