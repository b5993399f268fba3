"""What may be saved, how periods and headers are read: tables, no database."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sextant.engines.values import Period
from sextant.goals.contracts import Targets
from sextant.goals.policy import (
    decide_columns,
    decide_period,
    decide_target_problems,
    decide_weight_problems,
    find_looping,
    goal_code,
    nearest,
    period_from_code,
)
from sextant.goals.policy.names import CODE_LENGTH


def _targets(**numbers: object) -> Targets:
    return Targets(**{name: Decimal(str(value)) if name != "curve" else value for name, value in numbers.items()})


@pytest.mark.parametrize(
    ("direction", "numbers", "codes"),
    [
        ("higher", {"base": 100, "stretch": 130}, []),
        ("higher", {"base": 100}, []),
        ("higher", {}, ["goal.base_missing"]),
        ("higher", {"base": 0}, ["goal.base_zero"]),
        ("higher", {"base": 0, "start": -10}, []),
        ("higher", {"base": -5}, ["goal.base_negative"]),
        ("higher", {"base": 100, "stretch": 100}, ["goal.stretch_not_beyond_base"]),
        ("higher", {"base": 100, "stretch": 90}, ["goal.stretch_not_beyond_base"]),
        ("higher", {"base": 100, "start": 120}, ["goal.base_not_beyond_start"]),
        ("lower", {"base": 12, "stretch": 9, "start": 18}, []),
        ("lower", {"base": 12, "stretch": 15}, ["goal.stretch_not_beyond_base"]),
        ("lower", {"base": 12, "start": 8}, ["goal.base_not_beyond_start"]),
        ("lower", {"base": 5, "stretch": 0}, ["goal.stretch_not_positive"]),
        ("lower", {"base": 5, "stretch": 0, "curve": "ladder"}, []),
        ("lower", {"base": 5, "stretch": 0, "start": 9}, []),
        ("range", {"range_low": 10, "range_high": 20, "tolerance": 5}, []),
        ("range", {"range_low": 10}, ["goal.range_incomplete"]),
        ("range", {"range_low": 20, "range_high": 10}, ["goal.range_reversed"]),
        ("higher", {"base": 100, "weight": 101}, ["goals.weight_range"]),
        ("higher", {"base": 100, "weight": -1}, ["goals.weight_range"]),
        ("higher", {"base": 100, "curve": "spiral"}, ["goals.curve_unknown"]),
    ],
)
def test_targets_are_refused_with_the_code_of_their_fault(direction: str, numbers: dict, codes: list[str]) -> None:
    problems = decide_target_problems(_targets(**numbers), direction=direction)
    assert [problem.code for problem in problems] == codes


def test_a_refused_target_names_the_field_to_mend_and_its_value() -> None:
    (problem,) = decide_target_problems(_targets(base=100, stretch=90), direction="higher")
    assert (problem.params["field"], problem.params["value"]) == ("stretch", Decimal(90))
    (problem,) = decide_target_problems(_targets(range_low=10), direction="range")
    assert problem.params["field"] == "range_high"


@pytest.mark.parametrize(
    ("weights", "total"), [([60, 40], None), ([0, 0], None), ([], None), ([60, 30], 90), ([60, 60], 120)]
)
def test_weights_of_a_plan_are_full_or_warned_about(weights: list[int], total: int | None) -> None:
    problems = decide_weight_problems(Decimal(weight) for weight in weights)
    assert [problem.params["total"] for problem in problems] == ([] if total is None else [total])


@pytest.mark.parametrize(
    ("cell", "code", "from_on", "until_on"),
    [
        ("2017Q2", "2017Q2", date(2017, 4, 1), date(2017, 7, 1)),
        ("2017-q4", "2017Q4", date(2017, 10, 1), date(2018, 1, 1)),
        ("２０１７Ｑ２", "2017Q2", date(2017, 4, 1), date(2017, 7, 1)),
        ("2017年第二季度", "2017Q2", date(2017, 4, 1), date(2017, 7, 1)),
        ("2017-04", "2017-04", date(2017, 4, 1), date(2017, 5, 1)),
        ("2017年12月", "2017-12", date(2017, 12, 1), date(2018, 1, 1)),
        ("2017H1", "2017H1", date(2017, 1, 1), date(2017, 7, 1)),
        ("2017年下半年", "2017H2", date(2017, 7, 1), date(2018, 1, 1)),
        ("2017", "2017", date(2017, 1, 1), date(2018, 1, 1)),
        ("2017年", "2017", date(2017, 1, 1), date(2018, 1, 1)),
        (2017, "2017", date(2017, 1, 1), date(2018, 1, 1)),
        (2017.0, "2017", date(2017, 1, 1), date(2018, 1, 1)),
        (datetime(2017, 4, 1, tzinfo=UTC), "2017-04", date(2017, 4, 1), date(2017, 5, 1)),
        ("2017-04-01..2017-07-01", "2017Q2", date(2017, 4, 1), date(2017, 7, 1)),
        ("2017-04-03..2017-06-12", "2017-04-03..2017-06-12", date(2017, 4, 3), date(2017, 6, 12)),
        ("2016-12-01..2017-03-01", "2016-12-01..2017-03-01", date(2016, 12, 1), date(2017, 3, 1)),
    ],
)
def test_a_period_is_read_however_it_is_written(cell: object, code: str, from_on: date, until_on: date) -> None:
    named = decide_period(cell).value
    assert named is not None
    assert (named.code, named.period) == (code, Period(from_on, until_on))
    assert period_from_code(code) == named.period


@pytest.mark.parametrize("cell", ["spring", "2017Q5", "2017-13", "2017-07-01..2017-04-01", "2017-02-30..2017-03-01"])
def test_an_unreadable_period_is_a_problem(cell: str) -> None:
    assert [problem.code for problem in decide_period(cell).problems] == ["goals.period_unreadable"]


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_a_blank_period_is_missing(cell: object) -> None:
    assert [problem.code for problem in decide_period(cell).problems] == ["goals.period_missing"]


def test_headers_are_found_in_both_languages() -> None:
    english = decide_columns(["owner", "metric", "base", "stretch", "weight", "period"])
    chinese = decide_columns(["负责人", "指标", "基准", "挑战", "权重(%)", "周期"])
    assert set(english.headers) == set(chinese.headers)
    assert english.problems == chinese.problems == ()


def test_a_missing_column_stops_the_file_and_a_strange_one_does_not() -> None:
    missing = decide_columns(["owner", "metric", "base"])
    assert not missing.is_usable
    assert [problem.params["field"] for problem in missing.problems] == ["period"]
    strange = decide_columns(["owner", "metric", "strech", "period"])
    assert strange.is_usable
    assert [problem.params["suggestion"] for problem in strange.problems] == ["stretch"]


def test_a_long_code_is_cut_and_stays_distinct() -> None:
    first = goal_code(period="2017Q2", owner="x" * 70, subject="a")
    second = goal_code(period="2017Q2", owner="x" * 70, subject="b")
    assert len(first) == len(second) == CODE_LENGTH
    assert first != second


def test_a_close_name_is_suggested_and_a_distant_one_is_not() -> None:
    assert nearest("Won_Valeu", ["won_value", "win_rate"]) == "won_value"
    assert nearest("温度", ["won_value"]) is None


def test_a_loop_is_found_and_what_leads_into_it_is_not() -> None:
    assert find_looping({"a": ["b"], "b": ["c"], "c": ["b", "e"], "d": ["d"], "e": []}) == {"b", "c", "d"}
    # the second way up closes the circle; what lies between two circles is on neither
    two = {"a": ["b"], "b": ["a", "c"], "c": ["d"], "d": ["e", "top"], "e": ["d"], "top": []}
    assert find_looping(two) == {"a", "b", "d", "e"}
