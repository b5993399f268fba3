"""Goals and people as rules look at them: figures of now and of past weeks, in scope, through a door of its own."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.access.policy import GRANTS, may
from sextant.goals.access import access_goal
from sextant.goals.actions import evaluate_goals
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal, Suspension
from sextant.goals.tests.makers import make_goal, make_standing
from sextant.lowcode.actions.definitions import create_definition, publish_definition
from sextant.lowcode.actions.rules import run_rules
from sextant.lowcode.models import RuleFiring
from sextant.lowcode.queries.rules import explain, list_log
from sextant.lowcode.registry_formulas import find_context
from sextant.lowcode.registry_rules import RULE_READER, list_rule_subjects
from sextant.metrics.models import Standing
from sextant.metrics.queries.light_rules import list_manual_lights
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 2, 16, 1, 0, tzinfo=UTC)  # a Monday in Shanghai
TODAY = date(2026, 2, 16)
SYSTEM = Actor.system("测试")
SUNDAYS = [date(2026, 2, 1), date(2026, 2, 8), date(2026, 2, 15), date(2026, 2, 22)]


@pytest.fixture
def company(db, monkeypatch):
    """A rep with a goal that was red for three weeks and one that is suspended; a unit's goal; a stranger elsewhere."""
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    root = make_unit("公司")
    sales = make_unit("销售中心", parent=root)
    lead = make_person("主管", unit=sales, is_head=True)
    rep = make_person("田野", unit=sales, manager=lead)
    stranger = make_person("外人", unit=make_unit("服务", parent=root))
    calls = make_metric("有效拜访量")
    goals = {
        "calls": make_goal(owner=rep, metric=calls, code="calls", weight=Decimal(60), base=Decimal(60)),
        "rest": make_goal(owner=rep, metric=make_metric(), code="rest", state=GoalState.SUSPENDED),
        "unit": make_goal(owner=sales, metric=calls, code="unit"),
        "stranger": make_goal(owner=stranger, metric=calls, code="stranger"),
        "over": make_goal(owner=stranger, metric=make_metric(), code="over", state=GoalState.CLOSED),
    }
    for name in ("calls", "unit", "stranger"):
        stand(goals[name], "grrr")
    Suspension.objects.create(
        goal=goals["rest"], from_on=date(2026, 2, 5), until_on=date(2026, 3, 1), reason="休假", by_label="x", at=NOW
    )
    return {**goals, "sales": sales, "lead": lead, "rep": rep}


def stand(goal: Goal, letters: str) -> Standing:
    values = [Decimal(number) for number in (20, 12, 15, 18)]
    lights = {"g": Light.GREEN, "r": Light.RED}
    return make_standing(
        goal,
        lights[letters[-1]],
        as_of=TODAY,
        value=Decimal(18),
        expected=Decimal(30),
        completion=Decimal("0.6"),
        week_ends=SUNDAYS,
        week_values=values,
        week_expected=[Decimal(number) for number in (20, 20, 25, 30)],
        week_lights=letters,
    )


def test_a_goal_says_what_is_so_now_and_was_at_the_end_of_each_week(company):
    context, subjects = find_context("goal"), list_rule_subjects()["goal"]
    calls, rest = company["calls"], company["rest"]
    with CaptureQueriesContext(connection) as queries:
        values = context.values([calls.pk, rest.pk], actor=RULE_READER, now=NOW)
    assert len(queries) <= 14
    names = {one.name for one in context.names()}
    assert set(values[calls.pk]) == names
    told = values[calls.pk]
    assert (told["指标"], told["完成率"], told["灯"], told["连续红灯周数"]) == ("有效拜访量", Decimal("0.6"), "红", 3)
    assert (told["部门"], told["负责人"], told["暂缓考核"]) == ("销售中心", "田野", False)
    assert (values[rest.pk]["暂缓考核"], values[rest.pk]["灯"], values[rest.pk]["完成率"]) == (True, "灰", None)
    weeks = subjects.weeks([calls.pk, rest.pk], weeks=2, actor=RULE_READER, now=NOW)
    assert [one.ends_on for one in weeks[calls.pk]] == ["2026-02-08", "2026-02-15"], "the week that runs is not over"
    assert [one.values["完成率"] for one in weeks[calls.pk]] == [Decimal("0.600000"), Decimal("0.600000")]
    assert [one.values["连续红灯周数"] for one in weeks[calls.pk]] == [1, 2]
    assert "得分" not in weeks[calls.pk][0].values, "what is not known of a week stays out"
    assert weeks[rest.pk] == ()


