"""HR builds an approval of five steps from an empty page, tries it, publishes it; an employee starts it on the phone;
it escalates after four hours; a second version comes while the first run goes on, which ends on its own version."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.lowcode.actions.definitions import create_definition, publish_definition
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.actions.flows import answer_work
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.models import FlowInstance, WorkItem
from sextant.lowcode.queries.definitions import find_current
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
FORM = {"fields": [{"name": "amount", "kind": "money", "label": "报销金额", "required": True}]}


@dataclass(frozen=True)
class Office:
    """Who takes part."""

    hr: Person
    manager: Person
    employee: Person


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """A rep, the manager, a colleague of HR, and a form that was published before."""
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    unit = make_unit(name="销售部")
    people = {}
    for username, name, role in (("hr", "许念安", Role.HR), ("boss", "陈知行", None), ("rep", "何书瑶", None)):
        user = User.objects.create(username=username, name=name, password="!", created_at=NOW)
        RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=NOW)] if role else [])
        people[username] = make_person(name, unit=unit, manager=people.get("boss"), user=user)
    before = NOW - timedelta(days=1)
    made = create_definition("form", code="expense_form", name="报销单", document=FORM, actor=SYSTEM, now=before)
    publish_definition(made.definition_id, revision=1, reason="首次发布", actor=SYSTEM, now=before)
    return Office(people["hr"], people["boss"], people["rep"])


def add(page, at: str, kind: str, code: str) -> None:
    """A step from the menu of a place."""
    page.locator(f'[data-plus="{at}"]').click()
    page.locator("[data-menu]").get_by_role("menuitem", name=kind, exact=True).click()
    page.locator(f'[data-step="{code}"][data-on]').wait_for()


def saved(page) -> None:
    """Until everything typed was answered."""
    page.wait_for_function("document.querySelector('[data-part=saved]').textContent.includes('已保存')")


def build(page, live_server) -> None:
    """Five steps from an empty page."""
    page.goto(live_server.url + reverse("lowcode:definition_new") + "?kind=flow")
    page.get_by_label("名称").fill("费用报销")
    page.get_by_label("编号").fill("expense")
    page.get_by_label("类").select_option("flow")
    page.get_by_role("button", name="新建").click()
    page.locator("[data-flow]").wait_for()
    settle(page)
    add(page, "", "填写", "s1")
    page.get_by_label("填哪张表单").select_option("expense_form")
    page.locator('[data-step="s1"]', has_text="报销单").wait_for()
    add(page, "s1", "审批", "s2")
    page.get_by_label("名称").fill("主管审批")
    page.locator('[data-step="s2"]', has_text="主管审批").wait_for()
    page.get_by_role("button", name="加一级").click()
    page.get_by_label("做什么").select_option("escalate")
    page.locator('[data-step="s2"]', has_text="升级到人力资源").wait_for()
    add(page, "s2", "分支", "s3")
    page.locator('[data-choose="s3:0"][data-head]').click()
    page.locator("#condition").click()
    page.keyboard.type("[报销金额] > 5000")
    page.locator('[data-head="s3:0"]', has_text="[报销金额] > 5000").wait_for()
    add(page, "s3:0", "审批", "s4")
    page.get_by_label("谁", exact=True).select_option("people.role")
    page.locator('[data-step="s4"]', has_text="人力资源").wait_for()
    add(page, "s3>", "抄送", "s5")
    page.get_by_role("button", name="指定谁").click()
    page.locator('[data-step="s5"]', has_text="直属主管").wait_for()


def by_keys(page) -> None:
    """Alt and arrows move a step, undo takes it back; what would break the flow is refused."""
    page.locator('[data-choose="s4"]').first.focus()
    page.keyboard.press("Alt+ArrowRight")
    page.locator('[data-arm="s3:1"] [data-step="s4"]').wait_for()
    page.get_by_role("button", name="撤销").click()
    page.locator('[data-arm="s3:0"] [data-step="s4"]').wait_for()
    page.locator('[data-step="s5"]').drag_to(page.locator('[data-plus="s4"]'))
    page.locator('[data-arm="s3:0"] [data-step="s5"]').wait_for()
    page.get_by_role("button", name="撤销").click()
    page.locator('[data-arm="s3:0"] [data-step="s5"]').wait_for(state="detached")


def try_out(page) -> None:
    """试跑 lights the way that the engine took, and no other."""
    page.get_by_role("tab", name="试跑").click()
    page.get_by_label("发起人", exact=True).fill("何书瑶")
    page.get_by_label("报销金额").fill("6800")
    page.locator("#flow-trial").get_by_role("button", name="试跑").click()
    page.locator('[data-step="s4"][data-lit]').wait_for()
    assert page.locator('[data-arm="s3:0"][data-lit]').count() == 1
    assert page.locator('[data-arm="s3:1"][data-lit]').count() == 0
    assert axe(page, themes=("light",)) == []
    page.get_by_role("tab", name="步骤").click()


def publish(page, reason: str) -> None:
    page.get_by_role("link", name="去发布").click()
    page.get_by_role("button", name="发布 v").first.click()
    page.get_by_label("改动原因").fill(reason)
    page.locator("#publish").get_by_role("button", name="发布", exact=True).click()
    page.get_by_text("已发布").first.wait_for()


def start_on_phone(phone, live_server, office: Office) -> FlowInstance:
    sign_in(phone, live_server, "rep")
    phone.goto(live_server.url + reverse("lowcode:inbox"))
    phone.get_by_role("link", name="发起", exact=True).click()
    phone.get_by_role("link", name="费用报销").click()
    settle(phone)
    assert overflow(phone) == []
    phone.get_by_label("标题").fill("十一月差旅")
    phone.get_by_role("button", name="开始填写").click()
    phone.get_by_label("报销金额").fill("6800")
    phone.get_by_role("button", name="提交").click()
    phone.get_by_text("已提交").first.wait_for()
    run = FlowInstance.objects.get()
    assert (run.title, run.values, run.about_id) == ("十一月差旅", {"报销金额": "6800"}, office.employee.pk)
    return run


def waits_for(person: Person) -> list[str]:
    return sorted(WorkItem.objects.filter(person_id=person.pk, closed_at=None).values_list("kind", flat=True))


def agree(person: Person, at: datetime) -> None:
    item = WorkItem.objects.get(person_id=person.pk, closed_at=None, kind="flow.approve")
    actor = Actor(None, person.pk, frozenset({Role.EMPLOYEE}), person.name)
    answer_work(item.pk, decision=Decision.AGREE, actor=actor, now=at)


def test_approval_is_designed_tried_published_and_run(live_server, page, phone, office: Office):
    sign_in(page, live_server, "hr")
    build(page, live_server)
    by_keys(page)
    assert axe(page) == []
    try_out(page)
    shoot(page, "flow_designer", full=False)
    publish(page, "报销改为线上")

    run = start_on_phone(phone, live_server, office)
    assert waits_for(office.manager) == ["flow.approve"] and waits_for(office.hr) == []
    later = NOW + timedelta(hours=4, minutes=1)
    fire_timers(actor=SYSTEM, now=later)
    assert waits_for(office.hr) == ["flow.escalation"]

    page.goto(live_server.url + reverse("lowcode:flow_design", args=[run.definition_id]))
    settle(page)
    assert page.get_by_text("运行中 1").count() == 1
    add(page, "s1", "抄送", "s6")
    page.get_by_role("button", name="指定谁").click()
    page.locator('[data-step="s6"]', has_text="直属主管").wait_for()
    publish(page, "先抄送主管")
    current = find_current("flow", "expense", on=NOW + timedelta(minutes=1))
    assert current is not None and current.number == 2

    agree(office.manager, later)
    agree(office.hr, later)
    run.refresh_from_db()
    assert (run.version.number, run.state) == (1, "ended")
    assert run.log.filter(node="s6").count() == 0
    assert page.problems == [] and phone.problems == []
