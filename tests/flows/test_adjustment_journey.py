"""Week 10 in real browsers: a rep asks for 12 % less with a screenshot, the manager counters on a phone with 10 %, both
sign, and the goal is measured against the new target from that day. Every figure comes out of the engines."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.goals.actions import evaluate_goals
from sextant.goals.contracts import AdjustmentState
from sextant.goals.models import AdjustmentRequest
from sextant.goals.tests.adjustment_makers import WEEK_10, Adjusted, make_adjustable, row_of
from sextant.goals.tests.agreement_makers import PASSWORD
from sextant.goals.tests.plan_makers import SYSTEM
from sextant.metrics.queries import standings_of
from sextant.metrics.tests.makers import ingest_rows
from sextant.people.tests.makers import make_person
from tests.browser import axe, overflow, settle, shoot

pytestmark = pytest.mark.browser
TODAY = date(2026, 3, 4)
SCREENSHOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180db34cf500000000049454e44ae426082"
)


@dataclass(frozen=True)
class Scene:
    """The signed goal with its past, and the rep's screenshot on disk."""

    made: Adjusted
    screenshot: Path

    @property
    def goal_id(self) -> int:
        """The goal that is negotiated anew."""
        return self.made.goal.id


@pytest.fixture
def scene(live_server, transactional_db, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Six colleagues and the rep with two years of weekly receipts, the rep behind in the running quarter."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-03-04T10:00:00+08:00")
    settings.SEXTANT_HOME = tmp_path
    made = make_adjustable()
    pair = made.pair
    others = [make_person(f"同事{n}", unit=pair.unit, manager=pair.manager) for n in range(6)]
    weeks = [date(2025, 12, 28) - timedelta(weeks=week) for week in range(104)]
    past = [
        (one, day, Decimal(24 + place + (day.year - 2024) * 3 + day.day % 5))
        for place, one in enumerate((pair.owner, *others))
        for day in weeks
    ]
    running = [(pair.owner, date(2026, 1, 4) + timedelta(weeks=week), 26) for week in range(9)]
    ingest_rows(pair.metric, [*past, *running])
    evaluate_goals(actor=SYSTEM, now=WEEK_10, as_of=TODAY)
    screenshot = tmp_path / "验收暂停.png"
    screenshot.write_bytes(SCREENSHOT)
    return Scene(made, screenshot)


def type_in(page, live_server, username: str) -> None:
    page.goto(f"{live_server.url}/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="工作台").wait_for()


def sign(page, name: str) -> None:
    page.get_by_label("手写姓名").fill(name)
    page.get_by_label("登录密码").fill(PASSWORD)
    page.locator("dialog[open]").get_by_role("button", name="签署", exact=True).click()


def test_a_target_moves_when_both_sides_have_signed(scene: Scene, live_server, page, phone) -> None:
    pair = scene.made.pair
    type_in(page, live_server, pair.owner.number)
    page.goto(f"{live_server.url}/goals/{scene.goal_id}/")
    page.get_by_role("link", name="申请校调").click()
    page.get_by_text("正在取数").wait_for(state="detached")  # what is typed before the scripts run is read by nobody
    page.get_by_label("基准（万元）").fill("369.6")
    page.get_by_label("挑战（万元）").fill("422.4")
    page.locator("#ask-effect").get_by_text("369.6").wait_for()
    page.get_by_label("理由", exact=True).fill("两家医院暂停设备验收，应收顺延到下季度。")
    page.get_by_label("行业增长（%）").fill("3")
    page.set_input_files("#ask-files", scene.screenshot)
    assert overflow(page) == [] and axe(page) == []
    shoot(page, "adjust-ask")
    page.get_by_role("button", name="发给对方").click()
    page.get_by_role("heading", name="下调 12.0%").wait_for()
    request_id = AdjustmentRequest.objects.get().pk
    card = row_of(request_id).suggestion
    assert [way["way"] for way in card["ways"]] == ["history", "region", "industry"] and card["low"] is not None
    page.get_by_text(f"建议基准 {Decimal(card['base']):,f}").wait_for()
    page.get_by_role("link", name="验收暂停.png").wait_for()
    settle(page)
    assert overflow(page) == [] and axe(page) == []
    shoot(page, "adjust-detail")

    # the manager finds it in the list on the phone, and offers 10 %
    type_in(phone, live_server, pair.manager.number)
    phone.goto(f"{live_server.url}/goals/adjustments/")
    phone.get_by_role("link", name="下调 12.0%").click()
    phone.get_by_role("tab", name="还价").click()
    phone.get_by_label("基准（万元）").fill("378")
    phone.get_by_label("挑战（万元）").fill("432")
    phone.get_by_text("比对方报价 +8").wait_for()
    settle(phone)
    assert overflow(phone) == [] and axe(phone) == []
    shoot(phone, "adjust-detail-phone")
    phone.get_by_label("说明").last.fill("附属医院的 80 万，月底能回一半。")
    phone.get_by_role("button", name="发出还价").click()
    phone.get_by_role("heading", name="下调 10.0%").wait_for()

    # both sign; the rep's signature accepts
    page.reload()
    page.get_by_role("button", name="同意并签署").click()
    sign(page, pair.owner.name)
    page.get_by_text("已签。对方签署后生效。").wait_for()
    phone.reload()
    phone.get_by_role("button", name="同意并签署").or_(phone.get_by_role("button", name="签署")).first.click()
    sign(phone, pair.manager.name)
    phone.get_by_text("已生效，目标按新的数计。").wait_for()
    assert row_of(request_id).state is AdjustmentState.IN_FORCE

    # the goal says so at once: figures, both targets with their stretches, the line with its step
    page.goto(f"{live_server.url}/goals/{scene.goal_id}/")
    standing = standings_of([scene.goal_id])[scene.goal_id]
    assert (standing.value, standing.attainment) == (234, Decimal("0.619048"))  # 234 of 378
    page.get_by_text("61.9%").first.wait_for()
    page.get_by_role("link", name="2026-03-04").wait_for()
    chart = json.loads(page.locator("#d-goal").text_content())
    assert (chart["bases"][0], chart["bases"][-1]) == (420.0, 378.0)
    week = chart["x"].index("03/08")
    assert (chart["bases"][week - 1], chart["bases"][week]) == (420.0, 378.0)
    settle(page)
    assert overflow(page) == [] and axe(page) == []
    shoot(page, "adjust-goal")
    assert page.problems == [] and phone.problems == []
