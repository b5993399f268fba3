"""The pages of metrics in a browser: HR takes a file in by mouse and keyboard; desk and phone, both themes."""

from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.clock import now
from sextant.metrics.models import Batch
from sextant.metrics.tests.makers import make_batch
from sextant.metrics.tests.test_pages import MAPPING, make_run
from sextant.people.tests.makers import make_person
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = pytest.mark.browser

NAMES = ("沈亦舟", "许念安", "唐予安", "冯一鸣")


@pytest.fixture
def rows(live_server, transactional_db, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HR may sign in, four people are known, and a file waits with every kind of dirt in it."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-01-05T09:00:00+08:00")
    settings.SEXTANT_HOME = tmp_path
    system = Actor.system("test")
    create_account("hr", password="correct horse battery", name="曹砚秋", roles=[Role.HR], actor=system, now=now())
    for number, name in enumerate(NAMES, start=1):
        make_person(name, number=f"E{number}")
    body = [f"R{n:04},E{n % 4 + 1},2026-01-0{n % 4 + 1},{n * 37.5:.1f}" for n in range(1, 60)]
    body += [
        "R0060,E9,2026-01-02,7",
        "R0061,E1,2026-01-09,7",
        "R0062,E2,2026-01-02,",
        "R0063,E2,02/30,五",
        "R0001,E1,2026-01-02,8",
    ]
    body += [f"R{n:04},外包-王,2026-01-03,{n}" for n in range(70, 78)]
    path = tmp_path / "门店流水 2026-01 第一周.csv"
    path.write_text("id,who,day,amount\n" + "\n".join(body) + "\n", encoding="utf-8")
    return path


def test_hr_takes_a_file_in_from_upload_to_quarantine(rows: Path, live_server, page) -> None:
    sign_in(page, live_server, "hr")
    page.goto(f"{live_server.url}/metrics/batches/")
    settle(page)
    page.get_by_role("link", name="导入文件").first.click()
    page.wait_for_url("**/metrics/ingest/")
    settle(page)
    assert axe(page) == []
    shoot(page, "metrics_ingest")
    page.set_input_files("#id_file", rows)
    page.get_by_label("映射", exact=True).select_option("own")
    page.get_by_text("自己写或上传映射").click()
    page.get_by_label("映射内容").fill(MAPPING.replace("[amount]", "[amuont]"))
    page.get_by_role("button", name="预览").click()
    page.get_by_role("alert").get_by_text("amuont").wait_for()
    shoot(page, "metrics_preview_wrong")
    page.get_by_label("映射内容").fill(MAPPING)
    page.get_by_role("button", name="重新预览").click()
    page.get_by_role("heading", name="入账结果").wait_for()
    assert axe(page) == []
    shoot(page, "metrics_preview")
    page.get_by_role("button", name="导入", exact=True).click()
    page.wait_for_url("**/metrics/batches/*/")
    settle(page)
    batch = Batch.objects.get()
    assert (batch.rows_read, batch.rows_accepted, batch.rows_quarantined) == (72, 59, 13)
    assert axe(page) == []
    shoot(page, "metrics_batch")
    page.get_by_role("link", name="记录重复").click()
    page.get_by_text("与第 2 行是同一条记录").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 CSV").click()
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 14
    assert page.problems == []


def test_a_batch_under_way_shows_its_end_without_a_click(rows: Path, live_server, page) -> None:
    batch = make_batch(source="门店流水", state="running", delivered_at=now())
    sign_in(page, live_server, "hr")
    page.goto(f"{live_server.url}/metrics/batches/{batch.pk}/")
    settle(page)
    assert page.get_by_text("导入中，完成后显示在这里").is_visible()
    shoot(page, "metrics_batch_running")
    Batch.objects.filter(pk=batch.pk).update(state="done", rows_read=5, rows_accepted=5, accepted=5)
    page.get_by_text("全部入账").wait_for(timeout=15_000)
    assert page.problems == []


def test_lists_are_clean_on_a_phone_too(rows: Path, live_server, phone) -> None:
    for number in range(6):
        make_batch(
            source="用友 U8 应收",
            filename=f"应收明细 2026-01 第 {number} 次导出 final.xlsx",
            rows_read=1284 - number,
            rows_accepted=1236 - number,
            rows_quarantined=48,
            accepted=3708,
            quarantined=52 if number % 2 else 0,
            delivered_at=now(),
            delivered_by="曹砚秋",
            state="failed" if number == 5 else "done",
        )
        make_run()
    sign_in(phone, live_server, "hr")
    for name, path in (("batches", "/metrics/batches/"), ("runs", "/metrics/runs/"), ("run", "")):
        phone.goto(live_server.url + (path or phone.get_by_role("link", name="2026-01-04").first.get_attribute("href")))
        settle(phone)
        assert axe(phone) == []
        assert overflow(phone) == []
        shoot(phone, f"metrics_{name}")
    assert phone.problems == []
