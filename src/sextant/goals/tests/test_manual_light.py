"""Who may set a goal's light by hand, on which conditions, and what the page's question answers."""

from datetime import UTC, date, datetime

import pytest

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.goals.actions import GoalRefused, clear_manual_light, set_manual_light, use_rules_for_goal
from sextant.goals.actions.manual_light import may_set_light
from sextant.goals.messages.goals import say
from sextant.goals.models import Goal
from sextant.goals.tests.makers import make_goal
from sextant.metrics.actions.lights import save_light_rules
from sextant.metrics.light_rules import load_light_rules
from sextant.metrics.queries.light_rules import list_light_rules, list_manual_lights
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person, make_unit

pytestmark = pytest.mark.django_db

TODAY, UNTIL = date(2026, 1, 10), date(2026, 1, 24)
NOW = datetime(2026, 1, 10, 1, 0, tzinfo=UTC)


@pytest.fixture
def goals() -> dict[str, Goal]:
    """A company, a department with a head, a rep below, a stranger elsewhere; and an objective without a metric."""
    company = make_unit("公司")
    sales, service = make_unit("销售", parent=company), make_unit("服务", parent=company)
    boss = make_person("总经理", unit=company, is_head=True)
    lead = make_person("主管", unit=sales, manager=boss, is_head=True)
    rep = make_person("员工", unit=sales, manager=lead)
    stranger = make_person("外人", unit=service)
    metric = make_metric()
    owners = {"boss": boss, "lead": lead, "rep": rep, "stranger": stranger, "company": company, "sales": sales}
    made = {name: make_goal(owner=owner, metric=metric, code=name) for name, owner in owners.items()}
    return {**made, "objective": make_goal(owner=rep, metric=None, code="objective")}


def actor(goals: dict[str, Goal], name: str, *roles: Role) -> Actor:
    return Actor(1, goals[name].owner_person_id, frozenset(roles or {Role.EMPLOYEE}), name)


def put(who: Actor, goal: Goal, **changes: object) -> None:
    fields = {"light": Light.YELLOW, "reason": "客户停产", "from_on": TODAY, "until_on": UNTIL, **changes}
    set_manual_light(goal_id=goal.id, actor=who, now=NOW, today=TODAY, **fields)


@pytest.mark.parametrize(
    ("name", "roles", "may_set"),
    [
        ("rep", (), set()),
        ("lead", (), {"rep", "objective"}),
        ("boss", (), {"lead", "rep", "sales", "objective"}),
        ("rep", (Role.EXECUTIVE,), set()),
        ("rep", (Role.AUDITOR,), set()),
        ("rep", (Role.HR,), {"boss", "lead", "rep", "stranger", "company", "sales", "objective"}),
    ],
)
def test_a_light_is_set_from_above_and_by_hr_never_by_its_owner(goals, name, roles, may_set):
    who = actor(goals, name, *roles)
    assert {code for code, goal in goals.items() if may_set_light(who, goal, on=TODAY)} == may_set
    for code, goal in goals.items():
        if code in may_set:
            put(who, goal)
        else:
            with pytest.raises(AccessDenied):
                put(who, goal)
    set_on = list_manual_lights([goal.id for goal in goals.values()])
    assert set(set_on) == {goals[code].id for code in may_set}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"light": Light.NONE}, "goals.light_needs_colour"),
        ({"reason": "  "}, "goals.light_needs_reason"),
        ({"reason": "长" * 501}, "goals.light_reason_long"),
        ({"until_on": TODAY}, "goals.light_days"),
        ({"until_on": date(2027, 1, 1)}, "goals.light_days"),
    ],
)
def test_a_light_without_reason_or_end_is_refused_with_a_sentence(goals, changes, code):
    with pytest.raises(GoalRefused) as refused:
        put(actor(goals, "lead"), goals["rep"], **changes)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert say(refused.value.problems[0]).endswith("。")
    assert list_manual_lights([goals["rep"].id]) == {}


def test_a_light_set_again_takes_the_place_of_the_first_and_can_be_taken_back(goals):
    who, goal = actor(goals, "lead"), goals["rep"]
    put(who, goal)
    put(who, goal, light=Light.RED, reason=" 订单取消 ")
    row = list_manual_lights([goal.id])[goal.id]
    assert (row.light, row.reason, row.set_by) == (Light.RED, "订单取消", "lead")
    with pytest.raises(AccessDenied):
        clear_manual_light(goal_id=goal.id, actor=actor(goals, "rep"), now=NOW, today=TODAY)
    assert clear_manual_light(goal_id=goal.id, actor=who, now=NOW, today=TODAY)
    assert not clear_manual_light(goal_id=goal.id, actor=who, now=NOW, today=TODAY)


def test_rules_for_one_goal_are_for_those_who_define_metrics(goals):
    hr = actor(goals, "lead", Role.HR)
    rules = load_light_rules("code: mild\nname: 宽\nred_below: 0.3\n")
    save_light_rules(rules, reason="", actor=hr, now=NOW)
    where = {"goal_id": goals["rep"].id, "now": NOW, "today": TODAY}
    with pytest.raises(AccessDenied):
        use_rules_for_goal("mild", actor=actor(goals, "lead"), **where)
    use_rules_for_goal("mild", actor=hr, **where)
    assert list_light_rules()[0].goals == 1
    use_rules_for_goal(None, actor=hr, **where)
    assert list_light_rules()[0].goals == 0
    with pytest.raises(AccessDenied):
        use_rules_for_goal("mild", actor=hr, **{**where, "goal_id": goals["objective"].id})
