"""From an objective to signed paper, in real browsers: the company's OKR, a split of ten million over twelve districts
by three factors, one who accepts, one who counters, both signatures, and a PDF that tells when a byte was changed."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from django.contrib.auth.hashers import make_password
from typer.testing import CliRunner

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.foundation.clock import now
from sextant.goals.actions.templates import create_template
from sextant.goals.cli import goals as cli
from sextant.goals.models import Goal, Plan
from sextant.goals.models.quota import QuotaSplit
from sextant.goals.plan_definition import read_definition
from sextant.goals.tests.makers import make_cycle, make_goal, make_standing
from sextant.goals.tests.test_cli import Line
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Unit
from sextant.people.tests.makers import make_person, make_unit
from tests.browser import axe, overflow, settle, shoot, sign_in

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
MILLION_IN_TEN_THOUSANDS = 100
DISTRICTS = (
    # district, who answers for it, GDP in 100 million, customers per 100 km², last quarter in ten thousands
    ("上海", "沈亦舟", 47200, 92, 148),
    ("苏州", "许念安", 24650, 71, 121),
    ("南京", "顾书瑶", 17420, 58, 96),
    ("无锡", "陆景行", 15450, 55, 88),
    ("常州", "叶知夏", 10110, 44, 61),
    ("南通", "程望舒", 11810, 39, 57),
    ("杭州", "唐嘉禾", 20060, 66, 109),
    ("宁波", "韩一鸣", 16450, 49, 84),
    ("绍兴", "冯若水", 7790, 37, 43),
    ("温州", "曹思远", 8730, 35, 46),
    ("合肥", "袁明哲", 12670, 33, 52),
    ("芜湖", "魏云舒", 4740, 24, 28),
)


@dataclass(frozen=True)
class World:
    """Who is there."""

    region: Unit
    districts: tuple[Unit, ...]


@pytest.fixture
def world(live_server, transactional_db, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A company of one region with twelve districts, on the second Monday of the quarter; nothing is promised yet."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-01-12T10:00:00+08:00")
    settings.SEXTANT_HOME = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    company = make_unit("星河饮品")
    executive = make_person("周以宁", unit=company, is_head=True, user=_account("executive", "周以宁", Role.EXECUTIVE))
    region = make_unit("华东大区", parent=company)
    account = _account("director", "林清越", Role.EMPLOYEE)
    director = make_person("林清越", unit=region, manager=executive, is_head=True, user=account)
    before = make_cycle("2025Q4", from_on=date(2025, 10, 1), until_on=date(2026, 1, 1))
    metric = make_metric("回款", code="collections", unit_label="万元")
    make_cycle()
    districts = []
    for place, (city, name, _gdp, _density, last) in enumerate(DISTRICTS):
        user = _account(f"seller{place}", name, Role.EMPLOYEE) if place < 2 else None
        districts.append(make_unit(f"{city}区", parent=region))
        make_person(name, unit=districts[-1], manager=director, is_head=True, title="区域负责人", user=user)
        make_standing(make_goal(owner=districts[-1], metric=metric, cycle=before), Light.GREEN, value=Decimal(last))
    dimension = {"code": "results", "name": "业绩", "weight_pct": 100, "kinds": ["objective", "key_result", "kpi"]}
    definition = read_definition({"dimensions": [dimension], "least_goals": 1})
    system = Actor.system("test")
    create_template(code="all", name="通用", definition=definition, from_on=date(2020, 1, 1), actor=system, now=now())
    return World(region, tuple(districts))


def _account(username: str, name: str, role: Role) -> User:
    user = User.objects.create(username=username, name=name, password=make_password(PASSWORD), created_at=now())
    RoleGrant.objects.create(user=user, role=role, granted_at=now())
    return user


def test_from_an_objective_to_signed_paper(world: World, live_server, page, phone, tmp_path: Path) -> None:
    goal = _executive_sets_an_okr_and_hands_it_down(page, live_server, world)
    _director_splits_ten_million(page, live_server, world, goal)
    accepting, countering = (
        Plan.objects.get(owner_unit=district, cycle__code="2026Q1") for district in world.districts[:2]
    )
    _seller_accepts(page, live_server, accepting)
    _seller_counters_on_the_phone(phone, live_server, countering)
    # the split came with its weight: who accepts it changes nothing, and there is nothing to take over
    _director_signs(page, live_server, accepting)
    _director_takes_over(page, live_server, countering)
    _director_signs(page, live_server, countering)
    _sign(phone, live_server, "seller1", "许念安", countering)
    pdf = _sign_and_fetch_the_paper(page, live_server, accepting, tmp_path)
    assert page.problems == phone.problems == []
    _verify(pdf)
    countered = Goal.objects.get(plan=countering)
    assert (countered.state, countered.base) == ("running", Decimal(110))


def _executive_sets_an_okr_and_hands_it_down(page, live_server, world: World) -> Goal:
    """Typed in by hand: an objective, a key result of ten million, and who is to carry it."""
    page.goto(f"{live_server.url}/")
    page.get_by_label("账号").fill("executive")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="工作台").wait_for()
    page.goto(f"{live_server.url}/goals/plans/")
    page.get_by_role("button", name="开始起草 星河饮品").click()
    _write_goal(page, "让新茶饮铺满华东", kind="objective", weight="40")
    _write_goal(page, "华东回款 1,000 万元", kind="key_result", weight="60", metric="collections", base="1000")
    assert axe(page) == []
    shoot(page, "goal_journey_okr")
    key_result = Goal.objects.get(title="华东回款 1,000 万元")
    page.goto(f"{live_server.url}/goals/{key_result.pk}/")
    page.get_by_role("link", name="下发").click()
    page.get_by_label("基准").fill("1000")
    page.get_by_label("发给下级单位").check()
    page.get_by_role("button", name="先看一眼").click()
    page.get_by_role("button", name="下发给 1 个对象").click()
    page.get_by_text("已下发给 1 个对象。").wait_for()
    return Goal.objects.get(owner_unit=world.region, cycle__code="2026Q1")


def _write_goal(page, title: str, *, kind: str, weight: str, metric: str = "", base: str = "") -> None:
    """One goal of one's own plan, from the button on the plan to the saved page."""
    page.get_by_role("button", name="新目标").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称").fill(title)
    dialog.get_by_label("类型").select_option(kind)
    dialog.get_by_role("button", name="新建").click()
    page.wait_for_url("**/plans/*/goals/*/")
    _fill_goal(page, weight=weight, metric=metric, base=base)
    page.get_by_role("link", name="星河饮品 · 2026").click()
    page.get_by_text(title).first.wait_for()


