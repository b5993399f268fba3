"""Runs the case files: every function and operator by example, every problem at its place, every warning."""

import tomllib
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from sextant.engines.formula import Code, Formula, FormulaType, parse
from sextant.engines.formula.functions import FUNCTIONS, TABLE
from sextant.engines.formula.nodes import Call, walk
from sextant.engines.formula.tests.in_duckdb import make_table, values_in_duckdb

FOLDER = Path(__file__).parent / "cases"
VALUE_FILES = ("choices", "logic", "aggregates", "rounding", "dates", "texts", "operators")


def load(name: str) -> tuple[dict[str, FormulaType], dict[str, list[dict]]]:
    """Names with their types, and the cases under their headings."""
    document = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    names = {word: FormulaType(kind) for word, kind in document.pop("names").items()}
    return names, document


def cases(name: str) -> list:
    """(names, heading, case) of a file, with readable ids."""
    names, document = load(name)
    return [
        pytest.param(names, heading, case, id=f"{heading}-{case.get('title', case['formula'])}")
        for heading, listed in document.items()
        for case in listed
    ]


def understood(text: str, names: dict[str, FormulaType]) -> Formula:
    outcome = parse(text, names=names)
    assert outcome.value is not None, outcome.problems
    return outcome.value


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


def in_duckdb(connection, formula: Formula, names: dict[str, FormulaType], rows: list[dict]) -> list[object]:
    columns = {**names, "单位": FormulaType.TEXT}
    make_table(connection, columns)
    return values_in_duckdb(connection, formula, names=columns, rows=rows, unit="单位")


def starts_at(formula: str, at: int | None, where: str | None) -> bool:
    """Whether the position is where the case says; an empty `where` is the end of the text."""
    if at is None or where is None:
        return at is where
    return formula[at:] == "" if where == "" else formula[at:].startswith(where)


@pytest.mark.parametrize(("names", "heading", "case"), [case for name in VALUE_FILES for case in cases(name)])
def test_case_has_the_stated_value_in_python_and_in_sql(connection, names, heading, case):
    formula = understood(case["formula"], names)
    outcome = formula.evaluate(case["row"])
    if "missing" in case:
        assert outcome.value is None
        assert [problem.code for problem in outcome.problems] == [f"formula.{code}" for code in case["missing"]]
    else:
        assert outcome.value == case["value"]
        assert type(outcome.value) in (Decimal, str, bool, date)
        assert outcome.problems == ()
    assert heading in {node.function for node in walk(formula.root) if isinstance(node, Call)}
    assert in_duckdb(connection, formula, names, [case["row"]]) == [case.get("value")]


@pytest.mark.parametrize(("names", "heading", "case"), cases("groups"))
def test_group_case_has_the_stated_values_in_python_and_in_sql(connection, names, heading, case):
    formula = understood(case["formula"], names)
    expected = [None if value == "" else value for value in case["values"]]
    assert [outcome.value for outcome in formula.evaluate_group(case["rows"], "单位")] == expected
    assert in_duckdb(connection, formula, names, case["rows"]) == expected
    assert heading in formula.text()
    assert formula.evaluate(case["rows"][0]).problems[-1].code == Code.GROUP_NEEDED


@pytest.mark.parametrize(("names", "heading", "case"), cases("errors"))
def test_wrong_formula_has_the_stated_problem_at_its_character(names, heading, case):
    outcome = parse(case["formula"], names=names)
    assert outcome.value is None
    first, *others = outcome.problems
    assert first.code == f"formula.{case['code']}"
    assert starts_at(case["formula"], first.at, case.get("where"))
    assert first.params.get("suggestion") == case.get("suggestion")
    assert [problem.code for problem in others] == [f"formula.{code}" for code in case.get("also", [])]


@pytest.mark.parametrize(("names", "heading", "case"), cases("lint"))
def test_saved_formula_has_the_stated_warning_or_none(names, heading, case):
    found = understood(case["formula"], names).lint()
    assert [problem.code for problem in found] == ([f"formula.{case['warning']}"] if "warning" in case else [])
    assert all(starts_at(case["formula"], problem.at, case["where"]) for problem in found)


def test_every_function_and_operator_has_three_cases():
    counted = Counter(heading for name in (*VALUE_FILES, "groups") for heading in _repeated(load(name)[1]))
    assert {word for word in TABLE if counted[word] < 3} == set()


def _repeated(document: dict[str, list[dict]]) -> list[str]:
    return [heading for heading, listed in document.items() for _ in listed]


def test_no_word_means_two_functions():
    words = Counter(word for function in FUNCTIONS for word in (function.name, *function.aliases))
    assert [word for word, times in words.items() if times > 1] == []
    assert all(function.aliases and function.zh and function.en for function in FUNCTIONS)
