"""Properties of the language: printing and parsing, limits, and that nothing is ever raised."""

import random
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sextant.engines.formula import Code, FormulaType, parse, to_sql
from sextant.engines.formula.codes import PARAMETERS, SUGGESTED
from sextant.engines.formula.tests.makers import NAMES, formula_texts, rows, sign_texts
from sextant.engines.formula.types import BOOLEAN, NUMBER
from sextant.engines.formula.width import half_width
from sextant.engines.values import Severity

tried = settings(max_examples=100, deadline=None)

PIECES = [
    *"()（）[]【】,，;；+-*/^%&=<>≤≥≠＋－×÷％＝“”\"'$#@！。、\\\n\t 0123456789.",
    *(
        "IF",
        "如果",
        "MAX(",
        "LOOKUP",
        "UNIT_SUM(",
        "[完成率]",
        "回款",
        "TRUE",
        "真",
        '"华东"',
        "1.5",
        "{",
        "`",
        "--",
        "/*",
    ),
]
scraps = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def problem_codes(text: str, names: dict = NAMES) -> list[str]:
    return [problem.code for problem in parse(text, names=names).problems]


@tried
@given(text=st.text(max_size=60) | scraps)
def test_any_text_gives_a_formula_or_problems_with_places_inside_it(text):
    outcome = parse(text, names=NAMES)
    assert (outcome.value is None) == bool(outcome.problems)
    for problem in outcome.problems:
        code = Code(problem.code)
        assert problem.at is None or 0 <= problem.at <= len(text)
        assert set(problem.params) - {"suggestion"} == set(PARAMETERS.get(code, ()))
        assert "suggestion" not in problem.params or code in SUGGESTED
    if outcome.value:
        outcome.value.lint()
        to_sql(outcome.value)


@tried
@given(text=formula_texts, signs=sign_texts)
def test_printed_formula_parses_to_the_same_formula(text, signs):
    assert_printing_is_faithful(text)
    assert_printing_is_faithful(signs)


def assert_printing_is_faithful(text: str) -> None:
    formula = parse(text, names=NAMES).value
    again = parse(formula.text(), names=NAMES).value
    assert again == formula
    assert again.text() == formula.text()


@tried
@given(text=formula_texts, row=rows)
def test_evaluating_has_a_value_or_says_why_not(text, row):
    formula = parse(text, names=NAMES).value
    outcome = formula.evaluate(row)
    assert (outcome.value is None) <= bool(outcome.problems)
    assert not outcome.is_error
    assert formula.explain(row).value == outcome.value
    for problem in (*outcome.problems, *formula.lint()):
        assert set(problem.params) == set(PARAMETERS.get(Code(problem.code), ()))
        assert problem.severity is not Severity.ERROR


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.dates(),
    st.decimals(),
    st.binary(max_size=2),
)


@tried
@given(row=st.dictionaries(st.sampled_from(sorted(NAMES)), anything))
def test_row_with_values_of_any_type_is_answered_without_an_exception(row):
    formula = parse("IF([在岗], [完成率] + [回款], LEN([区域]) * YEAR([入职]) ^ 2)", names=NAMES).value
    value = formula.evaluate(row).value
    assert value is None or (isinstance(value, Decimal) and value.is_finite())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1" * 4001, Code.TOO_LONG),
        ("+".join("1" * 500), Code.TOO_MANY_NODES),
        ("(" * 61 + "1" + ")" * 61, Code.TOO_DEEP),
        ("-" * 61 + "1", Code.TOO_DEEP),
        ("ABS(" * 61 + "1" + ")" * 61, Code.TOO_DEEP),
        ("2^" * 61 + "2", Code.TOO_DEEP),
    ],
)
def test_formula_beyond_a_limit_is_a_problem(text, code):
    assert problem_codes(text) == [code]


@pytest.mark.parametrize(
    "text", ["1" * 19, "+".join("1" * 499), "(" * 60 + "1" + ")" * 60, "-" * 60 + "1", "ABS(" * 60 + "1" + ")" * 60]
)
def test_formula_at_a_limit_is_read_and_written(text):
    formula = parse(text, names={}).value
    assert parse(formula.text(), names={}).value == formula
    assert formula.evaluate({}).value is not None
    assert to_sql(formula)


def test_conditions_inside_conditions_are_refused_before_they_cost_the_database_seconds():
    text = "[在岗]"
    for _ in range(12):
        text = f"IF({text}, TRUE, FALSE)"
    assert problem_codes(text) == [Code.TOO_COSTLY]


def test_long_chain_of_branches_is_allowed():
    text = '"绿"'
    for place in range(50):
        text = f'IF([完成率] < {place}%, "档{place}", {text})'
    assert problem_codes(text) == []


