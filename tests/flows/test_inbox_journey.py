"""The inbox on a phone and at a desk: an answer is taken back, or goes when the page is left; work is put off."""

from datetime import timedelta

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now as clock_now
from sextant.lowcode.actions.definitions import create_definition, publish_definition
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.contracts.flows import NewInstance
from sextant.lowcode.models import WorkItem
from sextant.lowcode.queries.work import list_done, list_open
from tests.browser import axe, overflow, settle, shoot, sign_in
from tests.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYSTEM = Actor.system("test")
STEPS = [
    {"code": "a", "kind": "approve", "name": "审批", "assignees": [{"source": "people.line_manager"}], "next": "z"},
    {"code": "z", "kind": "end"},
]


@pytest.fixture
def manager(settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """Three requests that wait for the manager."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-11-18T10:00:00+08:00")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cast = make_cast()
    person_id = cast.objects["manager_person"]
    WorkItem.objects.filter(person_id=person_id).delete()
    before = clock_now() - timedelta(days=1)
    made = create_definition("flow", code="buy", name="设备采购", document={"steps": STEPS}, actor=SYSTEM, now=before)
    publish_definition(made.definition_id, revision=made.revision, reason="首次发布", actor=SYSTEM, now=before)
    for title in ("一号显示器", "二号显示器", "三号显示器"):
        new = NewInstance(title=title, about_id=cast.objects["own_person"], starter_id=cast.objects["own_person"])
        start_flow("buy", new, actor=SYSTEM, now=clock_now())
    return person_id


def test_an_answer_is_taken_back_or_goes_when_the_page_is_left(live_server, phone, page, manager: int) -> None:
    sign_in(phone, live_server, "manager")
    phone.goto(f"{live_server.url}/lowcode/work/")
    settle(phone)
    assert axe(phone) == [] and overflow(phone) == []
    first = phone.locator("[data-work]").filter(has_text="一号显示器")
    first.get_by_role("button", name="同意").click()
    first.wait_for(state="hidden")
    phone.get_by_text("同意：一号显示器").wait_for()
    phone.get_by_role("button", name="撤销").click()
    first.wait_for()
    assert len(list_open(manager)) == 3

    first.get_by_role("button", name="同意").click()
    first.wait_for(state="hidden")
    phone.get_by_role("link", name="已处理").click()
    phone.wait_for_url("**/work/done/")
    # the answer travels beside the page that follows
    phone.wait_for_function("async () => (await (await fetch(location.href)).text()).includes('一号显示器')")
    assert [row.params["title"] for row in list_done(manager)] == ["一号显示器"]
    assert phone.problems == []

    sign_in(page, live_server, "manager")
    page.goto(f"{live_server.url}/lowcode/work/")
    settle(page)
    assert axe(page) == [] and overflow(page) == []
    shoot(page, "inbox")
    page.get_by_role("button", name="明天早上").click()
    page.get_by_text("再提醒你。时限照常计算").wait_for()
    assert page.locator("[data-work]").count() == 1
    page.get_by_role("link", name="稍后 1").click()
    page.get_by_role("button", name="放回待处理").click()
    page.get_by_text("已放回待处理").wait_for()
    for box in page.locator("[data-work] [type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="转交", exact=True).first.click()
    settle(page)
    shoot(page, "inbox-pass")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("姓名或工号").fill("王外人")
    dialog.get_by_role("button", name="转交").click()
    page.get_by_text("已转交 2 项").wait_for()
    assert list_open(manager) == [] and page.problems == []
