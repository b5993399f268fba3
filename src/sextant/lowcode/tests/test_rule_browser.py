"""A rule written from an empty page with the keyboard alone."""

import pytest
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.lowcode.actions.definitions import create_definition
from sextant.lowcode.queries.definitions import find_draft
from sextant.lowcode.tests.definition_makers import HR, NOW
from tests.browser import axe, settle, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def rule_id(monkeypatch, settings):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("hr", "sextant-demo-2026", name="许念安", created_at=NOW)
    RoleGrant.objects.create(user=user, role=Role.HR, granted_at=NOW)
    return create_definition("rule", code="falling", name="业绩连续走低预警", actor=HR, now=NOW).definition_id


@pytest.mark.django_db(transaction=True)
def test_rule_is_written_with_the_keyboard(live_server, page, rule_id):
    sign_in(page, live_server, "hr")
    page.goto(live_server.url + reverse("lowcode:rule_design", args=[rule_id]))
    settle(page)

    def press(*keys):
        for key in keys:
            page.keyboard.press(key)

    def focus(selector):
        page.locator(selector).focus()

    def wait_for_line(at, text):
        page.locator(f'[data-row="{at}"][data-label="{text}"]').wait_for()

    # two lines: 完成率 低于 70%, and not suspended; the second goes up with Alt+arrow
    focus("#c--add")
    press("Enter")
    page.locator("#c-0-figure:focus").wait_for()
    page.locator("#c-0-figure").select_option("完成率")
    wait_for_line("c:0", "完成率 低于 70%")
    focus("#c-0-number")
    page.keyboard.type("6", delay=10)
    press("Control+A")
    page.keyboard.type("65%", delay=10)
    focus("#c--add")
    press("Enter")
    page.locator("#c-1-figure:focus").wait_for()
    page.locator("#c-1-figure").select_option("暂缓考核")
    wait_for_line("c:1", "在 暂缓考核 状态")
    page.locator("#c-1-sign").select_option("no")
    wait_for_line("c:1", "不在 暂缓考核 状态")
    focus("#c-1-sign")
    press("Alt+ArrowUp")
    wait_for_line("c:0", "不在 暂缓考核 状态")
    assert "第 1 项，共 2 项" in page.locator("[data-said]").inner_text()

    # something to do: a task for the manager, who is ticked in the list
    focus("#add-act")
    press("Enter", "Tab", "Tab", "Enter")
    page.locator("#a-0-to:focus").wait_for()
    press("Enter", "Tab", "Space")
    page.locator("#a-0-to", has_text="谁？").wait_for()
    press("Tab", "Tab", "Space")
    page.locator("#a-0-to", has_text="直属主管").wait_for()
    assert page.locator("#a-0-to-pop[open]").count() == 1
    press("Escape")
    focus("#a-0-title")
    page.keyboard.type("写明偏差原因", delay=5)
    page.locator("#but-kind").select_option("window")
    page.locator("#but-days").wait_for()
    focus("#but-days")
    press("Control+A")
    page.keyboard.type("21", delay=5)
    page.locator('[data-part="said"]', has_text="21 天内").wait_for(state="attached")
    assert axe(page) == []

    # the line is a formula too: opened in the editor it says what it is, and comes back in parts
    page.locator('[data-row="c:1"] [value="formula"]').focus()
    press("Enter")
    editor = page.locator("#c-1-text")
    editor.wait_for()
    assert editor.input_value() == "[完成率] < 65%"
    editor.fill("[完成率] < 60%")
    page.get_by_role("button", name="写好了").press("Enter")
    wait_for_line("c:1", "完成率 低于 60%")
    page.get_by_role("button", name="撤销").press("Enter")
    wait_for_line("c:1", "完成率 低于 65%")

    written = find_draft(rule_id)
    assert (written.name, written.document["condition"]) == (
        "业绩连续走低预警",
        {"all": ["NOT([暂缓考核])", "[完成率] < 65%"]},
    )
    [task] = written.document["actions"]
    assert (task["do"], task["title"], task["to"]) == ("task", "写明偏差原因", [{"source": "people.line_manager"}])
    assert page.problems == []