def test_text_in_quotes_and_names_keeps_its_full_width_signs():
    assert half_width("“（１）”＆［目标（万）］") == "“（１）”&[目标（万）]"
    formula = parse('［目标（万）］ & “"（１）"”', names={"目标（万）": NUMBER}).value
    assert formula.evaluate({"目标（万）": 2}).value == '2"（１）"'


def test_character_that_cannot_be_seen_is_read_over_or_named():
    assert parse("\ufeff1\u200b + 1", names={}).value.text() == "1 + 1"
    (problem,) = parse('"a\0b"', names={}).problems
    assert (problem.code, problem.at, problem.params["character"]) == (Code.BAD_CHARACTER, 2, "U+0000")


def test_full_width_typing_means_the_same_as_half_width():
    wide = parse("＝如果（【完成率】≥７０．５％；“绿”；“红”）", names=NAMES).value
    assert wide == parse('=IF([完成率] >= 70.5%, "绿", "红")', names=NAMES).value


def test_bare_name_and_bracketed_name_are_the_same():
    assert parse("完成率 + [完成率]", names=NAMES).value.text() == "[完成率] + [完成率]"


def test_expected_result_type_is_enforced():
    assert [p.code for p in parse("1", names={}, expects=BOOLEAN).problems] == [Code.WRONG_RESULT]
    assert parse("1 > 2", names={}, expects=BOOLEAN).value.type is BOOLEAN


def test_names_are_the_ones_read():
    assert parse("IF([在岗], [回款], 0)", names=NAMES).value.names == {"在岗", "回款"}


def test_value_of_the_wrong_type_is_missing_with_a_warning():
    outcome = parse("[完成率] + 1", names=NAMES).value.evaluate({"完成率": "0.7"})
    (problem,) = outcome.problems
    assert (outcome.value, problem.code) == (None, Code.WRONG_VALUE)
    assert problem.params == {"name": "完成率", "expected": FormulaType.NUMBER, "value": "0.7"}


def test_warning_stays_beside_a_value_that_did_without_the_part():
    outcome = parse("SUM([完成率], 1 / [回款])", names=NAMES).value.evaluate({"完成率": 2, "回款": 0})
    assert outcome.value == 2
    assert [problem.code for problem in outcome.problems] == [Code.DIVISION_BY_ZERO]


def test_fallback_forgets_the_problem_it_was_written_for():
    outcome = parse("IFERROR(1 / [回款], 0)", names=NAMES).value.evaluate({"回款": 0})
    assert (outcome.value, outcome.problems) == (0, ())


def test_explanation_lists_names_and_calls_inner_ones_first():
    outcome = parse("IF([完成率] < 0.7, [回款] * 2, 0)", names=NAMES).value.explain({"完成率": 0.5, "回款": 3})
    assert [(step.params["text"], step.result) for step in outcome.trace] == [
        ("[完成率]", Decimal("0.5")),
        ("[完成率] < 0.7", True),
        ("[回款]", Decimal(3)),
        ("[回款] * 2", Decimal(6)),
        ("IF([完成率] < 0.7, [回款] * 2, 0)", Decimal(6)),
    ]


def test_columns_can_be_called_otherwise_and_names_never_become_sql():
    names = {'a"; DROP TABLE t; --': NUMBER, "b": FormulaType.TEXT}
    formula = parse('[a"; DROP TABLE t; --] & [b] & "\'; x"', names=names).value
    written = to_sql(formula, columns={"b": "kept"})
    assert '"a""; DROP TABLE t; --"' in written
    assert '"kept"' in written
    assert "'''; x'" in written


def test_dialect_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="duckdb and spark"):
        to_sql(parse("1", names={}).value, "mysql")


def test_unreachable_branch_is_never_taken_and_every_other_one_is():
    """Chains of random thresholds, asked for every value around them."""
    chance = random.Random(20260331)
    names = {"x": NUMBER}
    for _ in range(150):
        bounds = [(chance.choice(["<", "<=", ">", ">=", "=", "<>"]), chance.randint(0, 4)) for _ in range(3)]
        text = "IFS(" + ", ".join(f'[x] {sign} {bound}, "{place}"' for place, (sign, bound) in enumerate(bounds)) + ")"
        formula = parse(text, names=names).value
        dead = {problem.params["branch"].strip('"') for problem in formula.lint()}
        taken = {formula.evaluate({"x": Decimal(half) / 2}).value for half in range(-2, 11)}
        first_dead = next((place for place in "012" if place not in taken), None)
        assert not dead & taken, text
        assert first_dead is None or first_dead in dead, text


def test_date_of_a_datetime_counts_as_its_day():
    row = {"入职": datetime(2026, 3, 1, 23, 59)}  # noqa: DTZ001 — a spreadsheet's cell carries no zone
    assert parse("[入职]", names=NAMES).value.evaluate(row).value == date(2026, 3, 1)
