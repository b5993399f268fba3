"""Pages of 干预建议包: what each side sees, in how many queries, and what buttons do."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.goals.models import Goal
from sextant.goals.tests.makers import make_cycle, make_goal, make_standing
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit
from sextant.tracking.models import HelpAct, HelpPack, Script
from sextant.tracking.tests.help_makers import make_act, make_pack, make_script

pytestmark = pytest.mark.django_db
LONG = "一个很长的目标名称" * 12


def account(name: str, *roles: Role) -> User:
    user = User.objects.create(username=name, name=name, password="!", created_at=clock_now())
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=clock_now()) for role in roles])
    return user


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


@pytest.fixture
def goal() -> Goal:
    """The owner's goal, yellow for two weeks, with a pack; thirty colleagues with past troubles, ten of them out of
    sight, twelve green now; fifteen scripts, all used."""
    moment = clock_now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    root = make_unit("公司")
    team, other = make_unit("一组", root), make_unit("二组", root)
    manager = make_person("经理", team, user=account("manager"), is_head=True)
    make_person("人力", root, user=account("hr", Role.HR))
    head = make_person("二组长", other, is_head=True)
    owner = make_person("沈一", team, manager, user=account("owner"))
    metric = make_metric("拜访", tags=["sales"])
    cycle = make_cycle("now", from_on=today - timedelta(days=60), until_on=today + timedelta(days=60))
    past = make_cycle("past", from_on=today - timedelta(days=200), until_on=today - timedelta(days=60))
    goal = make_goal(owner=owner, metric=metric, cycle=cycle, title=LONG)
    make_standing(goal, Light.YELLOW, week_lights="gggyy")
    for number in range(30):
        person = make_person(f"同事{number}", *((other, head) if number < 10 else (team, manager)))
        trouble = make_goal(owner=person, metric=metric, cycle=past, title=LONG)
        make_standing(trouble, Light.GREEN, week_lights="gyygg")
        make_standing(make_goal(owner=person, metric=metric, cycle=cycle), Light.GREEN, week_lights="ggggg")
    pack = make_pack(goal, keeper=manager, now=moment)
    for number in range(15):
        script = make_script(f"话术{number}", now=moment, metric=metric, text="说" * 500)
        make_act(pack, person=owner, now=moment, kind="script", script=script)
    return goal


def test_pages_cost_at_most_fifteen_queries_whatever_the_number_of_rows(
    goal: Goal, django_assert_max_num_queries
) -> None:
    pack = HelpPack.objects.get()
    pages = [
        reverse("tracking:help_packs"),
        reverse("tracking:help_pack", args=[pack.pk]),
        reverse("tracking:help_of_goal", args=[goal.pk]),
        reverse("tracking:scripts"),
        reverse("tracking:script", args=[Script.objects.earliest("id").pk]),
    ]
    for name in ("manager", "hr", "owner"):
        client = signed_in(name)
        client.get("/")  # what a process reads once
        for page in pages:
            headers = {"HX-Request": "true"} if "/goal/" in page else {}
            with django_assert_max_num_queries(15):
                answer = client.get(page, headers=headers)
            assert answer.status_code == 200 and len(answer.content) < 120_000, (name, page)
    client, act_id = signed_in("owner"), HelpAct.objects.earliest("id").pk
    for page in (reverse("tracking:help_offers"), reverse("tracking:help_act", args=[act_id])):
        with django_assert_max_num_queries(15):
            assert client.get(page).status_code == 200


def test_what_is_offered_names_those_in_sight_and_counts_the_others(goal: Goal) -> None:
    offered = signed_in("manager").get(reverse("tracking:help_of_goal", args=[goal.pk]), headers={"HX-Request": "true"})
    text = offered.content.decode()
    assert "同事10" in text and "同事3" not in text.replace("同事30", "")
    assert "10 人遇到过，10 人回到绿灯" in text and "请教" in text and "发出请求" in text and "转给本人" in text
    own = signed_in("owner").get(reverse("tracking:help_of_goal", args=[goal.pk]), headers={"HX-Request": "true"})
    assert "同事1" not in own.content.decode() and "陪访一次" in own.content.decode()
    page = signed_in("owner").get(reverse("tracking:help_pack", args=[HelpPack.objects.get().pk])).content.decode()
    assert "记下</button>" not in page and "help/goal" not in page


def test_buttons_choose_and_lead_back_to_where_they_stood(goal: Goal) -> None:
    client, helper = signed_in("manager"), Person.objects.get(name="同事10")
    HelpAct.objects.all().delete()
    choose = reverse("tracking:help_choose", args=[goal.pk])
    told = {"kind": "request", "person_id": str(helper.pk), "text": "带一次"}
    assert client.post(choose, {**told, "next": "/tracking/help/#acts"}).url == "/tracking/help/#acts"
    page = reverse("tracking:help_pack", args=[HelpPack.objects.get().pk])
    for outside in ("https://evil.example/", "//evil.example/", "evil"):
        assert client.post(choose, {"kind": "own", "text": "做", "next": outside}).url == page
    named = client.post(choose, {"kind": "own", "text": "做", "person": "没这个人"}, follow=True)
    assert "找不到“没这个人”" in named.content.decode()
    assert HelpAct.objects.filter(kind="own").count() == 3
    shown = client.get(page).content.decode()
    assert "待答复" in shown and "进行中" in shown


def test_scripts_are_kept_by_who_leads_and_a_stale_save_is_refused(goal: Goal) -> None:
    manager = signed_in("manager")
    made = manager.post(reverse("tracking:script_new"), {"title": "新话术", "text": "怎么说", "cause": "method"})
    script = Script.objects.get(title="新话术")
    page = reverse("tracking:script", args=[script.pk])
    assert made.url == page and script.written_by is not None
    changed = {"title": "新话术", "text": "改过", "number": "1"}
    assert manager.post(page, changed).status_code == 302
    again = manager.post(page, {**changed, "text": "又改"})
    assert again.status_code == 422 and "别人刚改过" in again.content.decode()
    assert manager.post(reverse("tracking:script_new"), {"title": "", "text": ""}).status_code == 422
    assert manager.post(page, {"act": "retire"}).status_code == 302
    assert signed_in("owner").get(page).status_code == 404
    assert "新话术" not in signed_in("owner").get(reverse("tracking:scripts")).content.decode()


def test_empty_pages_say_what_to_do(db: None) -> None:
    make_person("新人", make_unit("公司"), user=account("new"))
    client = signed_in("new")
    assert "没有连续两周黄灯的目标" in client.get(reverse("tracking:help_packs")).content.decode()
    assert "还没有话术" in client.get(reverse("tracking:scripts")).content.decode()
    assert "没有按指标衡量的目标" in client.get(reverse("tracking:help_offers")).content.decode()


def test_a_goal_of_which_nothing_is_known_offers_only_ones_own_acts(db: None) -> None:
    team = make_unit("一组")
    manager = make_person("经理", team, user=account("manager"), is_head=True)
    goal = make_goal(owner=make_person("沈一", team, manager), metric=make_metric("拜访"))
    pack = make_pack(goal, keeper=manager, now=clock_now(), completion_before=None)
    client = signed_in("manager")
    assert "还没有评估过" in client.get(reverse("tracking:help_pack", args=[pack.pk])).content.decode()
    offered = client.get(reverse("tracking:help_of_goal", args=[goal.pk]), headers={"HX-Request": "true"})
    assert "可以自己写一条" in offered.content.decode()