def _fill_goal(page, *, metric: str = "", **fields: str) -> None:
    """Fill the editor and save; the browser forgets what it kept once the server has it."""
    settle(page)
    if metric:
        with page.expect_navigation():  # the metric decides which fields there are: the page is drawn anew
            page.locator("#goal-form [name=metric]").select_option(metric)
        settle(page)
    page.locator("#goal-form [name=dimension]").select_option("results")
    for name, value in fields.items():
        if value:
            page.locator(f"#goal-form [name={name}]").fill(value)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_function("() => Object.keys(localStorage).every(key => !key.startsWith('sx-goal:'))")
    settle(page)


def _director_splits_ten_million(page, live_server, world: World, goal: Goal) -> None:
    """By GDP, density and history; the twelve shares come to ten million to the last piece."""
    sign_in(page, live_server, "director")
    page.goto(f"{live_server.url}/goals/{goal.pk}/")
    page.get_by_role("link", name="分摊").click()
    for name in ("城市 GDP", "客户密度"):
        page.get_by_label("因子名称").fill(name)
        page.get_by_role("button", name="加一个").click()
        page.get_by_label(f"{name}的权重").wait_for()
    for district, (_city, _name, gdp, density, last) in zip(world.districts, DISTRICTS, strict=True):
        for place, value in enumerate((last, gdp, density)):
            page.locator(f"[name=v-u{district.pk}-{place}]").fill(str(value))
    for place, weight in enumerate((30, 40, 30)):
        page.locator(f"[name=weight-{place}]").fill(str(weight))
        page.locator(f"[name=weight-{place}]").press("Tab")
    page.get_by_text("与总额相等").wait_for()
    settle(page)
    assert axe(page) == []
    shoot(page, "goal_journey_split")
    page.get_by_role("button", name="发到共商").click()
    page.get_by_text("已发给 12 个对象共商。").wait_for()
    shares = list(Goal.objects.filter(parent=goal).values_list("base", flat=True))
    assert (len(shares), sum(shares)) == (12, 10 * MILLION_IN_TEN_THOUSANDS)
    assert QuotaSplit.objects.get().total == 1000


