"""The whole way of a red light: the metric engine turns it, a rule opens the talk, both write, the three meet and
confirm, the next weeks' measurements turn it, and it closes itself. No sleep: the test moves the clock."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.foundation.clock import company_day, now
from sextant.foundation.events.actions import tell_waiting
from sextant.goals.actions import evaluate_goals
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.lowcode.actions.definition_files import import_definitions
from sextant.lowcode.actions.rules import run_rules
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit
from sextant.tracking.actions.shipped import FOLDER
from sextant.tracking.models import TalkCase
from tests.browser import axe, overflow, settle, shoot

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
SYSTEM = Actor.system("test")
NAMES = {"owner": "沈亦舟", "manager": "林清越", "hr": "蒋书白"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Moves the clock of the product."""

    def move(at: str) -> datetime:
        monkeypatch.setenv("SEXTANT_NOW", at)
        return now()

    return move


@pytest.fixture
def seller(live_server, transactional_db, settings, tmp_path: Path, clock) -> Person:
    """A seller with a goal of 72 visits in the quarter, who is on course after four weeks."""
    settings.SEXTANT_HOME = tmp_path
    clock("2026-02-01T09:00:00+08:00")
    users = {name: account(name, Role.HR if name == "hr" else Role.EMPLOYEE) for name in NAMES}
    team = make_unit(name="苏南区")
    manager = make_person(NAMES["manager"], unit=team, is_head=True, user=users["manager"])
    found = make_person(NAMES["owner"], unit=team, manager=manager, user=users["owner"])
    make_person(NAMES["hr"], unit=make_unit(name="人力资源部"), user=users["hr"])
    cycle = make_cycle("2026Q1", from_on=date(2026, 1, 1), until_on=date(2026, 4, 1))
    metric = make_metric("有效拜访", code="visits", unit_label="次", decimals=0)
    make_goal(owner=found, metric=metric, cycle=cycle, title="有效拜访 72 次", base=Decimal(72), stretch=None)
    shipped = ("red_light_owner", "red_light_manager", "red_light")
    import_definitions([FOLDER / f"{code}.yaml" for code in shipped], reason="随产品提供", actor=SYSTEM, now=now())
    deliver(metric, found, {date(2026, 1, 7 * week): 5 for week in (1, 2, 3, 4)})
    return found


def account(name: str, role: Role) -> User:
    made = create_account(name, password=PASSWORD, name=name, roles=[role], actor=SYSTEM, now=now())
    return User.objects.get(pk=made)


def deliver(metric: Metric, person: Person, visits: dict[date, int]) -> None:
    """A batch of the CRM: so many visits on these days."""
    ingest_rows(metric, [(person, day, Decimal(number)) for day, number in visits.items()])


def evaluate(settings) -> None:
    """The nightly run of today, everybody told of what it changed, and rules run."""
    evaluate_goals(actor=SYSTEM, now=now(), as_of=company_day(now(), settings.SEXTANT_ZONE))
    tell_waiting(now=now())
    run_rules(now=now())
    tell_waiting(now=now())


def sign_in(page, live_server, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="工作台").wait_for()


def write_account(page, text: str) -> None:
    """From the page of the case to the form, and back."""
    here = page.url.split("#")[0]
    page.get_by_role("button", name="写我看到的").click()
    page.get_by_label("客户进不去").check()
    page.get_by_label("我看到的").fill(text)
    page.get_by_role("button", name="提交").click()
    page.get_by_text(text).first.wait_for()
    page.goto(here)


def test_a_red_light_opens_the_talk_and_the_weeks_close_it(seller: Person, live_server, settings, page, phone, clock):
    metric = Metric.objects.get(code="visits")
    evaluate(settings)
    assert not TalkCase.objects.exists()  # 20 visits of 24: green
    clock("2026-03-01T07:00:00+08:00")
    deliver(metric, seller, {date(2026, 2, 25): 2})
    evaluate(settings)  # 22 visits of 47: red
    case = TalkCase.objects.get()

    clock("2026-03-02T09:00:00+08:00")
    sign_in(phone, live_server, "owner")
    phone.get_by_role("link", name="跟踪").last.click()
    phone.get_by_text("沈亦舟 · 有效拜访 72 次").click()
    phone.get_by_role("heading", name="沈亦舟 · 有效拜访 72 次").wait_for()
    write_account(phone, "住院部要预约才能进。")
    settle(phone)
    assert overflow(phone) == [] and axe(phone) == []
    shoot(phone, "red_case_owner")

    sign_in(page, live_server, "manager")
    page.goto(f"{live_server.url}/tracking/cases/{case.pk}/")
    assert page.get_by_text("住院部要预约才能进。").is_visible()
    write_account(page, "预约制是真问题，我陪访两次。")
    page.get_by_role("button", name="约时间").click()
    page.get_by_label("时间", exact=True).fill("2026-03-04T15:00")
    page.get_by_role("button", name="发给三方").click()
    page.get_by_text("时间已发给三方。").wait_for()

    clock("2026-03-04T16:00:00+08:00")
    page.reload()
    page.get_by_role("textbox", name="纪要").fill("卡在预约。林清越陪访两次。")
    page.locator("[data-at]").filter(has_text="2026-03-04").wait_for()
    page.get_by_role("button", name="加一项").click()
    page.get_by_label("做什么").fill("陪访市一院两次")
    page.get_by_role("button", name="加上").click()
    page.get_by_text("陪访市一院两次").wait_for()
    page.get_by_role("button", name="确认纪要").click()
    page.get_by_text("已确认。").wait_for()
    settle(page)
    assert axe(page) == []
    shoot(page, "red_case_meeting")
    for name in ("owner", "hr"):
        sign_in(page, live_server, name)
        page.goto(f"{live_server.url}/tracking/cases/{case.pk}/")
        page.get_by_role("button", name="确认纪要").click()
        page.get_by_role("button", name="确认纪要").wait_for(state="detached")
    case.refresh_from_db()
    assert case.watch_from == date(2026, 3, 9)

    deliver(metric, seller, {date(2026, 3, 9): 15, date(2026, 3, 10): 10})
    for sunday in ("2026-03-15", "2026-03-22"):
        clock(f"{sunday}T22:00:00+08:00")
        deliver(metric, seller, {date.fromisoformat(sunday) - timedelta(days=1): 5})
        evaluate(settings)
    case.refresh_from_db()
    assert case.outcome == "recovered"
    page.goto(f"{live_server.url}/tracking/cases/{case.pk}/")
    page.get_by_text("红灯解除：连续 2 周达到条件").wait_for()
    settle(page)
    shoot(page, "red_case_closed")
    assert page.problems == [] and phone.problems == []
