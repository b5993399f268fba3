"""The pages of goals in a browser: on a desk and on a phone, in both themes, by mouse and by keyboard."""

import pytest

from sextant.goals.tests.story import NOW, tell
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def story(live_server, transactional_db, settings, tmp_path, monkeypatch):
    """The story, told on its own day, its measurements in a ledger of their own."""
    monkeypatch.setenv("SEXTANT_NOW", NOW)
    settings.SEXTANT_HOME = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tell(tmp_path)


def _open(page, live_server, who, path):
    sign_in(page, live_server, who)
    page.goto(live_server.url + path)
    settle(page)


def test_map_opens_branches_and_stays_clean(story, live_server, page):
    _open(page, live_server, "hr", "/goals/")
    assert page.locator(".sx-node").count() >= 10
    assert axe(page) == []
    shoot(page, "goals_map")
    fold = page.get_by_role("button", name="华东大区第四季度回款")
    fold.focus()
    page.keyboard.press("Enter")
    assert fold.get_attribute("aria-expanded") == "false"
    page.locator("[data-view]").focus()
    for key, share in (("-", "80%"), ("+", "100%"), ("+", "125%")):
        page.keyboard.press(key)
        assert page.locator("[data-zoom]").inner_text() == share
    page.get_by_role("button", name="看全图").click()
    assert page.locator("[data-plane]").evaluate("plane => plane.getBoundingClientRect().width") <= 1440
    assert page.problems == []


def test_map_of_a_person_shows_the_way_to_their_goals(story, live_server, page):
    _open(page, live_server, "hr", "/goals/?person=沈亦舟")
    assert page.locator("li.on").count() == 4
    shoot(page, "goals_map_person")
    assert axe(page) == []
    assert page.problems == []


def test_list_is_clean(story, live_server, page):
    _open(page, live_server, "hr", "/goals/?view=list")
    shoot(page, "goals_list")
    assert axe(page) == []
    assert page.problems == []


def test_detail_is_clean_on_a_desk(story, live_server, page):
    _open(page, live_server, "lead", f"/goals/{story.district_goal.id}/")
    assert page.locator("[data-chart] canvas").count() == 1
    shoot(page, "goals_detail")
    assert axe(page) == []
    assert page.problems == []


def test_light_opens_down_to_the_rows_and_gives_focus_back(story, live_server, page):
    _open(page, live_server, "lead", f"/goals/{story.district_goal.id}/")
    opener = page.get_by_role("button", name="这个灯怎么来的")
    opener.click()
    page.get_by_role("heading", name="复算").wait_for()
    assert page.locator("#why tr[data-on]").count() == 1
    assert page.get_by_text("和保存的结果一致").is_visible()
    assert page.locator("#why-rows tbody tr").count() == 9
    assert axe(page) == []
    shoot(page, "goals_detail_light", full=False)
    page.get_by_role("tab", name="得分").click()
    page.get_by_role("heading", name="公式").wait_for()
    shoot(page, "goals_detail_score", full=False)
    page.locator("#why-body").evaluate("body => { body.scrollTop = body.scrollHeight }")
    shoot(page, "goals_detail_proof", full=False)
    page.keyboard.press("Escape")
    assert opener.evaluate("button => document.activeElement === button")
    with page.expect_download() as download:
        opener.click()
        page.get_by_role("link", name="导出凭据").click()
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 10
    assert page.problems == []


def test_drawer_is_a_sheet_on_a_phone(story, live_server, phone):
    _open(phone, live_server, "lead", f"/goals/{story.district_goal.id}/")
    phone.get_by_role("button", name="分数怎么算的").tap()
    phone.get_by_role("heading", name="复算").wait_for()
    assert overflow(phone) == []
    assert axe(phone) == []
    assert phone.problems == []


@pytest.mark.parametrize("path", ["/goals/?view=map", "/goals/?view=list", "/goals/?person=沈亦舟", "detail"])
def test_pages_fit_a_phone(story, live_server, phone, path):
    path = f"/goals/{story.district_goal.id}/" if path == "detail" else path
    _open(phone, live_server, "lead", path)
    assert overflow(phone) == []
    assert axe(phone) == []
    assert phone.problems == []


def test_a_value_is_recorded_on_a_phone(story, live_server, phone):
    _open(phone, live_server, "lead", f"/goals/{story.worst_goal.id}/")
    phone.get_by_role("button", name="记一个数").tap()
    value = phone.get_by_label("数值")
    value.wait_for()
    phone.get_by_label("日期").fill("2030-01-01")
    value.fill("12")
    phone.get_by_role("button", name="保存").tap()
    phone.get_by_text("还没到。请填写今天或之前的日期。").wait_for()
    assert overflow(phone) == []
    assert axe(phone) == []
    shoot(phone, "goals_record", full=False)
    phone.get_by_label("日期").fill("2026-11-29")
    phone.get_by_role("button", name="保存").tap()
    phone.get_by_text("已记下，目标已更新。").wait_for()
    # the refusal before arrived as 422, which a browser writes down
    assert [one for one in phone.problems if "422" not in one] == []


def test_a_light_is_set_and_taken_back_on_a_phone_by_keyboard(story, live_server, phone):
    _open(phone, live_server, "lead", f"/goals/{story.worst_goal.id}/")
    phone.get_by_role("button", name="调整灯").press("Enter")
    reason = phone.get_by_label("原因")
    reason.wait_for()
    reason.fill("客户停产")
    assert overflow(phone) == []
    assert axe(phone) == []
    shoot(phone, "goals_light", full=False)
    phone.get_by_role("button", name="保存").press("Enter")
    phone.get_by_text("已设定，下次评估后生效。").wait_for()
    settle(phone)
    assert phone.get_by_text("客户停产").is_visible()
    assert axe(phone) == []
    phone.get_by_role("button", name="撤回人工灯").press("Enter")
    phone.get_by_text("已撤回，下次评估后照规则评判。").wait_for()
    assert phone.problems == []
