"""The Python value of a formula and the value of its SQL in DuckDB are one and the same, exactly."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sextant.engines.formula import Formula, parse, to_sql
from sextant.engines.formula.tests.in_duckdb import make_table, values_in_duckdb
from sextant.engines.formula.tests.makers import NAMES, formula_texts, group_texts, rows
from sextant.engines.formula.types import NUMBER


def tried(times: int) -> settings:
    return settings(max_examples=times, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        make_table(opened, NAMES)
        yield opened


def sql_values(connection, formula: Formula, table: list[dict]) -> list[object]:
    return values_in_duckdb(connection, formula, names=NAMES, rows=table, unit="unit")


def parsed(text: str) -> Formula:
    outcome = parse(text, names=NAMES)
    assert outcome.value is not None, (text, outcome.problems)
    return outcome.value


@tried(100)
@given(text=formula_texts, table=st.lists(rows, min_size=1, max_size=4))
def test_random_formula_over_random_rows_is_the_same_in_python_and_in_sql(connection, text, table):
    formula = parsed(text)
    in_python = [formula.evaluate(row).value for row in table]
    in_sql = sql_values(connection, formula, table)
    assert in_python == in_sql
    if formula.type is NUMBER:
        assert all(isinstance(value, Decimal | None) for value in in_sql)


@tried(40)
@given(text=group_texts, table=st.lists(rows, min_size=1, max_size=6))
def test_random_group_formula_is_the_same_in_python_and_in_sql(connection, text, table):
    formula = parsed(text)
    in_python = [outcome.value for outcome in formula.evaluate_group(table, "unit")]
    assert in_python == sql_values(connection, formula, table)


@tried(30)
@given(text=formula_texts)
def test_any_formula_can_be_written_for_spark(text):
    assert to_sql(parsed(text), "spark")
