"""Mapping files: read strictly, refused with a place and a remedy, and every code has its sentence."""

from datetime import date
from pathlib import Path

import pytest

from sextant.engines.values import Problem
from sextant.foundation.tabular import Code
from sextant.metrics.contracts import MetricRow
from sextant.metrics.intake.judging import Reason
from sextant.metrics.intake.messages import REASONS, TITLES, say_mapping, say_reason
from sextant.metrics.intake.plan import plan_intake
from sextant.metrics.mapping import MappingRefused, build_mapping, load_mapping, parse_mapping

TODAY = date(2026, 3, 10)
COLUMNS = ("id", "who", "day", "amount", "state")
GOOD = """
source: 拜访表
person: {column: who}
columns: {amount: {type: number}}
metrics:
  - {code: t.amount, name: 金额}
  - {code: t.rate, name: 率, aggregation: ratio}
  - {code: t.n, name: 数, aggregation: count}
record: id
measurements:
  - {metric: t.amount, date: day, value: "[amount]", where: '[state] = "won"'}
"""


def sentence_of(text: str) -> tuple[str, str]:
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(text)
    problem = refused.value.problems[0]
    return problem.code, say_mapping(problem)


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("person: {column: who}", "person: {colum: who}", "mapping.unknown_key", "person.colum"),
        ("measurements:", "measurments:", "mapping.missing_key", "measurements"),
        ("person: {column: who}", "unit: {column: who}\nperson: {column: who}", "mapping.person_or_unit", "只写一个"),
        ("person: {column: who}", "person: {}", "mapping.column_or_template", "person"),
        ("person: {column: who}", "person: {template: x}", "mapping.template_without_column", "{列名}"),
        ("{column: who}", "{column: who, by: phone}", "mapping.bad_choice", "number, email, name"),
        ("date: day, ", "", "mapping.date_or_day", "measurements[1]"),
        ('value: "[amount]", ', "numerator: 1, ", "mapping.numerator_and_denominator", "measurements[1]"),
        ('value: "[amount]", ', "value: 1, numerator: 1, denominator: 1, ", "mapping.value_or_ratio", "只能写一种"),
        ("{type: number}", "{type: text, formats: ['%Y']}", "mapping.formats_without_date", "columns.amount"),
        ("code: t.rate", "code: t.amount", "mapping.metric_twice", "code"),
        (
            "{code: t.amount, name: 金额}",
            "{code: t.amount, name: 金额, decimals: 9}",
            "mapping.bad_value",
            "metrics[1].decimals",
        ),
        ("source: 拜访表", "source: 拜访表\nsource: 再来", "mapping.yaml", "第 3 行第 1 列"),
    ],
)
def test_a_shape_that_is_wrong_is_refused_where_it_is_wrong(old: str, new: str, code: str, said: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    found, sentence = sentence_of(text)
    assert found == code
    assert said in sentence


def test_aliases_are_refused_before_they_unfold() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nsource: x\n"
    assert sentence_of(bomb)[0] == "mapping.yaml"


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "只有一句话"])
def test_what_is_no_document_is_refused(text: str) -> None:
    assert sentence_of(text)[0] == "mapping.not_a_document"


def test_a_missing_or_foreign_encoded_file_is_refused_with_its_path(tmp_path: Path) -> None:
    foreign = tmp_path / "m.yaml"
    foreign.write_bytes("source: 拜访表".encode("gb18030"))
    for path, code in ((tmp_path / "none.yaml", "mapping.missing"), (foreign, "mapping.encoding")):
        with pytest.raises(MappingRefused) as refused:
            load_mapping(path)
        assert refused.value.problems[0].code == code
        assert str(path) in say_mapping(refused.value.problems[0])


def test_what_a_batch_remembers_is_the_same_mapping_again() -> None:
    mapping = parse_mapping(GOOD + "  - {metric: t.n, day: 2026-01-31}\n")
    assert build_mapping(mapping.model_dump(mode="json", exclude_defaults=True)) == mapping


