"""Rules from the event to the act: whom they look at, when they act, what they do, and that each thing is done once."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner

from sextant import lowcode
from sextant.engines import rules as engine
from sextant.foundation.access.contracts import AccessDenied
from sextant.foundation.events.actions import publish, tell_waiting
from sextant.foundation.events.models import Event
from sextant.foundation.notices.models import Notice
from sextant.foundation.notices.tests.makers import make_recipient
from sextant.foundation.secrets import seal
from sextant.foundation.webhooks.models import Endpoint, Sending
from sextant.lowcode import registry_rules
from sextant.lowcode.actions.definitions import retire
from sextant.lowcode.actions.rule_acts import answer_act, do_due_acts
from sextant.lowcode.actions.rule_judging import look
from sextant.lowcode.actions.rule_occasions import note_hours, note_overdue
from sextant.lowcode.actions.rules import run_rules
from sextant.lowcode.actions.sheets import hand_in_sheet
from sextant.lowcode.actions.work import open_work
from sextant.lowcode.cli import rules as cli
from sextant.lowcode.contracts.definitions import DefinitionRefused
from sextant.lowcode.contracts.rules import ActState, RuleRefused
from sextant.lowcode.contracts.sheets import SheetRefused
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.messages import rules as messages
from sextant.lowcode.messages.rules import say_rule
from sextant.lowcode.models import FlowInstance, FormSheet, RuleAct, RuleFiring, RuleOccasion, RuleState, WorkItem
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.queries.rule_checks import check_rule
from sextant.lowcode.queries.rules import explain, list_log, simulate
from sextant.lowcode.registry import get_kind
from sextant.lowcode.registry_rules import RuleAction
from sextant.lowcode.registry_work import find_work
from sextant.lowcode.rules.document import RuleDocument
from sextant.lowcode.rules.reading import ReadRule
from sextant.lowcode.tests.flow_makers import HR, NOW, actor, end, make_flow, manager
from sextant.lowcode.tests.form_makers import make_form
from sextant.lowcode.tests.rule_makers import (
    RED,
    change_rule,
    make_rule,
    notice,
    rule_document,
    stand_in_goals,
    turn_red,
    week,
)
from sextant.lowcode.tests.test_flow_cli import Line

pytestmark = pytest.mark.django_db
SHARE = {"完成率": Decimal("0.6")}


@pytest.fixture
def goals(company, monkeypatch, settings):
    settings.SEXTANT_RECIPIENTS = "sextant.foundation.notices.tests.makers.directory"
    made = stand_in_goals(monkeypatch)
    made.now = {1: dict(RED), 5: dict(RED), 6: {**RED, "完成率": Decimal("0.9")}}
    return made


def acts(*, do=None):
    found = RuleAct.objects.order_by("id")
    return [(one.do, one.state) for one in (found.filter(do=do) if do else found)]


def test_a_light_that_turns_makes_the_rule_act_on_those_whose_condition_holds(goals):
    goals.now[7] = {**RED, "完成率": None}
    make_rule()
    turn_red(1, 6, 7)
    turn_red(1, before="red", after="green")
    report = run_rules(now=NOW)
    assert (report.judged, report.fired, report.unknown, report.done) == (3, 1, 1, 1)
    [firing] = list_log(actor=HR, now=NOW)
    assert (firing.subject_name, firing.person_id, firing.code, firing.version) == ("目标1", 1, "low", 1)
    assert firing.figures == (("完成率", "60%"), ("暂缓考核", "否"))
    assert [(one.said, one.state) for one in firing.acts] == [("发通知：提醒", ActState.DONE)]
    assert run_rules(now=NOW).judged == 0, "nothing is looked at twice"
    assert list_log(actor=HR, now=NOW, code="other") == []
    with pytest.raises(AccessDenied):
        list_log(actor=actor(1), now=NOW)


def test_what_cannot_be_known_is_kept_apart_from_false(goals):
    make_rule()
    goals.now = {1: {**RED, "完成率": Decimal("0.9")}, 5: {**RED, "完成率": None}, 6: dict(RED)}
    whys = {one: explain("low", one, actor=HR, now=NOW) for one in goals.now}
    assert [one.reason.code for one in whys.values()] == ["rules.not_met", "rules.unknown", "rules.fired"]
    assert [one.holds for one in whys[5].lines] == [None, True]
    assert whys[1].lines[0].figures == (("完成率", "90%"),)
    assert not RuleState.objects.exists(), "asking why leaves nothing behind"
    turn_red(6)
    run_rules(now=NOW)
    assert explain("low", 77, actor=HR, now=NOW) is None
    change_rule(on=False)
    assert explain("low", 6, actor=HR, now=NOW).reason.code == "rules.off"


def test_a_window_holds_a_rule_back_and_scope_leaves_others_out(goals):
    goals.units = {1: "sales", 5: "service"}
    make_rule(repeat={"kind": "window", "days": 14}, about={"context": "figures", "units": ["sales"]})
    for days in (0, 13, 14):
        turn_red(1, 5, now=NOW + timedelta(days=days))
        run_rules(now=NOW + timedelta(days=days))
    assert list(RuleFiring.objects.values_list("subject_id", "at").order_by("id")) == [
        (1, NOW),
        (1, NOW + timedelta(days=14)),
    ]
    assert explain("low", 1, actor=HR, now=NOW + timedelta(days=15)).reason.code == "rules.quiet"
    assert explain("low", 5, actor=HR, now=NOW).reason.code == "rules.elsewhere"


def test_weeks_in_a_row_are_of_the_light_or_of_the_condition(goals):
    goals.past = {1: (week("2026-11-15", 完成率=Decimal("0.5"), 暂缓考核=False),), 5: (week("2026-11-15"),)}
    make_rule(code="held", weeks=2)
    make_rule(code="lit", when={"kind": "light", "to": ["red"], "weeks": 2}, condition="")
    goals.now[5] |= {"灯周数": Decimal(1)}
    turn_red(1, 5)
    evaluated(1)
    report = run_rules(now=NOW)
    fired = set(RuleFiring.objects.values_list("definition__code", "subject_id"))
    assert fired == {("held", 1), ("lit", 1), ("lit", 6)}
    assert report.unknown == 1, "goal 5 has a week of which nothing is known"
    evaluated(2)
    assert run_rules(now=NOW + timedelta(days=1)).fired == 0, "the light of several weeks is still the same"
    goals.now[1] |= {"灯": "绿"}
    evaluated(3)
    run_rules(now=NOW + timedelta(days=2))
    goals.now[1] |= {"灯": "红"}
    evaluated(4)
    assert run_rules(now=NOW + timedelta(days=9)).fired == 1


def evaluated(run_id):
    params = {"run_id": run_id, "as_of": "2026-11-23"}
    publish("goals.evaluated", subject=("evaluation_run", run_id), params=params, now=NOW, actor=HR)
    tell_waiting(now=NOW)


def test_a_schedule_looks_once_an_hour_that_came_and_never_before_it_was_published(goals):
    weekly = {"kind": "schedule", "every": "weekly", "weekday": 1, "hour": 9}  # NOW is Monday, nine in Shanghai
    make_rule(when=weekly, repeat={"kind": "always"}, now=NOW + timedelta(seconds=1))
    assert note_hours(now=NOW + timedelta(hours=1)) == 0
    later = NOW + timedelta(days=7, hours=30)
    assert note_hours(now=later) == 1, "an hour missed while nothing ran is made up for"
    assert note_hours(now=later + timedelta(days=1)) == 0
    assert look(now=later).fired == 2
    assert RuleFiring.objects.first().occasion == "schedule:2026-11-30T09"


def test_work_past_its_due_is_noticed_once_by_working_days(goals):
    make_rule(when={"kind": "overdue", "days": 1, "kinds": ["rule.task"]}, condition="")
    friday = NOW - timedelta(days=3)
    for person_id, kind in ((1, "rule.task"), (5, "rule.form")):
        open_work(
            kind, person_ids=[person_id], subject=("x", 1), params={"title": ""}, path="/", due_at=friday, now=friday
        )
    assert note_overdue(now=friday + timedelta(days=2)) == 0
    assert (note_overdue(now=NOW), note_overdue(now=NOW)) == (1, 0)
    assert look(now=NOW).fired == 1
    assert RuleFiring.objects.get().subject_id == 1


def test_acts_do_what_they_say(goals, monkeypatch):
    about, boss = make_recipient(), make_recipient()
    goals.now = {about: dict(RED)}
    seen = []

    def run(subject, *, params, values, actor, now):
        seen.append((subject.id, params, values["完成率"], actor.label))

    action = RuleAction("test.mark", "标记", run, frozenset({"figures"}), {"color": "颜色"})
    monkeypatch.setitem(registry_rules._ACTIONS, "test.mark", action)
    make_flow([end()], code="review", fields=[("完成率", "number")])
    make_form(code="gap")
    Endpoint.objects.create(name="CRM", url="https://crm.example", codes=["none"], secret=seal("x"), created_at=NOW)
    to = [{"source": "person", "params": {"ids": [about, boss]}}]
    make_rule(
        notice(*to),
        {"do": "task", "to": to, "title": "分析 [目标]", "days": 5, "form": "gap"},
        {"do": "task", "to": to, "title": "谈一次", "days": 2},
        {"do": "flow", "flow": "review", "title": "复盘", "values": {"完成率": "[完成率]"}},
        {"do": "call", "action": "test.mark", "params": {"color": "红"}},
        {"do": "points", "points": -5},
        {"do": "webhook", "endpoint": "CRM", "call": "pause_leads"},
    )
    turn_red(about)
    assert run_rules(now=NOW).done == 7
    told = Notice.objects.filter(code="lowcode.rule_notice")
    assert set(told.values_list("person_id", "params__text", "path")) == {
        (one, "拜访 完成率 60%", f"/goals/{about}/") for one in (about, boss)
    }
    task = WorkItem.objects.get(kind="rule.form", person_id=about)
    sheet = FormSheet.objects.get(subject_kind="lowcode.rule_act")
    assert (task.params["title"], task.path, sheet.about_id) == ("分析 拜访", f"/lowcode/sheets/{sheet.pk}/", about)
    assert task.due_at == NOW + timedelta(days=7), "five working days"
    run = FlowInstance.objects.get()
    assert (run.about_id, run.title, run.values) == (about, "复盘", {"完成率": "0.6"})
    assert seen == [(about, {"color": "红"}, Decimal("0.6"), "rule low")]
    earned = Event.objects.get(code="points.earned")
    assert (earned.subject_id, earned.params["points"]) == (about, -5)
    assert Sending.objects.get(code="rule.called").endpoint.name == "CRM"


def test_a_rule_whose_looking_fails_keeps_no_other_waiting(goals, monkeypatch):
    broken = make_rule(code="broken", condition="[完成率] < 0.7")
    make_rule()
    turn_red(1)
    judged = ReadRule.judge
    monkeypatch.setattr(
        ReadRule, "judge", lambda self, *given, **more: 1 / 0 if _is_flat(self) else judged(self, *given, **more)
    )
    report = run_rules(now=NOW)
    assert (report.failing, report.fired, report.judged) == ([broken], 1, 1)
    monkeypatch.setattr(ReadRule, "judge", judged)
    assert run_rules(now=NOW).fired == 1, "it is looked at again with the next run"


def _is_flat(read):
    return isinstance(read.document.condition, str)


def test_what_a_rule_did_starts_no_rule(goals):
    make_rule({"do": "points", "points": 1}, when={"kind": "event", "event": "points.earned"}, condition="")
    params = {"person_id": 1, "points": 5, "rule": "", "firing_id": 0}
    publish("points.earned", subject=("person", 1), params=params, now=NOW, actor=HR)
    for _ in range(3):
        tell_waiting(now=NOW)
        run_rules(now=NOW)
    assert RuleFiring.objects.count() == 1, "else two rules would keep each other going for ever"


def test_a_form_given_out_by_a_rule_is_handed_in_by_whom_it_asked(goals):
    make_form(code="gap", document={"fields": [{"name": "why", "label": "原因", "kind": "text", "required": True}]})
    make_rule({"do": "task", "to": [{"source": "about"}], "title": "分析", "form": "gap"}, notice())
    turn_red(1)
    assert run_rules(now=NOW).done == 2
    sheet = FormSheet.objects.get()
    given = {"given": {"why": "客户停产"}, "revision": 0, "now": NOW}
    with pytest.raises(SheetRefused):
        hand_in_sheet(sheet.pk, actor=actor(2), **given)
    with pytest.raises(AccessDenied):
        hand_in_sheet(sheet.pk, actor=actor(6), **given)
    hand_in_sheet(sheet.pk, actor=actor(1), **given)
    item = WorkItem.objects.get(kind="rule.form")
    assert (item.outcome, item.closed_by) == ("done", 1)


def test_an_act_that_fails_is_told_and_tried_again_without_repeating_the_others(goals, monkeypatch):
    tries = []

    def run(subject, *, params, values, actor, now):
        tries.append(now)
        RuleState.objects.all().delete()
        raise ValueError("no such list")

    monkeypatch.setitem(
        registry_rules._ACTIONS, "test.fail", RuleAction("test.fail", "失败", run, frozenset({"figures"}))
    )
    make_rule(notice(), {"do": "call", "action": "test.fail"}, {"do": "points", "points": 1})
    turn_red(1)
    report = run_rules(now=NOW)
    assert (report.done, report.failed) == (2, 1)
    assert RuleState.objects.exists(), "what a failed act wrote is undone"
    [firing] = list_log(actor=HR, now=NOW, states=[ActState.WAITING])
    assert (firing.acts[1].problem.params["reason"], firing.acts[1].attempts) == ("ValueError", 1)
    now = NOW
    for _ in range(10):
        now += timedelta(hours=5)
        do_due_acts(now=now)
    assert acts() == [("notice", "done"), ("call", "dead"), ("points", "done")]
    assert len(tries) == 9
    assert Event.objects.filter(code="points.earned").count() == 1


def test_an_act_that_needs_a_yes_waits_for_the_manager(goals):
    make_rule({"do": "points", "points": 3, "needs_yes": True}, notice())
    turn_red(1, 5)
    assert run_rules(now=NOW).held == 2
    assert not Event.objects.filter(code="points.earned").exists()
    yes, no = WorkItem.objects.filter(kind="rule.confirm", person_id=2).order_by("about_id")
    preview = find_work("rule.confirm").preview(yes.row())
    assert preview.pairs[:4] == (("规则", "业绩走低"), ("关于", "目标1"), ("将要", "记积分：+3 分"), ("完成率", "60%"))
    assert (yes.params["subject"], yes.about_id) == ("目标1", 1)
    with pytest.raises(AccessDenied):
        answer_act(yes.pk, decision=Decision.AGREE, actor=actor(1), now=NOW)
    answer_act(yes.pk, decision=Decision.AGREE, actor=actor(2), now=NOW)
    with pytest.raises(RuleRefused):
        answer_act(no.pk, decision=Decision.RETURN, actor=actor(2), now=NOW)
    answer_act(no.pk, decision=Decision.RETURN, note="已在处理", actor=actor(2), now=NOW)
    with pytest.raises(RuleRefused):
        answer_act(yes.pk, decision=Decision.AGREE, actor=actor(2), now=NOW)
    run_rules(now=NOW)
    assert acts(do="points") == [("points", "done"), ("points", "refused")]
    assert Event.objects.get(code="points.earned").subject_id == 1
    refused, agreed = (one.acts[0] for one in list_log(actor=HR, now=NOW))
    assert (refused.decided_by, refused.note, agreed.decided_by) == (2, "已在处理", 2)


def test_acts_of_the_night_wait_for_the_morning_and_are_dropped_when_the_rule_is_switched_off(goals):
    make_rule(quiet="wait_morning")
    night = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # eleven in the evening in Shanghai
    turn_red(1, now=night)
    assert run_rules(now=night).done == 0
    morning = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert RuleAct.objects.get().due_at == morning
    change_rule(on=False, now=night)
    turn_red(5, now=night)
    assert run_rules(now=morning).dropped == 1
    assert not RuleFiring.objects.filter(subject_id=5).exists()
    assert acts() == [("notice", "dropped")]


def test_what_a_rule_names_must_be_there_and_stays_in_use(goals):
    make_flow([end()], code="review")
    make_rule({"do": "flow", "flow": "review"})
    with pytest.raises(DefinitionRefused) as refused:
        retire(find_definition("flow", "review"), is_retired=True, actor=HR, now=NOW)
    assert refused.value.problems[0].code == "definition.in_use"
    with pytest.raises(DefinitionRefused) as refused:
        make_rule({"do": "flow", "flow": "nowhere"}, {"do": "webhook", "endpoint": "ERP", "call": "x"}, code="bad")
    assert {one.code for one in refused.value.problems} == {"definition.unknown_reference"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"when": {"kind": "event", "event": "no.such"}}, "rules.unknown_event"),
        ({"when": {"kind": "event", "event": "plan.proposed"}}, "rules.event_subject"),
        ({"when": {"kind": "overdue", "of": "taxes"}}, "rules.unknown_due"),
        ({"about": {"context": "nothing"}}, "rules.unknown_context"),
        ({"condition": {"all": ["[完成度] > 1"]}}, "formula.unknown_name"),
        ({"condition": {"all": []}}, "rules.empty_group"),
        ({"actions": []}, "rules.no_actions"),
        ({"actions": [notice({"source": "starter"})]}, "rules.unknown_source"),
        ({"actions": [notice(text="[谁]")]}, "rules.unknown_name"),
        ({"actions": [{"do": "call", "action": "none"}]}, "rules.unknown_action"),
        ({"repeat": {"kind": "window"}}, "rules.no_days"),
    ],
)
def test_a_rule_that_names_what_is_not_there_is_told_so(goals, changes, code):
    problems = check_rule(RuleDocument.model_validate({**rule_document(), **changes}))
    assert [one.code for one in problems] == [code]
    assert say_rule(problems[0])


def test_a_rule_is_tried_on_the_past_beside_the_version_in_force(goals):
    low, fine = {"完成率": Decimal("0.65"), "灯": "红"}, {"完成率": Decimal("0.9"), "灯": "绿"}
    days = ("2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22")
    goals.past = {
        1: tuple(week(day, **values) for day, values in zip(days, (low, fine, low, low), strict=True)),
        5: tuple(week(day, **{**low, "完成率": Decimal("0.55")}) for day in days),
        6: (week(days[-1], 灯="红"),),
    }
    look = {"when": {"kind": "event", "event": "goals.evaluated"}, "repeat": {"kind": "window", "days": 14}}
    make_rule(condition="[完成率] < 0.6", **look)
    draft = RuleDocument.model_validate(
        rule_document(
            notice({"source": "about"}, manager()),
            {"do": "points", "points": -1, "needs_yes": True},
            condition="[完成率] < 0.7",
            **look,
        )
    )
    report = simulate(draft, code="low", actor=HR, now=NOW, weeks=3)
    assert [(one.ends_on.day, one.fired, one.in_force) for one in report.weeks] == [(8, 0, 0), (15, 2, 1), (22, 0, 0)]
    assert (report.fired, report.subjects, report.fired_in_force, report.new, report.unknown) == (2, 2, 1, 1, 1)
    first, second = report.firings
    assert (first.name, first.is_new, second.is_new) == ("目标1", True, False)
    assert first.figures == (("完成率", "65%"),)
    assert [(one.do, one.times, one.persons, one.held) for one in report.load] == [
        ("notice", 2, 4, 0),
        ("points", 2, None, 2),
    ]
    moved = get_kind("rule").dry_run(
        draft, before=RuleDocument.model_validate(rule_document()), code="low", actor=HR, now=NOW
    )
    assert moved.changed
    light = RuleDocument.model_validate(rule_document(condition=""))
    report = simulate(light, actor=HR, now=NOW, weeks=3)
    assert (report.fired, report.in_force, report.new) == (1, None, 0), "goal 1 turned red once within three weeks"
    assert [one.code for one in report.notes] == ["rules.past_lights"]
    unknown = RuleDocument.model_validate(rule_document(when={"kind": "overdue"}, condition=""))
    assert "rules.past_overdue" in [one.code for one in simulate(unknown, actor=HR, now=NOW).notes]
    suspended = simulate(RuleDocument.model_validate(rule_document(**look)), actor=HR, now=NOW)
    assert [say_rule(one) for one in suspended.notes] == ["过去没有保存“暂缓考核”，用到它的周无法判断。"]
    with pytest.raises(AccessDenied):
        simulate(light, actor=actor(1), now=NOW)


def test_a_rule_on_an_event_is_tried_on_the_events_there_were(goals):
    goals.past = {1: (week("2026-11-15", **RED), week("2026-11-22", **RED))}
    turn_red(1, now=NOW - timedelta(days=3))
    document = rule_document(when={"kind": "event", "event": "light.changed"}, repeat={"kind": "always"})
    report = simulate(RuleDocument.model_validate(document), actor=HR, now=NOW)
    assert [(one.name, one.week.day) for one in report.firings] == [("目标1", 22)]


def test_every_code_of_rules_has_its_sentence():
    sources = [*Path(lowcode.__file__).parent.rglob("*rule*.py"), *Path(engine.__file__).parent.glob("*.py")]
    codes = {code for one in sources for code in re.findall(r'"(rules\.[a-z_]+)"', one.read_text(encoding="utf-8"))}
    assert len(codes) > 40
    assert codes <= {*messages.SENTENCES, *messages.REASONS}


def test_the_command_line_says_what_rules_do(goals):
    goals.past = {1: (week("2026-11-15", 灯="绿", **SHARE), week("2026-11-22", 灯="红", **SHARE))}
    make_rule(notice(), condition="[完成率] < 0.7")
    assert run_line("list")[1].split()[:3] == ["low", "1", "业绩走低"]
    turn_red(1)
    assert "触发 1 次" in run_line("run")[1]
    assert "目标1  完成率 60%" in run_line("log", "low")[1]
    assert "已执行" in run_line("explain", "low", "1")[1]
    code, said = run_line("simulate", "low", "--weeks", "2")
    assert (code, "11-22  目标1" in said) == (0, True)
    assert run_line("simulate", "none")[0] == run_line("explain", "low", "99")[0] == 1


def run_line(*arguments):
    done = CliRunner().invoke(cli.app, list(arguments), obj=Line())
    return done.exit_code, done.output


def test_a_thousand_subjects_cost_as_many_queries_as_ten(goals):
    counts = []
    for number in (10, 1200):
        goals.now = {one: dict(RED) for one in range(1, number + 1)}
        rule = make_rule(notice(), {"do": "points", "points": 1}, code=f"all{number}", condition="[完成率] < 0.7")
        RuleOccasion.objects.create(definition_id=rule, key="x", at=NOW)  # one for everyone, as an evaluation gives
        with CaptureQueriesContext(connection) as queries:
            assert look(now=NOW, at_once=2000).fired == number
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 6, "rows are written by the thousand"
    assert counts[0] <= 25
