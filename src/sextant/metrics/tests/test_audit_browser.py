"""The data auditor at work in a browser: a held batch, a key, a rule; desk and phone, both themes, by keyboard."""

from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.clock import now
from sextant.metrics.actions.audits import audit_standing, save_rule
from sextant.metrics.audits.rules import build_rule
from sextant.metrics.models import Batch
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_audit_pages import SYSTEM, deliver
from sextant.people.tests.makers import make_person
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = pytest.mark.browser

RULES = (
    {"code": "cash.top", "name": "单笔回款上限", "severity": "block", "check": {"kind": "range", "most": 500}},
    {"code": "cash.twice", "name": "同一笔回款重复", "check": {"kind": "duplicate", "days": 3}},
    {"code": "cash.gap", "name": "每周都有回款", "check": {"kind": "completeness"}},
)


@pytest.fixture
def company(live_server, transactional_db, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data auditor may sign in; one batch is held, keys wait, a week is missing."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-03-11T12:00:00+08:00")
    settings.SEXTANT_HOME = tmp_path
    fields = {"password": "correct horse battery", "actor": SYSTEM, "now": now()}
    create_account("audit", name="罗子衿", roles=[Role.DATA_AUDITOR], **fields)
    cash = make_metric(name="回款金额", code="cash", decimals=1, unit_label="万元")
    make_metric(name="有效拜访量", code="visits", freshness_days=7)
    persons = [make_person(name, number=f"E{n}") for n, name in enumerate(("沈亦舟", "许念安", "唐予安"), start=1)]
    ingest_rows(cash, [(one, now().date().replace(month=2, day=24), "12.4") for one in persons])
    for document in RULES:
        save_rule(build_rule({"metric": "cash", **document}), actor=SYSTEM, now=now())
    deliver(
        tmp_path, "0,沈亦舟,2026-03-05,16.0\n1,沈亦州,2026-03-05,9.5\n2,外包-王,2026-03-06,3\n3,Feng YM,2026-03-06,1\n"
    )
    deliver(tmp_path, "7,沈亦舟,2026-03-06,16.0\n8,许念安,2026-03-09,8200\n9,沈亦州,2026-03-09,4\n")
    audit_standing(actor=SYSTEM, now=now())
    return tmp_path


def test_the_desk_leads_to_the_batch_and_a_decision(company: Path, live_server, page) -> None:
    sign_in(page, live_server, "audit")
    page.goto(f"{live_server.url}/metrics/audit/")
    settle(page)
    assert axe(page) == []
    shoot(page, "audit_desk")
    page.get_by_role("link", name="三月.csv").click()
    settle(page)
    assert page.get_by_text("稽核规则拦下了这一批").is_visible()
    assert axe(page) == []
    shoot(page, "audit_batch_held")
    page.get_by_role("textbox", name="原因").fill("与财务核对，确有其事")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("与财务核对，确有其事").wait_for()
    assert Batch.objects.filter(state="held").count() == 0
    page.get_by_text("更正", exact=True).first.click()
    page.get_by_label("正确的数值").first.fill("820")
    page.get_by_role("textbox", name="原因").first.fill("多写一个零")
    page.get_by_role("button", name="更正").first.click()
    page.get_by_text("已更正，原值仍在账本里").wait_for()
    settle(page)
    assert axe(page) == []
    shoot(page, "audit_batch_decided")
    assert page.problems == []


def test_a_key_is_matched_and_a_rule_written(company: Path, live_server, page) -> None:
    sign_in(page, live_server, "audit")
    page.goto(f"{live_server.url}/metrics/matching/")
    settle(page)
    page.get_by_role("link", name="匹配 沈亦州").click()
    settle(page)
    assert axe(page) == []
    shoot(page, "audit_matching")
    page.get_by_role("button", name="就是 沈亦舟").click()
    page.get_by_text("已补入 1 条度量").wait_for()
    page.goto(f"{live_server.url}/metrics/audit/rules/")
    settle(page)
    assert axe(page) == []
    shoot(page, "audit_rules")
    page.get_by_role("link", name="单笔回款上限").click()
    page.get_by_label("规则定义").fill("code: cash.top\nname: 单笔回款上限\nmetric: cash\ncheck: {kind: range, mst: 9}")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("alert").wait_for()
    assert axe(page) == []
    shoot(page, "audit_rule_wrong")
    assert [one for one in page.problems if "422" not in one] == []


def test_the_phone_holds_all_of_it(company: Path, live_server, phone) -> None:
    sign_in(phone, live_server, "audit")
    held = Batch.objects.get(state="held").pk
    asked = "?of=回款&key=沈亦州&kind=person"
    for name, path in (
        ("desk", "/metrics/audit/"),
        ("matching", f"/metrics/matching/{asked}"),
        ("batch", f"/metrics/batches/{held}/"),
        ("rules", "/metrics/audit/rules/"),
        ("rule", "/metrics/audit/rules/cash.top/"),
    ):
        phone.goto(live_server.url + path)
        settle(phone)
        assert axe(phone) == [], name
        assert overflow(phone) == [], name
        shoot(phone, f"audit_{name}")
    assert phone.problems == []
