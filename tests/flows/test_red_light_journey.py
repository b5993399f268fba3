"""The whole way in real browsers: HR takes a file in and evaluates; the manager opens a red light on a phone.

Passwords are typed, the upload goes through preview, the numbers come out of the engine.
"""

from datetime import date
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.foundation.clock import now
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person, make_unit
from tests.browser import axe, overflow, settle, shoot

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
MAPPING = """\
source: CRM 回款
person: {column: 销售, by: name}
record: 单号
columns:
  日期: {type: date}
  金额: {type: number}
measurements:
  - {metric: collections, date: 日期, value: "[金额]"}
"""


def make_account(username: str, role: Role) -> User:
    system = Actor.system("test")
    user_id = create_account(username, password=PASSWORD, name=username, roles=[role], actor=system, now=now())
    return User.objects.get(pk=user_id)


@pytest.fixture
def delivery(live_server, transactional_db, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A team in the middle of its quarter, a goal of 650, and an export with less than half of what was expected."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-02-16T09:00:00+08:00")
    settings.SEXTANT_HOME = tmp_path
    team = make_unit(name="苏南组")
    manager = make_person("林清越", unit=team, is_head=True, user=make_account("manager", Role.EMPLOYEE))
    seller = make_person("沈亦舟", unit=team, manager=manager)
    make_person("梁静姝", unit=make_unit(name="人力资源部"), user=make_account("hr", Role.HR))
    cycle = make_cycle("2026Q1", from_on=date(2026, 1, 1), until_on=date(2026, 4, 1))
    metric = make_metric(name="回款", code="collections", unit_label="万元", decimals=1)
    make_goal(owner=seller, metric=metric, cycle=cycle, title="第一季度回款 650 万元", base=650, stretch=800)
    rows = [f"R{week},沈亦舟,2026-0{1 + week // 5}-{5 + 7 * (week % 4):02},{18.5 + week}" for week in range(6)]
    path = tmp_path / "CRM 回款.csv"
    path.write_text("单号,销售,日期,金额\n" + "\n".join([*rows, "R9,外包-王,2026-02-02,50"]) + "\n", encoding="gb18030")
    return path


def type_in(page, live_server, username: str) -> None:
    page.goto(f"{live_server.url}/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="工作台").wait_for()


def test_a_file_turns_a_light_red_on_the_managers_phone(delivery: Path, live_server, page, phone) -> None:
    type_in(page, live_server, "hr")
    page.goto(f"{live_server.url}/metrics/ingest/")
    page.set_input_files("#id_file", delivery)
    page.get_by_label("映射", exact=True).select_option("own")
    page.get_by_text("自己写或上传映射").click()
    page.get_by_label("映射内容").fill(MAPPING)
    page.get_by_role("button", name="预览").click()
    page.get_by_role("heading", name="入账结果").wait_for()
    page.get_by_role("button", name="导入", exact=True).click()
    page.wait_for_url("**/metrics/batches/*/")
    page.get_by_text("外包-王").first.wait_for()
    page.goto(f"{live_server.url}/metrics/runs/")
    page.get_by_role("button", name="立即评估").first.click()
    page.get_by_text("1 个目标，1 个风险").wait_for()
    assert page.problems == []

    type_in(phone, live_server, "manager")
    assert overflow(phone) == []
    assert axe(phone) == []
    shoot(phone, "journey_workbench")
    phone.get_by_text("沈亦舟").first.click()
    phone.get_by_text("第一季度回款 650 万元").first.click()
    phone.get_by_role("button", name="这个灯怎么来的").click()
    phone.get_by_role("heading", name="复算").wait_for()
    settle(phone)
    drawer = phone.get_by_role("dialog")
    assert drawer.get_by_text("CRM 回款.csv").first.is_visible()
    assert drawer.locator("#why-rows tbody tr").count() == 6
    shoot(phone, "journey_why", full=False)
    assert phone.problems == []