def _seller_accepts(page, live_server, plan: Plan) -> None:
    """The number as it came, with the weight that the plan asks for."""
    sign_in(page, live_server, "seller0")
    page.goto(f"{live_server.url}/goals/plans/{plan.pk}/")
    page.locator("main").get_by_role("link", name="华东回款").first.click()
    _fill_goal(page, weight="100")
    page.goto(f"{live_server.url}/goals/plans/{plan.pk}/")
    page.get_by_role("button", name="发给对方").click()
    page.get_by_text("已发给对方").wait_for()


def _seller_counters_on_the_phone(phone, live_server, plan: Plan) -> None:
    """Less, and why."""
    sign_in(phone, live_server, "seller1")
    phone.goto(f"{live_server.url}/goals/plans/{plan.pk}/")
    phone.locator("main").get_by_role("link", name="华东回款").first.tap()
    _fill_goal(phone, weight="100", base="110")
    phone.goto(f"{live_server.url}/goals/plans/{plan.pk}/negotiate/")
    settle(phone)
    assert (overflow(phone), axe(phone)) == ([], [])
    shoot(phone, "goal_journey_counter")
    phone.get_by_text("说一句").first.tap()
    phone.get_by_label("对“").first.fill("两家经销商春节后才签，先按 110 算。")
    phone.get_by_role("button", name="发送").first.tap()
    phone.get_by_text("两家经销商春节后才签").first.wait_for()
    phone.get_by_role("button", name="发给对方").tap()
    phone.get_by_text("已发给对方").wait_for()


def _director_takes_over(page, live_server, plan: Plan) -> None:
    sign_in(page, live_server, "director")
    page.goto(f"{live_server.url}/goals/plans/{plan.pk}/negotiate/")
    page.get_by_role("button", name="同意对方的写法").click()
    page.get_by_text(re.compile("^(双方)?一致$")).first.wait_for()


def _director_signs(page, live_server, plan: Plan) -> None:
    sign_in(page, live_server, "director")
    page.goto(f"{live_server.url}/goals/plans/{plan.pk}/negotiate/")
    page.get_by_role("button", name="提请签署").click()
    page.get_by_text("双方一致，可以签署了。").wait_for()
    _sign(page, live_server, "director", "林清越", plan)


def _sign(page, live_server, username: str, name: str, plan: Plan) -> None:
    """Name and password, typed."""
    sign_in(page, live_server, username)
    page.goto(f"{live_server.url}/goals/plans/{plan.pk}/negotiate/")
    page.get_by_role("button", name="签署绩效契约").click()
    page.get_by_label("手写姓名").fill(name)
    page.get_by_label("登录密码").fill(PASSWORD)
    page.get_by_role("button", name="签署", exact=True).click()
    page.get_by_role("dialog").wait_for(state="detached")
    settle(page)


def _sign_and_fetch_the_paper(page, live_server, plan: Plan, folder: Path) -> Path:
    _sign(page, live_server, "seller0", "沈亦舟", plan)
    page.goto(f"{live_server.url}/goals/plans/{plan.pk}/contract/")
    page.get_by_text("文本、指纹和两个签名相符").wait_for()
    shoot(page, "goal_journey_contract")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def _verify(pdf: Path) -> None:
    """As it was signed it holds, against the database; with one byte changed it does not."""
    root = typer.Typer()
    root.add_typer(cli.app, name="goals")
    told = CliRunner().invoke(root, ["goals", "verify", str(pdf)], obj=Line())
    assert (told.exit_code, "与存档一致" in told.output) == (0, True), told.output
    changed = bytearray(pdf.read_bytes())
    changed[len(changed) // 2] ^= 1
    pdf.write_bytes(changed)
    told = CliRunner().invoke(root, ["goals", "verify", str(pdf)], obj=Line())
    assert (told.exit_code, "核对不通过" in told.output) == (1, True), told.output
