"""What stands beside the rule designer: the past, the log, why a rule did not act, and the yes in the inbox."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.lowcode.actions.definitions import create_definition, save_draft
from sextant.lowcode.actions.rules import run_rules
from sextant.lowcode.contracts.rules import PastWeekCount
from sextant.lowcode.models import RuleAct, WorkItem
from sextant.lowcode.queries.work import rows_of
from sextant.lowcode.registry_work import find_work
from sextant.lowcode.tests.flow_makers import HR, NOW
from sextant.lowcode.tests.rule_makers import RED, make_rule, notice, rule_document, stand_in_goals, turn_red, week
from sextant.lowcode.tests.test_definition_pages import sign_in
from sextant.lowcode.views.rule_past import HEIGHT, WIDTH, week_bars

DAYS = ("2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22")
LOOK = {"when": {"kind": "event", "event": "goals.evaluated"}, "repeat": {"kind": "always"}}


@pytest.fixture
def goals(db, company, monkeypatch, settings):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    settings.SEXTANT_RECIPIENTS = "sextant.foundation.notices.tests.makers.directory"
    made = stand_in_goals(monkeypatch)
    made.now = {1: dict(RED), 5: dict(RED), 6: {**RED, "完成率": Decimal("0.9")}}
    return made


def test_bars_stay_in_their_picture_and_nothing_has_no_height():
    weeks = [PastWeekCount(date(2026, 11, 1), fired, was) for fired, was in ((0, 9), (3, 0), (200, 1))]
    for beside in (True, False):
        bars = week_bars(weeks, beside=beside)
        drawn = [one for bar in bars for one in (bar.now, bar.was) if one is not None]
        assert len(drawn) == (6 if beside else 3)
        assert all(one.x >= 0 and one.x + one.width <= WIDTH and one.y + one.height == HEIGHT for one in drawn)
        assert [bars[0].now.height, bars[2].now.height] == [0, HEIGHT] and bars[1].now.height > 0
    assert week_bars([], beside=True) == []


def test_past_shows_the_draft_beside_the_version_in_force(goals, django_assert_max_num_queries):
    goals.past = {
        one: tuple(week(day, 完成率=Decimal(share)) for day in DAYS) for one, share in ((1, "0.65"), (5, "0.5"))
    }
    rule_id = make_rule(condition="[完成率] < 0.6", **LOOK)
    draft = rule_document(notice(), condition="[完成率] < 0.7", **LOOK)
    save_draft(rule_id, document=draft, revision=0, actor=HR, now=NOW)
    hr, address = sign_in("许念安", Role.HR), reverse("lowcode:rule_past", args=[rule_id])
    with django_assert_max_num_queries(15):
        page = hr.get(address, {"weeks": "4"}).content.decode()
    assert "新增 4" in page and "完成率 65%" in page and "现行 v1" in page and "发通知" in page
    assert page.count('class="w"') == page.count('class="n"') == 4
    save_draft(rule_id, document={**draft, "condition": "1 +"}, revision=1, actor=HR, now=NOW)
    assert "改好检查里的问题" in hr.get(address).content.decode()
    save_draft(rule_id, document={**draft, "condition": "[完成率] > 9"}, revision=2, actor=HR, now=NOW)
    assert "过去 12 周" in hr.get(address, {"weeks": "99"}).content.decode()


def test_log_says_whom_why_and_what_came_of_it(goals, django_assert_max_num_queries):
    hr = sign_in("许念安", Role.HR)
    rule_id = make_rule(notice(), {"do": "points", "points": 1, "needs_yes": True})
    address = reverse("lowcode:rule_log", args=[rule_id])
    assert "还没有触发过" in hr.get(address).content.decode()
    goals.now |= {one: dict(RED) for one in range(20, 60)}
    turn_red(1, 5, *range(20, 60))
    run_rules(now=NOW)
    RuleAct.objects.filter(firing__subject_id=5, do="notice").update(
        state="dead", attempts=8, problem={"code": "rules.gone", "params": {}}
    )
    with django_assert_max_num_queries(15):
        page = hr.get(address).content.decode()
    assert page.count('class="px-4 md:px-5 py-3"') == 30 and "完成率 60%" in page and "等上级确认" in page
    dead = hr.get(address, {"state": "dead"}).content.decode()
    assert "目标5" in dead and "已经没有了" in dead and "试过 8 次" in dead and "目标20" not in dead
    assert "找不到这位同事" in hr.get(address, {"person": "没有这个人"}).content.decode()
    assert len(page) < 120_000


def test_somebody_is_told_why_the_rule_does_not_act(goals):
    hr = sign_in("许念安", Role.HR)
    unused = create_definition("rule", code="new", name="新规则", actor=HR, now=NOW).definition_id
    assert "规则发布后才能问" in hr.get(reverse("lowcode:rule_why", args=[unused])).content.decode()
    address = reverse("lowcode:rule_why", args=[make_rule()])
    assert "目标1" in hr.get(address, {"q": "目标"}).content.decode()
    why = hr.get(address, {"q": "目标", "subject": "6"}).content.decode()
    assert "条件不成立" in why and "[完成率] &lt; 0.7" in why and "完成率 90%" in why
    assert "现在看就会执行" in hr.get(address, {"subject": "1"}).content.decode()
    assert "没有找到" in hr.get(address, {"q": "目标", "subject": "77"}).content.decode()


def test_yes_in_the_inbox_says_what_would_be_done_and_on_which_figures(goals):
    make_rule({"do": "points", "points": -3, "needs_yes": True})
    turn_red(1)
    run_rules(now=NOW)
    [item] = rows_of(WorkItem.objects.filter(kind="rule.confirm"))
    pairs = [f"{name}={value}" for name, value in find_work("rule.confirm").preview(item).pairs]
    assert pairs[:3] == ["规则=业绩走低", "关于=目标1", "将要=记积分：-3 分"] and "完成率=60%" in pairs


def test_nobody_without_all_goals_reads_what_rules_saw(goals):
    address = reverse("lowcode:rule_log", args=[make_rule()])
    assert sign_in("何书瑶", Role.EMPLOYEE).get(address).status_code == 403
    assert sign_in("魏明远", Role.AUDITOR).get(address).status_code == 200
