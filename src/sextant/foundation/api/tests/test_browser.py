"""The pages of API clients in a browser: HR agrees, sees the secret once, changes it and revokes; desk and phone."""

from datetime import timedelta

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.api.contracts import Scope, ScopeGrant
from sextant.foundation.api.models import ApiClient
from sextant.foundation.api.tests.makers import NOON, make_client
from sextant.foundation.api.tests.test_pages import log_calls
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def hr(live_server, transactional_db, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SEXTANT_NOW", NOON.isoformat())
    system = Actor.system("test")
    create_account("hr", password="correct horse battery", name="曹砚秋", roles=[Role.HR], actor=system, now=NOON)
    return live_server.url


def test_hr_agrees_sees_the_secret_once_and_revokes(hr: str, live_server, page) -> None:
    sign_in(page, live_server, "hr")
    page.goto(f"{hr}/api/clients/")
    settle(page)
    assert axe(page) == []
    page.get_by_role("link", name="新建客户端").first.click()
    page.get_by_label("名称").fill("用友 U8 应收")
    page.get_by_label("负责人").fill("周信息，8021")
    page.get_by_label("用途").fill("每晚送回款与拜访次数")
    page.get_by_label("限定指标").fill("sales.collections\nsales.visits")
    settle(page)
    assert axe(page) == []
    shoot(page, "api_new_client")
    page.get_by_role("button", name="生成密钥").click()
    page.get_by_text("密钥只显示这一次").wait_for()
    assert axe(page) == []
    shoot(page, "api_secret")
    page.get_by_role("link", name="已保存好").click()
    page.get_by_role("heading", name="调用记录").wait_for()
    page.get_by_role("button", name="更换密钥").click()
    page.get_by_role("button", name="更换", exact=True).click()
    page.get_by_text("之前仍可用").wait_for()
    page.get_by_role("link", name="已保存好").click()
    page.get_by_role("button", name="吊销").click()
    page.get_by_role("dialog").get_by_role("button", name="吊销").click()
    page.get_by_text("已吊销").first.wait_for()
    assert ApiClient.objects.get().revoked_at == NOON
    assert page.problems == []


def test_list_and_log_are_clean_on_a_phone_too(hr: str, live_server, phone) -> None:
    codes = tuple(f"sales.metric_number_{number}" for number in range(9))
    made = make_client(
        name="客户关系管理系统（华东区域测试环境）",
        scopes=(ScopeGrant(Scope.MEASUREMENT_PUSH, codes),),
        networks=("10.0.0.0/8", "fd00::/8"),
    )
    make_client(name="ERP", now=NOON - timedelta(days=400), expires_at=NOON - timedelta(days=40))
    usual = {"rows": 9_870, "milliseconds": 840, "address": "10.2.13.204", "request_id": "4be2f6a0-0c4e-4f0e"}
    log_calls(made.client_id, 52, **usual)
    log_calls(made.client_id, 1, **{**usual, "status": 409, "problem": "push.other_rows"})
    log_calls(made.client_id, 1, **{**usual, "status": None, "rows": None, "milliseconds": None})
    sign_in(phone, live_server, "hr")
    for name, path in (("clients", "/api/clients/"), ("client", f"/api/clients/{made.client_id}/")):
        phone.goto(hr + path)
        settle(phone)
        assert axe(phone) == []
        assert overflow(phone) == []
        shoot(phone, f"api_{name}")
    assert phone.problems == []
