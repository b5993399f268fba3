"""Documents of rules: what they mean, what is refused with which sentence."""

import ast
import inspect
import re
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.engines.evaluation import Comparison, Dynamic, Grain, PeerGroup, Thresholds
from sextant.metrics import light_rules, work_calendar
from sextant.metrics.actions import calendars, lights
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.light_rules import load_light_rules
from sextant.metrics.messages.lights import SENTENCES, say

HEAD = "code: line\nname: 产线\n"


def test_what_a_document_does_not_state_stays_as_the_wider_rules_have_it():
    company = load_light_rules("code: company\nname: 公司\nlate_days: off\nstreak: {yellow: 3, red: off}\n")
    wide = company.over(Thresholds(), version=2)
    narrow = load_light_rules(f"{HEAD}red_below: 0.6\nhysteresis: false\nstreak: {{grain: day}}\n").over(
        wide, version=1
    )
    assert (narrow.red_below, narrow.yellow_below, narrow.hysteresis) == (Decimal("0.6"), Decimal("0.70"), False)
    assert (narrow.late_days, narrow.streak_yellow, narrow.streak_red) == (None, 3, None)
    assert (narrow.streak_grain, narrow.baseline_share) == (Grain.DAY, Decimal("0.85"))
    assert narrow.label == "company/2 line/1"


def test_a_streak_of_days_under_an_absolute_line():
    rules = load_light_rules(f"{HEAD}streak: {{grain: day, yellow: 3, red: 5, line: 12.5}}\n").over(
        Thresholds(), version=1
    )
    assert (rules.streak_grain, rules.line, rules.streak_red) == (Grain.DAY, Decimal("12.5"), 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{of: own}", Dynamic(Comparison.OWN, least=6, periods=12)),
        ("{of: own, periods: 4, red: 0.2}", Dynamic(Comparison.OWN, Decimal("0.2"), least=4, periods=4)),
        ("{of: peers, group: unit}", Dynamic(Comparison.PEERS, least=8, group=PeerGroup.UNIT)),
        ("{of: off}", None),
    ],
)
def test_dynamic_thresholds_are_stated_with_what_they_take(text, expected):
    wide = Thresholds(dynamic=Dynamic(Comparison.PEERS))
    assert load_light_rules(f"{HEAD}dynamic: {text}\n").over(wide, version=1).dynamic == expected
    assert load_light_rules(HEAD).over(wide, version=1).dynamic == wide.dynamic


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("red_belw: 0.5", "mapping.unknown_key", "是否想写“red_below”"),
        ("red_below: 1.5", "mapping.bad_value", "red_below"),
        ("red_below: 0.9\nyellow_below: 0.8", "rules.red_above_yellow", "黄灯就不会出现"),
        ("season: {}", "rules.season_one_of", "months 与 weeks"),
        ("season: {months: [1, 2]}", "rules.season_length", "12 个数"),
        ("season: {months: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}", "rules.season_empty", "不能全为 0"),
        ("score: {curve: step}", "rules.rows_alone", "写 rows"),
        ("score: {curve: lookup, rows: [[1, 60], [1, 80]]}", "rules.rows_ascending", "从低到高"),
        ("score: {curve: formula, rows: [[1, 60]]}", "rules.formula_alone", "写 formula"),
        ("score: {curve: formula, formula: '[实际] * 2'}", "formula.unknown_name", "第 1 个字符"),
        ("score: {curve: formula, formula: '单位合计([实际值])'}", "score.needs_group", "不能用单位合计"),
        ("dynamic: {of: peers, red: 0.3}", "rules.quantiles_reversed", "黄灯就不会出现"),
        ("dynamic: {of: peers, periods: 8}", "rules.dynamic_apart", "只用于 of: own"),
        ("dynamic: {of: own, group: unit}", "rules.dynamic_apart", "只用于 of: own"),
        ("dynamic: {of: own, periods: 4, least: 5}", "rules.least_beyond_periods", "永远凑不够"),
        ("dynamic: {of: others}", "mapping.bad_choice", "dynamic.of"),
        ("streak: {yellow: on}", "mapping.bad_value", "streak.yellow"),
    ],
)
def test_a_document_that_cannot_hold_is_refused_with_its_place(text, code, said):
    with pytest.raises(DocumentRefused) as refused:
        load_light_rules(HEAD + text)
    assert refused.value.problems[0].code == code
    assert said in say(refused.value.problems[0])


def test_every_code_of_rules_and_calendars_has_a_sentence():
    sources = (light_rules, work_calendar, lights, calendars)
    texts = (
        node.value
        for module in sources
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Constant)
    )
    codes = {text for text in texts if isinstance(text, str) and re.fullmatch(r"(rules|calendar)\.[a-z_]+", text)}
    assert codes == {code for code in SENTENCES if not code.startswith("score.")}


@pytest.mark.parametrize("row", ["2026-13-01,休", "2026-10-01,也许"])
def test_a_calendar_row_that_says_nothing_is_named(tmp_path, row):
    path = tmp_path / "days.csv"
    path.write_text(f"日期,类型\n{row}\n", encoding="utf-8")
    with pytest.raises(DocumentRefused) as refused:
        work_calendar.read_exceptions(path)
    assert say(refused.value.problems[0]).startswith("第 2 行")


def test_a_calendar_file_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("日期,说明\n2026-10-01,国庆\n", encoding="utf-8")
    with pytest.raises(DocumentRefused) as refused:
        work_calendar.read_exceptions(path)
    assert "日期、说明" in say(refused.value.problems[0])


def test_the_examples_hold_as_they_are():
    examples = Path(__file__).parents[4] / "examples"
    rules = load_light_rules((examples / "light-rules.yaml").read_text(encoding="utf-8"))
    assert rules.over(Thresholds(), version=1).scale is not None
    days_off, days_on = work_calendar.read_exceptions(examples / "calendar" / "made-up-year.csv")
    assert (len(days_off), len(days_on)) == (4, 1)
