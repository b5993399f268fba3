"""Where a run is, in the picture of its flow: marks, the pages, and the drawing itself in a browser."""

from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.lowcode.actions.definitions import create_definition
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.contracts.flows import StepState
from sextant.lowcode.flows.bpmn_reading import read_bpmn
from sextant.lowcode.flows.bpmn_writing import MODEL
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.flows.reading import read_flow
from sextant.lowcode.messages.flow_picture import titled
from sextant.lowcode.policy.flow_marks import Visit, mark_steps
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.tests.flow_makers import (
    HR,
    NOW,
    approve,
    end,
    limit,
    make_flow,
    manager,
    persons,
    publish_again,
    say,
    start,
)
from tests.browser import axe, settle, sign_in

HOUR = timedelta(hours=1)
LATE = [
    limit("soon", 2),
    limit("late", 4, do="escalate", to=[manager(10)]),
    limit("last", 9, do="escalate", to=[manager(9)]),
]
STEPS = [
    {"code": "fill", "kind": "form", "name": "填写 <单>", "assignees": [{"source": "starter"}], "next": "by"},
    {"code": "by", "kind": "branch", "arms": [{"when": "[金额] > 5", "next": "f"}, {"next": "small"}]},
    approve("small", manager(), then="z"),
    {"code": "f", "kind": "fork", "arms": [{"next": "boss"}, {"next": "money"}]},
    approve("boss", manager(9), then="m", limits=LATE),
    approve("money", persons(5), then="m"),
    {"code": "m", "kind": "join", "next": "last"},
    approve("last", persons(6)),
    end(),
]  # fmt: skip
FIELDS = [("金额", "number")]


@pytest.mark.parametrize(
    ("visits", "marks"),
    [
        ([("fill", "open")], "fill=now by=ahead small=ahead f=ahead boss=ahead money=ahead m=ahead last=ahead z=ahead"),
        (
            [("fill", "done"), ("boss", "open", -1), ("money", "done"), ("m", "joined")],
            "fill=done by=done small=skipped f=done boss=late money=done m=waiting last=ahead z=ahead",
        ),
        (
            [("fill", "done"), ("boss", "returned"), ("money", "void"), ("fill", "open", 1)],
            "fill=now by=done small=ahead f=done boss=returned money=skipped m=ahead last=ahead z=ahead",
        ),
        (
            [("fill", "done"), ("small", "stuck")],
            "fill=done by=done small=stuck f=skipped boss=skipped money=skipped m=skipped last=skipped z=ahead",
        ),
    ],
)  # fmt: skip
def test_each_step_has_one_mark(visits, marks):
    document = FlowDocument.model_validate({"fields": [{"name": "金额"}], "steps": STEPS})
    flow = read_flow(document).value
    made = [Visit(node, StepState(state), NOW + due[0] * HOUR if due else None) for node, state, *due in visits]
    passed = ["by", "f"] if len(visits) > 2 else ["by"] if len(visits) > 1 else []
    found = mark_steps(flow, made, passed=passed, has_ended=False, moment=NOW)
    assert " ".join(f"{code}={mark.value}" for code, mark in found.items()) == marks


def test_what_has_no_name_is_named_in_the_picture_by_what_it_is():
    document = FlowDocument.model_validate({"fields": [{"name": "金额"}], "steps": STEPS})
    named = titled(document)
    assert [arm.name for arm in named.steps[1].arms] == ["[金额] > 5", "其他情况"]
    assert (named.steps[0].name, named.steps[1].name, named.steps[-1].name) == ("填写 <单>", "", "结束")


@pytest.fixture
def late_run(company, monkeypatch):
    """A run on the first of two versions: one arm done, the other past two of its limits."""
    make_flow(STEPS, fields=FIELDS)
    run_id = start()
    say(1, run_id=run_id, values={"金额": "9"})
    say(5, run_id=run_id, now=NOW + HOUR)
    fire_timers(actor=HR, now=NOW + 2 * HOUR)
    fire_timers(actor=HR, now=NOW + 4 * HOUR)
    publish_again("adjust", STEPS, fields=FIELDS)
    monkeypatch.setenv("SEXTANT_NOW", (NOW + 6 * HOUR).isoformat())
    return run_id


def account(username, role):
    user = User.objects.create_user(username, "sextant-demo-2026", name="读者", created_at=NOW)
    RoleGrant.objects.create(user=user, role=role, granted_at=NOW)
    return user


@pytest.mark.django_db
def test_the_pages_of_a_run_say_where_it_is_and_what_time_did(late_run, django_assert_max_num_queries):
    client = Client()
    client.force_login(account("auditor", Role.AUDITOR))
    with django_assert_max_num_queries(15):
        page = client.get(reverse("lowcode:flow_run", args=[late_run])).content.decode()
    told = (
        "按 v1 运行，现行 v2",
        "后升级",
        "已提醒处理人",
        "已升级",
        "沈亦舟收到",
        "现在",
        "已超时",
        "校验一致",
        "汇合",
    )
    assert [text for text in told if text not in page] == []
    assert page.count("sx-bar-tick") == 3
    with django_assert_max_num_queries(15):
        picture = client.get(reverse("lowcode:flow_picture", args=[late_run])).content.decode()
    assert '"boss": "late"' in picture and '"money": "done"' in picture and '"small": "skipped"' in picture
    assert picture.count('aria-current="step"') == 1 and "在这里，已超时" in picture
    answer = client.get(reverse("lowcode:flow_bpmn", args=[late_run]))
    assert fromstring(answer.content).find(f"{{{MODEL}}}process").get("id") == "adjust"


@pytest.mark.django_db
def test_a_version_is_drawn_and_goes_out_as_it_can_come_in_again(company, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    make_flow(STEPS, fields=FIELDS)
    client, flow_id = Client(), find_definition("flow", "adjust")
    client.force_login(account("hr", Role.HR))
    assert "填写 &lt;单&gt;" in client.get(reverse("lowcode:definition_picture", args=[flow_id])).content.decode()
    content = client.get(reverse("lowcode:definition_bpmn", args=[flow_id, 1])).content
    assert read_bpmn(content).value.model_dump(mode="json")["steps"][1]["arms"][1]["name"] == ""
    other = create_definition("formula", code="f", name="公式", actor=HR, now=NOW).definition_id
    for address in (
        f"{reverse('lowcode:definition_picture', args=[flow_id])}?v=7",
        reverse("lowcode:definition_picture", args=[other]),
    ):
        assert client.get(address).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_drawing_marks_where_the_run_is_and_moves_by_keys(live_server, page, late_run):
    account("auditor", Role.AUDITOR)
    sign_in(page, live_server, "auditor")
    page.goto(live_server.url + reverse("lowcode:flow_picture", args=[late_run]))
    page.locator("[data-drawn]").wait_for()
    settle(page)
    late = page.locator('.djs-element.sx-mark-late[data-element-id="boss"]')
    assert (
        late.count() == 1 and page.locator('.djs-overlays[data-container-id="boss"] [data-badge="late"]').is_visible()
    )
    assert page.locator(".sx-mark-done").count() == 4 and page.locator(".bjs-powered-by").is_visible()
    drawing = page.locator("[data-canvas] svg[role=img]")
    drawing.focus()
    before = late.bounding_box()
    page.keyboard.press("+")
    page.keyboard.press("ArrowDown")
    assert late.bounding_box()["width"] > before["width"]
    page.get_by_role("button", name="审批last").click()
    page.locator('.selected[data-element-id="last"]').wait_for()
    assert axe(page) == []
    assert page.problems == []
