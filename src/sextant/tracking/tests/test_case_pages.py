"""Pages of red lights' conversations: the list, the page of one with its acts, the line on the page of a goal."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.engines.values import Light
from sextant.foundation.clock import now as clock_now
from sextant.goals.tests.makers import make_goal
from sextant.people.tests.makers import make_person
from sextant.tracking.models import TalkCase, TalkMeasure, TalkRestriction
from sextant.tracking.tests.case_makers import (
    NOW,
    RED_ON,
    Team,
    make_case,
    make_team,
    meet,
    open_red,
    sign_in,
    stand,
    write_account,
)

MOST_QUERIES = 15


@pytest.fixture
def team(db, monkeypatch) -> Team:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    return make_team()


def read(client, path: str, **asked) -> str:
    """The page, in at most as many queries as a page may cost."""
    with CaptureQueriesContext(connection) as asked_of:
        answer = client.get(path, asked)
    assert answer.status_code == 200, answer.status_code
    assert len(asked_of) <= MOST_QUERIES, [query["sql"][:90] for query in asked_of]
    return str(answer.content.decode())


def test_the_page_of_a_talk_at_every_station(team: Team, client) -> None:
    case = open_red(team)
    path = f"/tracking/cases/{case.pk}/"
    weeks = {RED_ON - timedelta(days=8): "0.8", RED_ON - timedelta(days=1): "0.474"}
    stand(team.goal, Light.RED, "0.474", on=RED_ON, weeks=weeks)
    sign_in(team.owner, client)
    page = read(client, path)
    assert "写我看到的" in page and "交出前只有你看得到" in page and 'id="meet"' not in page
    assert "灯说的是进度，不是人" in page and "请对方暂停" not in page
    assert "<c-" not in page
    write_account(case, team.owner, "住院部要预约才能进。<b>x</b>")
    page = read(client, path)
    assert "住院部要预约才能进。&lt;b&gt;x" in page and "客户进不去" in page
    sign_in(team.manager, client)
    page = read(client, path)
    assert "写我看到的" in page and 'id="meet"' in page and "请对方暂停" in page
    begun = client.post(f"{path}analysis/")
    assert begun.status_code == 302 and "/sheets/" in begun["Location"]
    assert "接着写" in read(client, path)
    assert f"{path}#analysis" in read(client, begun["Location"])
    sign_in(team.boss, client)
    page = read(client, path)
    assert "还在写" in page and "加一项" not in page and "结束跟踪" not in page
    for stranger in (team.colleague, team.outsider):
        sign_in(stranger, client)
        assert client.get(path).status_code == 404
        assert client.post(f"{path}minutes/", {"minutes": "x"}).status_code == 404
    meet(team, case, now=NOW)
    sign_in(team.partner, client)
    assert "观察期" in read(client, path) and "三方已确认" in read(client, path)
    assert "三方会纪要" in read(client, f"{path}print/")


def test_acts_of_the_page_lead_back_and_say_what_is_wrong(team: Team, client) -> None:
    case = open_red(team)
    path = f"/tracking/cases/{case.pk}/"
    sign_in(team.manager, client)
    wrong = client.post(f"{path}meeting/", {"act": "set", "meets_at": "2026-02-20T15:00"}, follow=True)
    assert "三方会最迟" in wrong.content.decode()
    client.post(f"{path}meeting/", {"act": "set", "meets_at": "2026-01-12T09:00", "place": "三楼"})
    client.post(f"{path}measures/", {"act": "add", "text": "陪访", "person": team.owner.pk, "due_on": "2026-01-20"})
    measure = TalkMeasure.objects.get()
    client.post(f"{path}measures/", {"act": "done", "measure": measure.pk})
    measure.refresh_from_db()
    assert measure.done_on == RED_ON
    unsaid = client.post(f"{path}measures/", {"act": "add", "text": "再访", "person": "x", "due_on": "x"}, follow=True)
    assert "谁来做" in unsaid.content.decode()
    client.post(f"{path}restrictions/", {"act": "ask", "kind": "new_leads"})
    held = TalkRestriction.objects.get()
    assert "还没有系统接收" in read(client, path)
    client.post(f"{path}restrictions/", {"act": "lift", "restriction": held.pk})
    held.refresh_from_db()
    assert held.lifted_at is not None
    saved = client.post(f"{path}minutes/", {"minutes": "原因", "revision": 0}, headers={"X-Autosave": "1"})
    assert 'data-revision="1"' in saved.content.decode() and "data-merged" not in saved.content.decode()
    sign_in(team.owner, client)
    merged = client.post(f"{path}minutes/", {"minutes": "我补", "revision": 0}, headers={"X-Autosave": "1"})
    assert "data-merged" in merged.content.decode() and 'data-revision="2"' in merged.content.decode()
    client.post(f"{path}minutes/", {"minutes": "原因：预约", "revision": 2})
    clash = client.post(f"{path}minutes/", {"minutes": "另说", "revision": 2}, headers={"X-Autosave": "1"})
    assert clash.status_code == 409 and "另说" in clash.content.decode()
    whole = client.post(f"{path}minutes/", {"minutes": "另说", "revision": 2})
    assert whole.status_code == 409 and "你写的" in whole.content.decode()
    client.post(f"{path}agree/", {"revision": 3})
    assert case.seats.get(role="owner").agreed_number == 3
    sign_in(team.partner, client)
    client.post(f"{path}end/", {"act": "ended", "words": "数据更正"})
    case.refresh_from_db()
    assert (case.outcome, case.outcome_note) == ("ended", "数据更正")
    assert "数据更正" in read(client, path)


def test_the_list_counts_narrows_and_stays_cheap(team: Team, client) -> None:
    sign_in(team.manager, client)
    assert "没有红灯在谈" in read(client, "/tracking/")
    case = open_red(team)
    for place in range(12):
        person = make_person(
            f"很长的名字一二三四五六七八{place}", unit=team.owner.posts.get().unit, manager=team.manager
        )
        goal = make_goal(owner=person, metric=None, title="把每一家医院的设备科长都拜访一遍并记下来" * 3)
        make_case(goal, seats={"owner": person, "manager": team.manager}, now=clock_now())
    page = read(client, "/tracking/")
    assert page.count("/tracking/cases/") == 13
    assert read(client, "/tracking/", whose="mine").count("/tracking/cases/") == 0
    assert read(client, "/tracking/", stage="closed").count("/tracking/cases/") == 0
    assert read(client, "/tracking/", stage="nothing", page="99999999").count("/tracking/cases/") == 0
    # whose talk it is has it counted in the navigation, and sees no switch to a team
    sign_in(team.owner, client)
    page = read(client, "/tracking/")
    assert page.count("/tracking/cases/") == 1 and "团队的" not in page
    assert TalkCase.objects.filter(id=case.pk, seats__person=team.owner).exists()
    sign_in(team.colleague, client)
    assert "没有红灯在谈" in read(client, "/tracking/")


def test_the_page_of_a_goal_leads_to_its_talk(team: Team, client) -> None:
    case = open_red(team)
    sign_in(team.owner, client)
    path = f"/tracking/goals/{team.goal.pk}/case/"
    assert f"/tracking/cases/{case.pk}/" in read(client, path)
    other = make_goal(owner=team.owner, metric=None, title="别的")
    assert "href" not in read(client, f"/tracking/goals/{other.pk}/case/")
    sign_in(team.colleague, client)
    assert client.get(path).status_code == 404