def planned(text: str, *, library: tuple[MetricRow, ...] = ()) -> tuple[Problem, ...]:
    known = {row.code: row for row in library}
    return plan_intake(parse_mapping(text), columns=COLUMNS, library=known, today=TODAY).problems


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("{column: who}", "{column: whoo}", "mapping.unknown_column", "是否想写“who”"),
        ("{column: who}", "{column: 部门}", "mapping.unknown_column", "id, who, day, amount, state"),
        ("record: id", "record: [id, dya]", "mapping.unknown_column", "是否想写“day”"),
        ("date: day", "date: dai", "mapping.unknown_column", "measurements[1].date"),
        ("metric: t.amount", "metric: t.amuont", "mapping.unknown_metric", "是否想写“t.amount”"),
        ('"[amount]"', '"[amuont] + 1"', "mapping.formula", "第 1 个字符"),
        ('"[amount]"', '"[state]"', "mapping.formula", "measurements[1].value"),
        ('"[amount]"', '"单位合计([amount])"', "mapping.group_function", "一行一算"),
        ('value: "[amount]", ', "", "mapping.value_needed", "value"),
        ('value: "[amount]"', "numerator: 1, denominator: 1", "mapping.not_a_ratio", "不是比率"),
        ("metric: t.amount", "metric: t.rate", "mapping.ratio_needs_both", "numerator"),
        ("metric: t.amount", "metric: t.n", "mapping.count_has_value", "每行算一"),
        ("{amount: {type: number}}", "{amount: {type: number}, day: {type: text}}", "mapping.not_a_date", "date"),
        ("date: day", "day: 2026-03-11", "mapping.day_in_future", "2026-03-10"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_says_where_and_what_was_meant(
    old: str, new: str, code: str, said: str
) -> None:
    assert GOOD.replace(old, new) != GOOD
    (problem,) = planned(GOOD.replace(old, new))
    assert problem.code == code
    assert said in say_mapping(problem)


def test_all_problems_are_reported_at_once() -> None:
    text = GOOD.replace("{column: who}", "{column: whoo}").replace("[amount]", "[amuont]").replace("[state]", "[stat]")
    assert [problem.code for problem in planned(text)] == [
        "mapping.unknown_column",
        "mapping.formula",
        "mapping.formula",
    ]


def test_a_metric_of_the_library_that_adds_up_differently_is_not_the_same_metric() -> None:
    row = MetricRow(1, "t.amount", "金额", "", 0, "higher", "mean", "day", "", 14, 1)
    (problem,) = planned(GOOD, library=(row,))
    assert (problem.code, problem.params["library"]) == ("mapping.metric_differs", "mean")
    assert "换一个 code" in say_mapping(problem)


def test_every_reason_has_a_sentence_and_a_title() -> None:
    params = {"value": "v", "by": "name", "today": "2026-03-10", "first": 2, "formula": "[a]", "batch": 3}
    for reason in set(Reason) - {Reason.CELL}:
        assert say_reason(reason, "列", params)
        assert TITLES[reason]
    cell_codes = [code for code in Code if code in TITLES]
    assert {code.value for code in cell_codes} | {reason.value for reason in set(Reason) - {Reason.CELL}} == set(TITLES)
    assert set(REASONS) == {reason.value for reason in set(Reason) - {Reason.CELL}}


def test_every_row_or_cell_fault_of_a_table_has_a_title() -> None:
    whole_file = {
        Code.MISSING,
        Code.EMPTY,
        Code.NO_ROWS,
        Code.BROKEN,
        Code.BROKEN_TEXT,
        Code.PROTECTED,
        Code.ENCODING,
        Code.UNKNOWN_ENCODING,
        Code.UNKNOWN_SHEET,
        Code.DUPLICATE_COLUMN,
    }
    assert {code.value for code in set(Code) - whole_file} <= set(TITLES)
