"""Connectors in a browser: a document from its first draft to its first rows; desk and phone, both themes."""

from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.clock import now
from sextant.metrics.actions.connectors import save_connector
from sextant.metrics.connectors.tests.makers import REST, document_text
from sextant.metrics.connectors.tests.stub import Reply, serving
from sextant.metrics.jobs import connectors as jobs_connectors
from sextant.metrics.models import Connector, ConnectorRun
from sextant.metrics.tests.makers import make_batch, make_metric
from sextant.people.tests.makers import make_person
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = pytest.mark.browser
SYSTEM = Actor.system("test")


@pytest.fixture
def company(live_server, transactional_db, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """HR may sign in, two people are known, and a source answers with their sales."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-01-20T12:00:00+08:00")
    settings.SEXTANT_HOME = settings.SEXTANT_CONNECTOR_FILES = tmp_path
    settings.SEXTANT_CONNECTOR_HOSTS = frozenset({"127.0.0.1"})
    create_account("hr", password="correct horse battery", name="曹砚秋", roles=[Role.HR], actor=SYSTEM, now=now())
    for number, name in enumerate(("沈亦舟", "许念安"), start=1):
        make_person(name, number=f"E{number}")
    rows = [{"id": n, "who": f"E{n % 3}", "day": f"2026-01-{n:02}", "amount": n * 100.5} for n in range(1, 19)]
    with serving(lambda asked: Reply({"rows": rows} if "authorization" in asked.headers else {}, 200)) as stub:
        yield {"kind": "rest", "url": stub.url, "rows": "rows", "auth": {"kind": "header", "secret": "token"}}


def test_hr_connects_a_source_from_the_empty_list_to_the_first_rows(company: dict, live_server, page) -> None:
    sign_in(page, live_server, "hr")
    page.goto(f"{live_server.url}/metrics/connectors/")
    settle(page)
    assert axe(page) == []
    shoot(page, "connectors_empty")
    page.get_by_role("link", name="新建连接器").first.click()
    page.get_by_label("连接器文档").wait_for()
    settle(page)
    assert axe(page) == []
    shoot(page, "connector_new")
    text = document_text(title="纷享销客 商机", source=company, backfill=None)
    page.get_by_label("连接器文档").fill(text.replace("record:", "recrod:"))
    page.get_by_role("button", name="保存").click()
    page.get_by_role("alert").get_by_text("recrod").wait_for()
    shoot(page, "connector_wrong")
    page.get_by_label("连接器文档").fill(text)
    page.get_by_role("button", name="保存").click()
    page.get_by_text("还没有设置，运行会失败").wait_for()
    page.get_by_label("新的值").fill("k3y")
    page.get_by_role("button", name="设置", exact=True).click()
    page.get_by_text("已设置", exact=True).wait_for()
    page.get_by_role("link", name="修改").click()
    page.get_by_role("button", name="预览").click()
    page.get_by_role("heading", name="入账结果").wait_for()
    assert axe(page) == []
    shoot(page, "connector_preview")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="立即运行").click()
    page.get_by_text("已排队").first.wait_for()
    jobs_connectors.run_connector(connector_id=Connector.objects.get().pk, label="曹砚秋")
    page.reload()
    page.get_by_role("link", name="批次").first.wait_for()
    settle(page)
    assert ConnectorRun.objects.get().accepted == 12
    assert axe(page) == []
    shoot(page, "connector_done")
    # the refused document came back with 422, which the browser's console counts as an error
    assert [problem for problem in page.problems if "422" not in problem] == []


def test_a_full_list_and_a_failed_connector_are_clean_on_desk_and_phone(
    company: dict, live_server, page, phone
) -> None:
    _history(company)
    for browser, name in ((page, "desk"), (phone, "phone")):
        sign_in(browser, live_server, "hr")
        for path in ("connectors/", "connectors/crm/", "connectors/crm/versions/2/", "connectors/crm/document/"):
            browser.goto(f"{live_server.url}/metrics/{path}")
            settle(browser)
            assert axe(browser) == [], path
            assert overflow(browser) == [], path
            if name == "desk":
                shoot(browser, f"connectors_{path.strip('/').replace('/', '-')}")
        assert browser.problems == []


def _history(source: dict) -> None:
    """Six connectors in every state, one with a long history, and metrics that wait."""
    titles = {
        "u8": "用友 U8 应收",
        "crm": "纷享销客 CRM",
        "checkin": "企业微信签到",
        "desk": "服务派单",
        "hr": "考勤",
        "mes": "检测设备校准记录与产线质量系统的联合日报",
    }
    states = ("done", "failed", "unchanged", "held", "running", None)
    for (name, title), state in zip(titles.items(), states, strict=True):
        schedule = {"cron": "15 6 * * *"} if name != "mes" else None
        text = document_text(name=name, title=title, source={**REST, **source}, schedule=schedule)
        save_connector(text, actor=SYSTEM, now=now())
        count = 24 if name == "crm" else 1
        for number in range(count if state is not None else 0):
            last = state if number == count - 1 else "done"
            _run(Connector.objects.get(name=name), str(last), quarantined=number * 3 % 7)
    save_connector(
        document_text(name="crm", title="纷享销客 CRM", source={**REST, **source}, closing_days=3),
        actor=SYSTEM,
        now=now(),
    )
    owner = make_person("唐予安", number="E9")
    for number, title in enumerate(("有效拜访量", "商机转化周期", "设备一次校准合格率（月度，按产线）")):
        make_metric(title, owner_person_id=owner.pk if number else None)


def _run(connector: Connector, state: str, *, quarantined: int) -> None:
    problem = {
        "code": "connector.source_error",
        "params": {
            "status": 503,
            "url": "https://crm.example.com/api/v2/opportunities",
            "answer": "Service Unavailable",
        },
    }
    run = ConnectorRun.objects.create(
        connector=connector,
        version=1,
        trigger="schedule",
        state=state,
        started_at=now(),
        started_by="scheduler",
        seconds=Decimal("12.4"),
        requests=45,
        rows_read=1284,
        accepted=0 if state == "failed" else 1236,
        quarantined=quarantined,
        ledger_version=41,
        problem=problem if state == "failed" else None,
    )
    if state == "done":
        run.batches.add(make_batch())
