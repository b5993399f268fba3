"""The library in a browser: HR looks a metric up, edits its formula, and reads the page on desk and phone."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.clock import now
from sextant.metrics.actions.derive import derive_stale
from sextant.metrics.actions.metric_versions import save_metric
from sextant.metrics.definition import parse_document
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import ingest_rows
from sextant.people.tests.makers import make_person, make_unit
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = pytest.mark.browser

SYSTEM = Actor.system("曹砚秋")
NAMES = (
    "沈亦舟",
    "许念安",
    "唐予安",
    "冯一鸣",
    "陆望舒",
    "周以宁",
    "林清越",
    "田野",
    "苏书白",
    "江知夏",
    "何若水",
    "魏景行",
)
DEFINITIONS = (
    "{code: sales.visits, name: 有效拜访量, unit_label: 次, source: 企业微信签到, tags: [过程, 双验证], owner: E1,"
    " description: 一次拜访，手机签到和 CRM 记录都有，且同一医院、相差不超过 30 分钟，才算有效。}",
    "{code: sales.deals, name: 商机数, unit_label: 个, source: CRM, owner: E1}",
    "{code: sales.conversion, name: 拜访商机转化率, decimals: 2, kind: derived, grain: week, aggregation: ratio,"
    " formula: '[商机数] / [有效拜访量]'}",
    "{code: sales.per_deal, name: 每个商机的拜访, decimals: 1, kind: derived, grain: week, aggregation: mean,"
    " formula: '[有效拜访量] / [商机数]'}",
)


@pytest.fixture
def library(live_server, transactional_db, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two measured and two derived metrics over twelve people in two teams, ten weeks, one gap."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-03-20T09:00:00+08:00")
    settings.SEXTANT_HOME = tmp_path
    create_account("hr", password="correct horse battery", name="曹砚秋", roles=[Role.HR], actor=SYSTEM, now=now())
    company = make_unit(name="康衡医疗")
    teams = [make_unit(name=name, parent=company) for name in ("华东大区", "华南大区")]
    people = [make_person(name, number=f"E{n}", unit=teams[n % 2]) for n, name in enumerate(NAMES, start=1)]
    for text in DEFINITIONS:
        save_metric(parse_document(text), reason="", actor=SYSTEM, now=now())
    changed = parse_document(DEFINITIONS[0]).model_copy(update={"freshness_days": 7})
    save_metric(changed, reason="签到每天到，七天没有就该问", actor=SYSTEM, now=now())
    weeks = [date(2026, 1, 5) + timedelta(days=7 * week) for week in range(10) if week != 5]
    visits, deals = (Metric.objects.get(code=code) for code in ("sales.visits", "sales.deals"))
    rows = [
        (one, week + timedelta(days=n % 5), (n * 7 + week.day) % 9 + 1)
        for n, one in enumerate(people)
        for week in weeks
    ]
    ingest_rows(visits, rows, source="企业微信签到", delivered_at=now(), quarantined=2)
    ingest_rows(
        deals, [(one, week, (n + index) % 4) for n, one in enumerate(people) for index, week in enumerate(weeks)]
    )
    derive_stale(actor=SYSTEM, now=now())


def test_hr_finds_a_metric_reads_it_and_changes_a_formula(library: None, live_server, page) -> None:
    sign_in(page, live_server, "hr")
    page.goto(f"{live_server.url}/metrics/library/")
    settle(page)
    assert axe(page) == []
    shoot(page, "library")
    page.get_by_role("link", name="有效拜访量").click()
    page.get_by_role("heading", name="有效拜访量", level=1).wait_for()
    page.get_by_role("cell", name="华东大区").or_(page.get_by_role("rowheader", name="华东大区")).first.wait_for()
    settle(page)
    assert axe(page) == []
    shoot(page, "metric")
    page.goto(f"{live_server.url}/metrics/metric/sales.per_deal/")
    settle(page)
    page.get_by_text("除数是 0").first.wait_for()
    shoot(page, "metric_derived")
    page.get_by_role("table", name="算不出的值").get_by_role("link").first.click()
    page.get_by_role("heading", name="怎么算的").wait_for()
    settle(page)
    assert axe(page) == []
    shoot(page, "metric_value")
    page.goto(f"{live_server.url}/metrics/metric/sales.per_deal/edit/")
    settle(page)
    page.get_by_label("公式", exact=False).first.fill("[有效拜访] / [商机数]")
    page.get_by_text("是不是“有效拜访量”").wait_for()
    assert axe(page) == []
    shoot(page, "metric_edit")
    page.get_by_label("公式", exact=False).first.fill("IFERROR([有效拜访量] / [商机数], 0)")
    page.get_by_text("公式可用").wait_for()
    page.get_by_label("为什么改").fill("没有商机的人也要有值")
    page.get_by_role("button", name="保存").first.click()
    page.get_by_text("没有商机的人也要有值").wait_for()
    assert Metric.objects.get(code="sales.per_deal").version == 2
    assert page.problems == []


def test_pages_are_clean_on_a_phone_too(library: None, live_server, phone) -> None:
    sign_in(phone, live_server, "hr")
    for name, path in (
        ("library", "library/"),
        ("metric", "metric/sales.visits/"),
        ("metric_edit", "metric/sales.per_deal/edit/"),
        ("metric_version", "metric/sales.visits/versions/1/"),
    ):
        phone.goto(f"{live_server.url}/metrics/{path}")
        settle(phone)
        assert axe(phone) == [], name
        assert overflow(phone) == [], name
        shoot(phone, name)
    assert phone.problems == []
