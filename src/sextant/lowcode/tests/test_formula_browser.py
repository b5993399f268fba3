"""The formula editor under a hand on the keyboard: names offered, mistakes shown and mended, saved by itself."""

import pytest

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.lowcode.actions.definitions import create_definition
from sextant.lowcode.queries.definitions import find_draft
from sextant.lowcode.tests.definition_makers import HR, NOW
from tests.browser import axe, settle, sign_in

pytestmark = pytest.mark.browser
NAMES = [{"name": "完成率", "type": "number", "formula": ""}, {"name": "𠮷野家客单价", "type": "number", "formula": ""}]


@pytest.mark.django_db(transaction=True)
def test_a_formula_is_written_without_a_mouse(live_server, page, settings, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("hr", "sextant-demo-2026", name="许念安", created_at=NOW)
    RoleGrant.objects.create(user=user, role=Role.HR, granted_at=NOW)
    document = {"text": "[𠮷野家客单价] + [完成律]", "result": "number", "context": "", "names": NAMES, "note": ""}
    made = create_definition("formula", code="score", name="得分", document=document, actor=HR, now=NOW).definition_id
    sign_in(page, live_server, "hr")
    page.goto(f"{live_server.url}/lowcode/definitions/{made}/formula/")
    settle(page)
    field, answer = page.get_by_label("公式", exact=True), page.locator("#formula-answer")
    assert axe(page) == []

    # the mistake stands behind a character of two units, and its fix still hits it
    answer.get_by_role("button", name="改成 [完成率]").click()
    answer.get_by_text("可以计算").wait_for()
    assert field.input_value() == "[𠮷野家客单价] + [完成率]"

    field.press("Control+End")
    field.press_sequentially(" * [完")
    page.get_by_role("option", name="完成率").wait_for()
    assert "没写完" not in answer.inner_text(), "half a name is no mistake yet"
    assert axe(page) == []
    field.press("Enter")
    assert field.input_value() == "[𠮷野家客单价] + [完成率] * [完成率]"
    field.press_sequentially(" + 最")
    field.press("ArrowDown")
    field.press("Tab")
    field.press_sequentially("1, 2")
    answer.get_by_text("可以计算").wait_for()
    assert field.input_value().endswith("+ 最大(1, 2)")
    page.get_by_role("button", name="保存").click()
    page.locator("#formula-form:not([data-unsaved])").wait_for(state="attached")
    assert find_draft(made).document["text"] == "[𠮷野家客单价] + [完成率] * [完成率] + 最大(1, 2)"
    assert page.problems == []