def test_scope_and_whom_it_concerns(company):
    subjects = list_rule_subjects()["goal"]
    ids = {name: company[name].pk for name in ("calls", "rest", "unit", "stranger", "over")}
    everyone = subjects.list_ids(units=(), after=0, limit=10, now=NOW)
    assert everyone == sorted(ids[name] for name in ("calls", "rest", "unit", "stranger"))
    sales = (company["sales"].code,)
    assert subjects.in_scope(everyone, units=sales, now=NOW) == {ids["calls"], ids["rest"], ids["unit"]}
    assert subjects.list_ids(units=("nowhere",), after=0, limit=10, now=NOW) == []
    rows = subjects.rows(everyone, now=NOW)
    assert rows[ids["unit"]].person_id == company["lead"].pk, "the head answers for the unit"
    assert rows[ids["calls"]].path == f"/goals/{ids['calls']}/"
    people = list_rule_subjects()["person_cycle"]
    assert people.found_by([("goal", ids["calls"]), ("goal", ids["unit"])], now=NOW) == {
        ("goal", ids["calls"]): (company["rep"].pk,)
    }
    assert people.list_ids(units=sales, after=0, limit=10, now=NOW) == [company["rep"].pk]
    [last] = people.weeks([company["rep"].pk], weeks=1, actor=RULE_READER, now=NOW)[company["rep"].pk]
    assert (last.values["红灯数"], last.values["最低完成率"]) == (1, Decimal("0.600000"))


def test_the_door_of_rules_reads_all_goals_and_writes_nothing(company):
    assert access_goal(RULE_READER, goal_id=company["stranger"].pk, on=TODAY)
    held = {one for grants in GRANTS.values() for one in grants if may(RULE_READER, one)}
    assert {str(one) for one in held} == {"all:goal:read", "all:person:read"}
    stranger = Actor(1, company["stranger"].owner_person_id, frozenset({Role.EMPLOYEE}), "外人")
    seen = find_context("goal").values([company["calls"].pk], actor=stranger, now=NOW)
    assert seen == {}, "whoever looks for themselves sees their own"
    with pytest.raises(AccessDenied):
        explain("low", company["calls"].pk, actor=stranger, now=NOW)


def test_the_designed_rule_runs_from_an_evaluation_to_a_light_set_by_hand(company):
    """业绩连续走低预警, as designed: below 70 % of the target, two weeks in a row, not suspended; in 销售中心."""
    document = {
        "when": {"kind": "event", "event": "goals.evaluated"},
        "about": {"context": "goal", "units": [company["sales"].code]},
        "condition": {"all": ['[指标] = "有效拜访量"', "[当前值] < [应达到] * 70%", "NOT([暂缓考核])"]},
        "weeks": 2,
        "actions": [
            {
                "do": "notice",
                "to": [{"source": "about"}, {"source": "people.line_manager"}],
                "title": "[目标]走低",
                "text": "[负责人] 到现在 [当前值]，应到 [应达到]",
            },
            {"do": "call", "action": "goals.set_light", "params": {"light": "红", "reason": "走低", "days": 7}},
        ],
        "repeat": {"kind": "window", "days": 14},
        "quiet": "at_once",
    }
    made = create_definition("rule", code="low", name="业绩连续走低预警", document=document, actor=SYSTEM, now=NOW)
    publish_definition(made.definition_id, revision=1, reason="试用", actor=SYSTEM, now=NOW)
    from sextant.foundation.events.actions import publish, tell_waiting

    params = {"run_id": 1, "as_of": TODAY.isoformat()}
    publish("goals.evaluated", subject=("evaluation_run", 1), params=params, now=NOW, actor=SYSTEM)
    tell_waiting(now=NOW)
    report = run_rules(now=NOW)
    assert (report.judged, report.fired, report.failed) == (3, 2, 0)
    fired = set(RuleFiring.objects.values_list("subject_id", flat=True))
    assert fired == {company["calls"].pk, company["unit"].pk}
    assert set(list_manual_lights(fired)) == fired
    [first, _] = list_log(actor=SYSTEM, now=NOW)
    assert ("当前值", "18") in first.figures
    assert run_rules(now=NOW + timedelta(minutes=3)).judged == 0


def test_an_evaluation_reaches_the_rules_in_its_own_transaction(company):
    evaluate_goals(actor=SYSTEM, now=NOW, as_of=TODAY)
    from sextant.foundation.events.models import Event

    assert Event.objects.filter(code="goals.evaluated").count() == 1
    assert Event.objects.filter(code="light.changed").count() == Standing.objects.exclude(light="red").count()
