"""Pages of plans: what they show, what they cost, and that a save keeps what it can."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.goals.actions.positions import save_goal_position
from sextant.goals.contracts import GoalKind
from sextant.goals.models import Goal, GoalPosition, Plan, PlanTemplate
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.plan_makers import NOW, Pair, kpi, make_pair, task
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

PAGE_QUERIES, SAVE_QUERIES, PAGE_BYTES = 15, 20, 120 * 1024


@pytest.fixture
def pair(db, monkeypatch) -> Pair:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    return make_pair()


def sign_in(person: Person | None, *roles: Role) -> Client:
    name = person.name if person else "hr"
    user = User.objects.create(username=name, name=name, password="!", created_at=NOW)
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=NOW) for role in roles])
    if person:
        Person.objects.filter(id=person.id).update(user=user)
    client = Client()
    client.force_login(user)
    return client


def put(pair, terms, *, by, goal_id=None) -> int:
    at = Plan.objects.get(id=pair.plan.id).revision
    return save_goal_position(pair.plan.id, goal_id=goal_id, terms=terms, revision=at, actor=by, now=NOW).goal_id


def read(client, name, *args, queries=PAGE_QUERIES, **query):
    with CaptureQueriesContext(connection) as spent:
        response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200 and len(spent) <= queries, [one["sql"][:90] for one in spent]
    assert len(response.content) < PAGE_BYTES
    return response.content.decode()


def test_the_plan_and_its_editor(pair):
    owner, manager = sign_in(pair.owner), sign_in(pair.manager)
    assert owner.get(reverse("goals:plans")).headers["Location"] == reverse("goals:plan", args=[pair.plan.id])
    made = owner.post(reverse("goals:plan_goal_new", args=[pair.plan.id]), {"kind": "kpi", "title": "四季度回款"})
    goal = Goal.objects.get(title="四季度回款")
    assert made.headers["Location"] == reverse("goals:plan_goal", args=[pair.plan.id, goal.id])
    page = read(owner, "goals:plan_goal", pair.plan.id, goal.id)
    assert 'name="metric"' in page and 'name="deliverable"' not in page and "没有选指标" in page

    url = reverse("goals:plan_goal_save", args=[pair.plan.id, goal.id])
    written = {"title": "四季度回款 420 万", "kind": "kpi", "dimension": "results", "weight": "70", "curve": "parallel"}
    written |= {"metric": pair.metric.code, "base": "0", "stretch": "480", "revision": "1"}
    with CaptureQueriesContext(connection) as spent:
        answer = owner.post(url, written, headers={"X-Autosave": "1"})
    assert len(spent) <= 2 * SAVE_QUERIES, "a refused field is tried twice"
    said = answer.content.decode()
    assert 'data-error="base"' in said and "请填写起点" in said and 'data-revision="2"' in said
    goal.refresh_from_db()
    assert (goal.title, goal.base, goal.metric_id) == ("四季度回款 420 万", None, pair.metric.id), "the rest was kept"
    with CaptureQueriesContext(connection) as spent:
        answer = owner.post(url, {**written, "base": "420", "revision": "2"}, headers={"X-Autosave": "1"})
    # the savepoint is the test's own: a request has one transaction
    asked = [one["sql"] for one in spent if "SAVEPOINT" not in one["sql"]]
    assert answer.status_code == 200 and len(asked) <= SAVE_QUERIES, asked
    assert "data-error" not in answer.content.decode()

    put(pair, kpi(pair.metric), by=pair.as_manager, goal_id=goal.id)
    stale = owner.post(url, {**written, "base": "400", "revision": "3"}, headers={"X-Autosave": "1"})
    assert stale.status_code == 409 and "林清越 刚刚改过" in stale.content.decode()
    assert Goal.objects.get(id=goal.id).title == "四季度回款 420 万元"
    page = read(manager, "goals:plan_goal", pair.plan.id, goal.id)
    assert "用这个写法" in page and "四季度回款 420 万" in page
    assert sign_in(pair.stranger).get(reverse("goals:plan", args=[pair.plan.id])).status_code == 404


def test_the_steps_on_the_way_are_offered_and_said(pair):
    owner, manager = sign_in(pair.owner), sign_in(pair.manager)
    put(pair, kpi(pair.metric), by=pair.as_owner)
    put(pair, task(), by=pair.as_owner)
    assert "发给对方" in read(owner, "goals:plan", pair.plan.id)
    assert "发给对方" not in read(manager, "goals:plan", pair.plan.id)
    url = reverse("goals:plan_act", args=[pair.plan.id])
    late = owner.post(url, {"act": "start", "revision": "1"}, follow=True)
    assert "已是最新的内容" in late.content.decode()
    owner.post(url, {"act": "start", "revision": "2"})
    assert "同意对方的 2 个写法" in read(manager, "goals:plan", pair.plan.id)
    refused = manager.post(url, {"act": "propose", "revision": "3"}, follow=True)
    assert "还有 2 个目标双方写法不同" in refused.content.decode()
    manager.post(url, {"act": "accept", "revision": "3"})
    manager.post(url, {"act": "propose", "revision": "4"})
    page = read(owner, "goals:plan", pair.plan.id)
    assert "退回修改" in page and 'data-open="new-goal"' not in page


def test_a_team_of_five_hundred_goals_costs_what_a_small_one_costs(pair):
    manager = sign_in(pair.manager)
    metrics = [make_metric(f"指标{n}", code=f"m{n}") for n in range(8)]
    people = [make_person(f"成员{n:02}", unit=pair.unit, manager=pair.manager) for n in range(62)]
    for person in people:
        for metric in metrics:
            make_goal(owner=person, metric=metric, cycle=pair.cycle)
    page = read(manager, "goals:team", cycle=pair.cycle.code)
    assert "成员05" in page and "成员31" not in page and "指标0" in page and "没有方案" in page
    hr = sign_in(None, Role.HR)
    with CaptureQueriesContext(connection) as queries:
        found = hr.get(
            reverse("goals:team"), {"cycle": pair.cycle.code, "q": "成员31", "unit": pair.unit.parent_id}
        ).content.decode()
    assert len(queries) <= 15 and "成员31" in found and "成员05" not in found
    assert people[7].name in read(hr, "goals:team", cycle=pair.cycle.code, q=people[7].number)
    assert "没有找到相符的成员" in read(hr, "goals:team", cycle=pair.cycle.code, q="没有这个人")
    # a plan of many goals and both their positions
    goals = Goal.objects.filter(owner_person=people[0])
    assert goals.count() == 8 and GoalPosition.objects.count() == 0
    assert read(sign_in(people[0]), "goals:plans", cycle=pair.cycle.code).count("开始起草") == 1


def test_hr_keeps_templates_and_cycles(pair):
    hr = sign_in(None, Role.HR)
    page = read(hr, "goals:template_new")
    assert page.count('name="dimension_code"') == 5
    kinds = {f"dimension_kinds_{n}": value for n, value in enumerate((["kpi"], ["gs"]))}
    sent = {
        "name": "研发", "code": "dev", "from_on": "2026-01-01", "base_share": "60", "stretch_share": "40",
        "curve": "parallel", "least_goals": "2", "most_goals": "6", "most_extra_points": "10", "elasticity_pct": "12",
        "window_week": "10", "window_days": "7", "role_families": "工程师，研发", **kinds,
        "dimension_code": ["kpi", "gs"], "dimension_name": ["业绩", "任务"], "dimension_weight_pct": ["60", "30"],
        "dimension_least": ["1", "0"], "dimension_most": ["", "3"],
    }  # fmt: skip
    refused = hr.post(reverse("goals:template_new"), sent)
    assert refused.status_code == 422 and "各维度的权重合计应为 100%" in refused.content.decode()
    assert hr.post(reverse("goals:template_new"), {**sent, "dimension_weight_pct": ["60", "40"]}).status_code == 302
    version = PlanTemplate.objects.get(code="dev").versions.get()
    assert version.definition["role_families"] == ["工程师", "研发"] and version.definition["elasticity"] == "0.12"
    assert "研发" in read(hr, "goals:templates")
    hr.post(reverse("goals:cycles"), {"period": "2026Q2", "name": ""})
    assert "2026 第二季度" in read(hr, "goals:cycles")
    assert "不是周期" in hr.post(reverse("goals:cycles"), {"period": "春天"}).content.decode()


def test_every_kind_has_its_own_fields(pair):
    owner = sign_in(pair.owner)
    for kind in GoalKind:
        owner.post(reverse("goals:plan_goal_new", args=[pair.plan.id]), {"kind": kind.value, "title": kind.value})
    shown = {
        goal.kind: read(owner, "goals:plan_goal", pair.plan.id, goal.id) for goal in Goal.objects.filter(plan=pair.plan)
    }
    assert set(shown) == {kind.value for kind in GoalKind}
    assert {kind for kind, page in shown.items() if 'name="confidence"' in page} == {"objective", "key_result"}
    assert {kind for kind, page in shown.items() if 'name="step_title"' in page} == {"milestone", "action"}
    assert {kind for kind, page in shown.items() if 'name="weight"' not in page} == {"bonus", "penalty", "veto"}


def test_wording_dropping_and_an_old_page_without_scripts(pair):
    owner = sign_in(pair.owner)
    vague = put(pair, task(title="提升部门协同", deliverable="", due_on=None), by=pair.as_owner)
    put(pair, task(title="提升部门协同", deliverable="", due_on=None), by=pair.as_manager, goal_id=vague)
    put(pair, kpi(pair.metric), by=pair.as_owner)
    args, answer = [pair.plan.id, vague], reverse("goals:plan_goal_answer", args=[pair.plan.id, vague])
    for page in (read(owner, "goals:plan_goal", *args), read(owner, "goals:negotiate", pair.plan.id)):
        assert "缺交付物" in page and "可以写成" in page and "用这个写法" in page
    taken = owner.post(answer, {"act": "rewrite", "title": "1 月底前交付排期表", "revision": "3", "here": "negotiate"})
    assert taken.headers["Location"] == reverse("goals:negotiate", args=[pair.plan.id]) + f"#goal-{vague}"
    assert Goal.objects.get(id=vague).title == "1 月底前交付排期表"
    owner.post(answer, {"act": "drop", "revision": "4"})
    assert "还是保留" in read(owner, "goals:plan_goal", *args)
    owner.post(answer, {"act": "keep", "revision": "5"})
    assert "还是保留" not in read(owner, "goals:negotiate", pair.plan.id)
    old = {"title": "我写的", "kind": "gs", "dimension": "tasks", "revision": "2"}
    stale = owner.post(reverse("goals:plan_goal_save", args=args), old)
    text = stale.content.decode()
    assert stale.status_code == 409 and "<title>没有保存" in text and 'value="我写的"' in text
    assert 'name="revision" value="6"' in text
    put(pair, kpi(pair.metric, dimension="tasks", curve="ladder"), by=pair.as_manager, goal_id=Goal.objects.last().id)
    page = read(owner, "goals:plan_goal", pair.plan.id, Goal.objects.last().id)
    assert "重点任务" in page and "阶梯" in page and ">ladder<" not in page


def test_hr_names_the_counterpart_and_a_head_opens_the_plan_of_the_unit(pair):
    hr, manager = sign_in(None, Role.HR), sign_in(pair.manager)
    assert "换一个对方" in read(hr, "goals:plan", pair.plan.id)
    url = reverse("goals:plan_counterpart", args=[pair.plan.id])
    assert "找不到工号" in hr.post(url, {"person": "没有这个人"}, follow=True).content.decode()
    assert hr.post(url, {"person": pair.stranger.number}).status_code == 302
    assert Plan.objects.get(id=pair.plan.id).counterpart_id == pair.stranger.id
    assert "苏南区" in read(manager, "goals:plans", cycle=pair.cycle.code)
    begun = manager.post(reverse("goals:plan_begin"), {"cycle": pair.cycle.id, "unit": pair.unit.id})
    assert begun.status_code == 302 and Plan.objects.filter(owner_unit=pair.unit).exists()
