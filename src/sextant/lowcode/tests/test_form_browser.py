"""A form designed by mouse and keyboard, and filled in on a phone."""

import pytest
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.lowcode.actions.definitions import create_definition
from sextant.lowcode.actions.sheets import save_sheet
from sextant.lowcode.models import FormSheet
from sextant.lowcode.queries.definitions import find_draft
from sextant.lowcode.tests.definition_makers import HR, NOW
from sextant.lowcode.tests.form_makers import ASKED, fields, make_form, make_sheet
from tests.browser import axe, settle, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def account(monkeypatch, settings):
    """Makes an account that can sign in."""
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def make(username, name, role):
        user = User.objects.create_user(username, "sextant-demo-2026", name=name, created_at=NOW)
        RoleGrant.objects.create(user=user, role=role, granted_at=NOW)

    return make


def labels(form_id):
    return [one["label"] for one in find_draft(form_id).document["fields"]]


@pytest.mark.django_db(transaction=True)
def test_form_is_designed_by_clicks_keys_and_drags(live_server, page, account):
    account("hr", "许念安", Role.HR)
    form_id = create_definition("form", code="support", name="支持申请", actor=HR, now=NOW).definition_id
    sign_in(page, live_server, "hr")
    page.goto(live_server.url + reverse("lowcode:form", args=[form_id]))
    settle(page)
    rows = page.locator("[data-fields] > [data-name]")

    page.get_by_role("button", name="是否", exact=True).click()
    page.locator('[data-label="是否"]').wait_for()
    page.get_by_label("标题", exact=True).fill("需要支持")
    page.locator('[data-label="需要支持"]').wait_for()
    page.get_by_role("button", name="单行文字").click()
    page.locator('[data-label="单行文字"][data-on]').wait_for()
    page.get_by_label("何时显示").fill("[需要支持]")
    page.locator('[data-label="单行文字"]').get_by_text("有条件").wait_for()
    assert axe(page) == []

    page.locator('[data-label="单行文字"] [data-choose]').focus()
    page.keyboard.press("Alt+ArrowUp")
    page.locator('[data-fields] > [data-name]:first-child[data-label="单行文字"]').wait_for()
    assert "第 1 项，共 2 项" in page.locator("[data-said]").inner_text()
    page.get_by_role("button", name="撤销").click()
    page.locator('[data-fields] > [data-name]:first-child[data-label="需要支持"]').wait_for()
    assert labels(form_id) == ["需要支持", "单行文字"]

    page.locator('[data-kind="date"]').drag_to(rows.first, target_position={"x": 20, "y": 2})
    page.locator('[data-fields] > [data-name]:first-child[data-label="日期"]').wait_for()
    rows.first.drag_to(rows.last, target_position={"x": 20, "y": 65})
    page.locator('[data-fields] > [data-name]:last-child[data-label="日期"]').wait_for()
    assert labels(form_id) == ["需要支持", "单行文字", "日期"]

    # the phone beside it is the form: its condition answers
    preview = page.locator("[data-phone]")
    assert preview.get_by_label("单行文字").count() == 0
    preview.get_by_label("是", exact=True).check(force=True)
    preview.get_by_label("单行文字").wait_for()
    assert page.problems == []


@pytest.mark.django_db(transaction=True)
def test_form_is_filled_in_on_a_phone_while_somebody_else_writes(live_server, phone, account):
    account("shuyao", ASKED.label, Role.EMPLOYEE)
    sheet = make_sheet(make_form(document={"fields": fields()})[1])
    sign_in(phone, live_server, "shuyao")
    phone.goto(live_server.url + reverse("lowcode:sheet", args=[sheet.id]))
    settle(phone)
    assert axe(phone) == []

    phone.get_by_label("是", exact=True).check(force=True)
    phone.get_by_label("所需资源").fill("样机")
    phone.get_by_label("金额").fill("3000.5")
    phone.get_by_text("3000.5", exact=True).wait_for()
    save_sheet(sheet.id, given={"why": "别人写的"}, revision=_revision(sheet), actor=ASKED, now=NOW)
    phone.get_by_label("说明").fill("我写的")
    phone.get_by_text("别人刚改成：别人写的").wait_for()
    assert FormSheet.objects.get(id=sheet.id).answers["why"] == "别人写的"
    phone.get_by_role("button", name="用我的").click()
    phone.locator('[data-line="why"] [data-error]').wait_for(state="detached")
    phone.get_by_role("button", name="提交").click()
    phone.get_by_text("已提交，不能再改").wait_for()
    kept = FormSheet.objects.get(id=sheet.id).answers
    assert kept == {"need": True, "what": "样机", "costs": [{"fee": "3000.5"}], "why": "我写的"}
    assert phone.problems == []


def _revision(sheet):
    return FormSheet.objects.get(id=sheet.id).revision
