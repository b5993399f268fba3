"""The frame around every page, seen in a browser."""

import pytest
from django.test import Client

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.clock import now
from tests.browser import axe, overflow, set_theme, settle, shoot, sign_in
from tests.ui import urls

pytestmark = pytest.mark.browser


@pytest.fixture
def site(live_server, settings, transactional_db):
    """A running site with one account, `hr`, and pages that misbehave."""
    settings.ROOT_URLCONF = "tests.ui.urls"
    urls.counted.clear()
    create_account(
        "hr", password="correct horse battery", name="何管理", roles=[Role.HR], actor=Actor.system("test"), now=now()
    )
    return live_server


def toasts(page):
    return page.locator(".sx-toast span").all_inner_texts()


def test_sign_in_page_is_clean_and_leads_in(site, phone):
    phone.goto(site.url + "/account/sign-in/?next=/account/sessions/")
    settle(phone)
    assert overflow(phone) == []
    assert axe(phone) == []
    phone.get_by_label("账号").fill("hr")
    phone.get_by_label("密码").fill("correct horse battery")
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url("**/account/sessions/")
    assert phone.problems == []


def test_sign_in_page_loads_no_chart(site, page):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(site.url + "/account/sign-in/")
    settle(page)
    shoot(page, "sign_in")
    assert [url for url in fetched if "chart" in url] == []
    assert page.problems == []


def test_wrong_password_is_said_without_saying_which(site, page):
    page.goto(site.url + "/account/sign-in/")
    page.get_by_label("账号").fill("hr")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    assert page.get_by_role("alert").inner_text() == "账号或密码不正确"
    assert page.get_by_label("账号").input_value() == "hr"
    settle(page)
    assert axe(page) == []


def test_sessions_page_lists_browsers_and_ends_one(site, page):
    other = Client()
    other.post("/account/sign-in/", {"username": "hr", "password": "correct horse battery"})
    sign_in(page, site, "hr")
    page.goto(site.url + "/account/sessions/")
    settle(page)
    assert axe(page) == []
    shoot(page, "sessions")
    page.get_by_role("button", name="退出", exact=True).click()
    page.locator(".sx-toast").wait_for()
    assert toasts(page) == ["已退出该设备"]
    assert page.get_by_role("button", name="退出", exact=True).count() == 0
    assert page.problems == []


def test_theme_switch_is_kept_and_system_follows_the_system(site, page):
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.goto(site.url + "/account/sign-in/")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(14, 17, 22)"
    page.get_by_role("button", name="浅色").click()
    assert page.evaluate(background) == "rgb(245, 246, 248)"
    page.reload()
    assert page.evaluate(background) == "rgb(245, 246, 248)"
    assert page.get_by_role("button", name="浅色").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="跟随系统").click()
    page.reload()
    assert page.evaluate(background) == "rgb(14, 17, 22)"


def test_dark_page_is_printed_light_and_without_navigation(site, page):
    sign_in(page, site, "hr")
    page.goto(site.url + "/account/sessions/")
    set_theme(page, "dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(233, 235, 239)"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(23, 26, 33)"
    assert page.locator("aside").is_hidden()


def test_language_switch_speaks_english_and_comes_back(site, page):
    page.goto(site.url + "/account/sign-in/?next=/account/sessions/")
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("?next=/account/sessions/")


def test_skip_link_is_first_and_reaches_the_content(site, page):
    sign_in(page, site, "hr")
    page.goto(site.url + "/account/sessions/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "sx-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_account_menu_opens_and_escape_gives_focus_back(site, page):
    sign_in(page, site, "hr")
    page.goto(site.url + "/account/sessions/")
    button = page.get_by_role("button", name="何管理")
    button.click()
    page.get_by_role("link", name="登录设备").wait_for()
    settle(page)
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="登录设备").wait_for(state="hidden")
    assert button.evaluate("element => element === document.activeElement")
    assert page.problems == []


def test_phone_has_a_bottom_bar_and_a_sheet(site, phone):
    sign_in(phone, site, "hr")
    phone.goto(site.url + "/account/sessions/")
    settle(phone)
    assert phone.locator("aside").is_hidden()
    bar = phone.get_by_role("navigation", name="底部导航")
    assert 2 <= bar.locator("a,button").count() <= 5
    assert overflow(phone) == []
    more = bar.get_by_role("button", name="我的")
    more.tap()
    assert phone.get_by_role("button", name="退出登录").is_visible()
    settle(phone)
    assert axe(phone) == []
    phone.get_by_role("button", name="关闭").tap()
    assert more.evaluate("element => element === document.activeElement")
    assert phone.problems == []


@pytest.mark.parametrize(("status", "words"), [(500, "系统出了问题"), (404, "没有找到"), (403, "权限")])
def test_failed_swap_is_said_and_leaves_the_page(site, page, status, words):
    page.goto(site.url + "/t/")
    page.locator(f"#get-{status}").click()
    page.locator(".sx-toast").wait_for()
    assert words in toasts(page)[0]
    assert page.locator("#out").inner_text() == "before"
    page.get_by_role("button", name="关闭").click()
    assert toasts(page) == []


def test_form_errors_are_swapped_in(site, page):
    page.goto(site.url + "/t/")
    page.locator("#get-422").click()
    page.get_by_text("form with errors 422").wait_for()
    assert toasts(page) == []


def test_lost_network_is_said(site, page):
    page.goto(site.url + "/t/")
    page.context.set_offline(True)
    page.locator("#get-422").click()
    page.locator(".sx-toast").wait_for()
    assert toasts(page) == ["网络不通，请检查后重试"]


def test_lost_session_leads_to_the_sign_in_page_and_back(site, page):
    page.goto(site.url + "/t/?a=1")
    page.locator("#get-401").click()
    page.wait_for_url("**/account/sign-in/**")
    assert page.url.endswith("?next=%2Ft%2F%3Fa%3D1")


def test_second_click_sends_nothing(site, page):
    page.goto(site.url + "/t/")
    page.evaluate("() => { const b = document.getElementById('count'); b.click(); b.click(); b.click() }")
    page.get_by_text("counted 1").wait_for()
    settle(page)
    page.evaluate("() => { const b = document.getElementById('send'); b.click(); b.click(); b.click() }")
    page.get_by_text("counted 2").wait_for()
    assert urls.counted == ["POST", "POST"]


def test_browser_below_the_floor_is_told(site, page):
    page.goto(site.url + "/t/")
    assert page.locator(".sx-old").is_hidden()
    # what a browser that skips @layer keeps of our styles
    page.evaluate(
        """async () => {
            const sheet = document.querySelector('link[rel=stylesheet]')
            const text = await (await fetch(sheet.href)).text()
            const parsed = new CSSStyleSheet(); parsed.replaceSync(text)
            const plain = [...parsed.cssRules].filter(rule => !(rule instanceof CSSLayerBlockRule))
            const old = new CSSStyleSheet(); old.replaceSync(plain.map(rule => rule.cssText).join('\\n'))
            sheet.disabled = true; document.adoptedStyleSheets = [old]
        }"""
    )
    assert page.locator(".sx-old").is_visible()
    assert "请升级客户端或用系统浏览器打开" in page.locator(".sx-old").inner_text()
