"""The inbox and the page of a run across the floors: real persons, real lines of reporting."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.lowcode.actions.definitions import create_definition, publish_definition
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.contracts.flows import NewInstance
from sextant.lowcode.models import Deputy, FlowInstance, FlowStep, WorkItem
from sextant.lowcode.queries.work import count_open, list_open
from sextant.people.assignees import PeopleDirectory, line_managers, partners, role_holders, unit_heads
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit
from tests.cast import make_cast

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def make_flow(code, steps, fields=()):
    document = {"fields": list(fields), "steps": [*steps, {"code": "z", "kind": "end"}]}
    before = clock_now() - timedelta(days=1)
    made = create_definition("flow", code=code, name="设备采购", document=document, actor=SYSTEM, now=before)
    publish_definition(made.definition_id, revision=made.revision, reason="首次发布", actor=SYSTEM, now=before)


def ask(code, source, **params):
    return {
        "code": code,
        "kind": "approve",
        "name": "审批",
        "assignees": [{"source": source, "params": params}],
        "next": "z",
    }


@pytest.fixture
def office(client):
    """The cast, and nine runs about the employee that wait for the manager, one of them late."""
    cast = make_cast()
    limits = [{"code": "late", "after": {"amount": 2}, "do": "escalate", "to": [{"source": "people.unit_head"}]}]
    make_flow("buy", [{**ask("boss", "people.line_manager"), "limits": limits}], [{"name": "金额"}])
    employee = cast.objects["own_person"]
    for number in range(9):
        new = NewInstance(title=f"显示器 {number}", about_id=employee, starter_id=employee, values={"金额": 1200})
        start_flow("buy", new, actor=SYSTEM, now=clock_now() - timedelta(hours=3 if number == 0 else 0))
    fire_timers(actor=SYSTEM, now=clock_now())
    cast.client = client
    return cast


def test_the_inbox_lists_answers_and_batches(office, django_assert_max_num_queries):
    client, manager = office.client, office.objects["manager_person"]
    office.sign_in(client, "manager")
    with django_assert_max_num_queries(15):
        page = client.get(reverse("lowcode:inbox")).content.decode()
    waiting = len(list_open(manager))
    assert page.count("data-work=") == waiting >= 11 and "李员工" in page and "超时升级" in page and "1,200" in page
    assert f'rounded-full bg-bad-soft text-bad-ink font-medium">{waiting}<' in page
    only = client.get(reverse("lowcode:inbox"), {"group": "approve"}).content.decode()
    assert only.count("设备采购") >= 9 and "超时升级" not in only
    mine = client.get(reverse("lowcode:inbox"), {"mine": "passed_on"}).content.decode()
    assert "这一类没有事项" in mine

    items = [row for row in list_open(manager) if row.params.get("flow") == "设备采购" and row.kind == "flow.approve"]
    one, two, *rest = items
    with django_assert_max_num_queries(15):
        assert (
            "金额"
            in client.get(reverse("lowcode:work", args=[one.id]), headers={"HX-Request": "true"}).content.decode()
        )
    refused = client.post(reverse("lowcode:work_answer", args=[one.id]), {"decision": "return"}, follow=True)
    assert "退回要写原因" in refused.content.decode()
    client.post(reverse("lowcode:work_answer", args=[one.id]), {"decision": "return", "note": "太贵"})
    assert FlowInstance.objects.get(steps=one.subject[1]).state == "returned"

    # a batch: one of them was withdrawn meanwhile, and somebody else's is none of the reader's
    other = WorkItem.objects.exclude(person_id=manager).first()
    FlowInstance.objects.filter(steps=two.subject[1]).update(state="withdrawn", ended_at=clock_now())
    ids = [two.id, *(row.id for row in rest), *([other.pk] if other else [])]
    told = client.post(reverse("lowcode:work_batch"), {"item": ids}, follow=True).content.decode()
    assert f"已同意 {len(rest)} 项" in told and f"{two.params['title']}：已经有人处理" in told
    done = client.get(reverse("lowcode:work_done")).content.decode()
    assert done.count("已同意") == len(rest) and "已退回" in done


def test_work_is_handed_on_by_name_and_goes_to_a_deputy(office):
    client, manager = office.client, office.objects["manager_person"]
    office.sign_in(client, "manager")
    first, second = [row for row in list_open(manager) if row.kind == "flow.approve"][:2]
    stranger = Person.objects.get(id=office.objects["other_person"])
    url = reverse("lowcode:work_hand_on", args=[first.id])
    assert "找不到这位同事" in client.post(url, {"person": "没有这人"}, follow=True).content.decode()
    client.post(url, {"person": stranger.name, "how": "pass"})
    assert WorkItem.objects.get(id=first.id).person_id == stranger.pk
    client.post(reverse("lowcode:work_hand_on", args=[second.id]), {"person": stranger.number, "how": "add"})
    assert [row.kind for row in list_open(stranger.pk)] == ["flow.approve", "flow.added"]

    day = company_day(clock_now(), settings.SEXTANT_ZONE)
    deputy = reverse("lowcode:work_deputy")
    form = {"person": stranger.name, "from_on": day, "last_on": day - timedelta(days=1)}
    assert client.post(deputy, form).status_code == 422
    assert client.post(deputy, form | {"last_on": day}).status_code == 302
    assert "王外人" in client.get(deputy).content.decode()
    employee = office.objects["own_person"]
    start_flow("buy", NewInstance(title="新的", about_id=employee), actor=SYSTEM, now=clock_now())
    assert [row.owner_id for row in list_open(stranger.pk, passed_on=True)] == [manager, manager]
    client.post(deputy, {"end": "1"})
    assert not Deputy.objects.exists()


def test_the_page_of_a_run_shows_where_it_is_and_hr_repairs_it(office, django_assert_max_num_queries):
    client, employee = office.client, office.objects["own_person"]
    late = FlowInstance.objects.filter(definition__code="buy").order_by("started_at").first()
    office.sign_in(client, "employee")
    with django_assert_max_num_queries(15):
        page = client.get(reverse("lowcode:flow_run", args=[late.pk])).content.decode()
    assert "显示器 0" in page and "陈主管" in page and "超过2 小时，升级" in page
    assert "校验一致" in page and "sx-bar-bad" in page
    told = client.post(reverse("lowcode:flow_remind", args=[late.pk]), follow=True).content.decode()
    assert "已催办" in told
    file = json.loads(client.get(reverse("lowcode:flow_evidence", args=[late.pk])).content)
    assert file["log_is_whole"] and file["log"][0]["code"] == "flow.line.started"
    assert "显示器" in client.get(reverse("lowcode:work_started")).content.decode()
    client.post(reverse("lowcode:flow_withdraw", args=[late.pk]), {"note": "不买了"})
    assert FlowInstance.objects.get(id=late.pk).state == "withdrawn"

    arms = [{"when": "[金额] > 5", "next": "boss"}, {"next": "z"}]
    by = {"code": "by", "kind": "branch", "name": "看金额", "arms": arms}
    make_flow("stuck", [by, ask("boss", "people.line_manager", grade=99)], [{"name": "金额"}])
    run_id = start_flow("stuck", NewInstance(title="没有金额", about_id=employee), actor=SYSTEM, now=clock_now())
    office.sign_in(client, "hr")
    page = client.get(reverse("lowcode:flow_run", args=[run_id])).content.decode()
    assert "金额没有值" in page
    repair = reverse("lowcode:flow_repair", args=[run_id])
    assert "填写有误" in client.post(repair, {"v-金额": "很多"}, follow=True).content.decode()
    client.post(repair, {"v-金额": "9"})
    assert FlowStep.objects.get(instance_id=run_id, closed_at=None).node == "boss"
    stranger = Person.objects.get(id=office.objects["other_person"])
    client.post(reverse("lowcode:flow_assign", args=[run_id]), {"numbers": stranger.number})
    assert [row.kind for row in list_open(stranger.pk)] == ["flow.approve"]
    office.sign_in(client, "employee")
    client.logout()
    office.sign_in(client, "executive")
    assert client.get(reverse("lowcode:flow_run", args=[run_id])).status_code == 404


def test_sources_of_this_floor_find_who_is_meant():
    today = company_day(clock_now(), settings.SEXTANT_ZONE)
    company = make_unit(name="公司")
    team = make_unit(name="一组", parent=company)
    boss = make_person(name="总监", unit=company, is_head=True)
    lead = make_person(name="组长", unit=team, manager=boss, is_head=True)
    one = make_person(name="员工", unit=team, manager=lead)
    boss.posts.update(grade="M10")
    lead.posts.update(grade="P7")
    people = [one.pk, lead.pk, boss.pk]
    assert line_managers(people, {}, on=today) == {one.pk: (lead.pk,), lead.pk: (boss.pk,)}
    assert line_managers(people, {"grade": 9}, on=today) == {one.pk: (boss.pk,), lead.pk: (boss.pk,)}
    assert unit_heads(people, {}, on=today) == {one.pk: (lead.pk,), lead.pk: (boss.pk,)}
    assert role_holders(people, {"role": "nothing"}, on=today) == {}
    cast = make_cast()
    hr = Person.objects.get(user=cast.users["hr"])
    assert role_holders([one.pk], {"role": Role.HR.value}, on=today) == {one.pk: (hr.pk,)}
    assert partners([one.pk], {}, on=today) == {one.pk: (hr.pk,)}
    lead.left_on = today
    lead.save()
    assert one.pk not in line_managers([one.pk], {}, on=today)
    known = PeopleDirectory()
    assert known.gone([lead.pk, one.pk], on=today) == {lead.pk}
    assert known.by_number([one.number, "x"]) == {one.number: one.pk}
    assert [found.name for found in known.search("员工", on=today, limit=5)][:1] != []


def test_work_is_put_off_comes_back_and_many_are_handed_on(office, django_assert_max_num_queries):
    client, manager = office.client, office.objects["manager_person"]
    office.sign_in(client, "manager")
    late, one, two, *_rest = [row for row in list_open(manager) if row.kind == "flow.approve"]
    own = next(row for row in list_open(manager) if row.kind == "flow.escalation")
    WorkItem.objects.filter(id__in=[one.id, two.id]).update(due_at=None)
    before = count_open(manager, at=clock_now())
    told = client.post(reverse("lowcode:work_later", args=[one.id]), {"until": "tomorrow"}, follow=True)
    assert "再提醒你。时限照常计算" in told.content.decode() and f'data-work="{one.id}"' not in told.content.decode()
    with django_assert_max_num_queries(15):
        page = client.get(reverse("lowcode:inbox"), {"mine": "later"}).content.decode()
    assert page.count("data-work=") == 1 and "推迟到" in page and "放回待处理" in page
    now = clock_now()
    assert (count_open(manager, at=now), count_open(manager, at=now + timedelta(days=2))) == (before - 1, before)
    client.post(reverse("lowcode:work_later", args=[one.id]))
    assert count_open(manager, at=now) == before
    WorkItem.objects.filter(id=late.id).update(due_at=now + timedelta(minutes=30))
    refused = client.post(reverse("lowcode:work_later", args=[late.id]), {"until": "tomorrow"}, follow=True)
    assert "到那时就逾期了" in refused.content.decode()
    assert client.post(reverse("lowcode:work_later", args=[one.id]), {"until": "never"}).status_code == 302

    stranger = Person.objects.get(id=office.objects["other_person"])
    client.post(reverse("lowcode:work_later", args=[two.id]), {"until": "a_while"})
    many = {"item": [one.id, two.id, own.id], "how": "pass"}
    nobody = client.post(reverse("lowcode:work_batch"), many | {"person": "没有这人"}, follow=True)
    assert "找不到这位同事" in nobody.content.decode()
    answer = client.post(
        reverse("lowcode:work_batch"),
        many | {"person": stranger.number, "note": "出差"},
        headers={"Accept": "application/json"},
    ).json()
    assert answer["done"] == ["已转交 2 项。"] and "只能由你本人处理" in answer["refused"][0]
    # who gets it has not put it off
    assert count_open(stranger.pk, at=clock_now()) == 2
