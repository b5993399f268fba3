"""`metrics light …` and `calendar import` as an operator types them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from sextant.goals.cli import lights as cli_lights
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.test_cli import Line
from sextant.metrics.cli import calendar as cli_calendar
from sextant.metrics.queries.light_rules import list_manual_lights
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db


def call(app: typer.Typer, *words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words], obj=Line())
    return result.exit_code, result.output.strip()


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "strict.yaml"
    path.write_text("code: strict\nname: 严\nyellow_below: 0.9\n", encoding="utf-8")
    return path


def test_rules_are_saved_used_listed_and_dropped(rules):
    metric = make_metric(code="won")
    goal = make_goal(owner=make_person(), metric=metric)
    assert call(cli_lights.light, "save", rules, "--reason", "试行") == (0, "规则 strict 第 1 版。从下一次评估起有效。")
    assert call(cli_lights.light, "use", "strict", "--metric", "won")[0] == 0
    assert call(cli_lights.light, "use", "strict", "--goal", goal.code)[0] == 0
    status, output = call(cli_lights.light, "list", "--json")
    [row] = json.loads(output)
    assert (status, row["code"], row["metrics"], row["goals"]) == (0, "strict", ["won"], 1)
    assert call(cli_lights.light, "use", "none", "--metric", "won")[0] == 0
    assert "指标 —，另有目标 1 个" in call(cli_lights.light, "list")[1]


def test_a_wrong_word_is_answered_with_a_sentence(rules, tmp_path):
    assert "没有规则“mild”" in call(cli_lights.light, "use", "mild", "--metric", make_metric().code)[1]
    assert "没有编码为" in call(cli_lights.light, "use", "strict", "--metric", "nothing")[1]
    assert "写且只写一个" in call(cli_lights.light, "use", "strict")[1]
    rules.write_text("code: strict\nname: 严\nyelow_below: 0.9\n", encoding="utf-8")
    assert "是否想写“yellow_below”" in call(cli_lights.light, "save", rules)[1]
    assert call(cli_lights.light, "save", tmp_path / "none.yaml")[0] == 1


def test_a_light_is_set_and_taken_back():
    goal = make_goal(owner=make_person(), metric=make_metric())
    days = ("--from-on", "2026-01-10", "--until-on", "2026-01-24")
    assert call(cli_lights.light, "set", goal.code, "--light", "green", "--reason", "已谈妥", *days)[0] == 0
    assert list_manual_lights([goal.id])[goal.id].reason == "已谈妥"
    assert "没有写原因" in call(cli_lights.light, "set", goal.code, "--light", "green", "--reason", "", *days)[1]
    assert call(cli_lights.light, "clear", goal.code)[1] == "已撤销，从下一次评估起按规则判断。"
    assert call(cli_lights.light, "clear", goal.code)[1] == "这个目标没有人工灯。"


def test_a_calendar_is_imported_with_its_week(tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("日期,类型\n2026-10-01,休\n2026-10-10,班\n", encoding="utf-8")
    status, output = call(cli_calendar.app, "import", path, "--weekdays", "123456", "--json")
    assert (status, json.loads(output)) == (
        0,
        {"code": "company", "version": 1, "off": 1, "on": 1, "weekdays": [1, 2, 3, 4, 5, 6]},
    )
    assert "不是星期" in call(cli_calendar.app, "import", path, "--weekdays", "890")[1]
    path.write_text("日期,类型\n2026-10-01,也许\n", encoding="utf-8")
    assert "第 2 行" in call(cli_calendar.app, "import", path)[1]
