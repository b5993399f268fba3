"""A quarter in a small company, with figures that come from the ledger: for pages that must look like real ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.goals.actions import evaluate_goals
from sextant.goals.contracts import GoalKind
from sextant.goals.models import Cycle, Goal
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit

NOW = "2026-11-29T09:00:00+08:00"
"""What the clock must say (SEXTANT_NOW) while the story is told: Sunday, the end of its ninth week."""
TODAY = date(2026, 11, 29)
FIRST_WEEK = date(2026, 10, 4)
PASSWORD = "correct horse battery"

COLLECTED = {
    "林清越": [118, 126, 131, 122, 96, 68, 46, 41, 30],
    "何书瑶": [130, 150, 148, 140, 152, 149, 150, 151, 148],
    "徐景行": [110, 118, 116, 109, 121, 90, 118, 119, 117],
}
"""Collections of a week, in 万元, of the districts these people head."""
SHARES = {
    "沈亦舟": [30, 28, 26, 20, 12, 6, 4, 3, 2],
    "许念安": [28, 27, 26, 25, 26, 24, 22, 22, 21],
    "唐予安": [24, 26, 28, 27, 24, 10, 8, 11, 12],
    "冯一鸣": [20, 22, 24, 25, 17, 14, 6, 5, 5],
    "邓雨桐": [16, 23, 27, 25, 17, 14, 6, 0, 0],
}


@dataclass(frozen=True, slots=True)
class Story:
    """The objects tests ask for."""

    cycle: Cycle
    company: Unit
    district: Unit
    head: Person
    metric: Metric
    district_goal: Goal
    worst_goal: Goal


def tell(folder: Path) -> Story:
    """Build the company, deliver nine weeks of collections, set the goals of the quarter and evaluate them."""
    users = {name: make_account(name, role) for name, role in (("hr", Role.HR), ("lead", Role.EMPLOYEE))}
    company = make_unit("六合医疗")
    region = make_unit("华东大区", parent=company)
    make_person("何管理员", unit=company, user=users["hr"])
    chief = make_person("周以宁", unit=region, title="大区总经理", is_head=True)
    cycle = make_cycle("2026Q4", from_on=date(2026, 10, 1), until_on=date(2027, 1, 1))
    metric = make_metric("回款额", code="collections", unit_label="万元", decimals=0, source="用友 U8 应收")
    objective = make_goal(owner=company, metric=None, cycle=cycle, title="成为华东医院首选的设备服务商", code="O1")
    talks = make_goal(owner=company, metric=None, cycle=cycle, title="把销售队伍做成可复制的能力", code="O2")
    regional = make_goal(
        owner=region,
        metric=metric,
        cycle=cycle,
        parent=objective,
        kind=GoalKind.KEY_RESULT,
        title="华东大区第四季度回款 5,300 万元",
        code="KR1",
        base=Decimal(5300),
        stretch=Decimal(6000),
        weight=Decimal(100),
    )
    districts = {
        name: _district(name, region, chief, regional, metric, base=base, user=users["lead"] if place == 0 else None)
        for place, (name, base) in enumerate({"林清越": 1860, "何书瑶": 1890, "徐景行": 1550}.items())
    }
    head, unit, goal = districts["林清越"]
    worst = _members(unit, head, goal, metric)
    _talks(talks, districts["何书瑶"][1])
    units = [(unit, COLLECTED[name]) for name, (_, unit, _) in districts.items()]
    total = [sum(week) for week in zip(*COLLECTED.values(), strict=True)]
    _deliver(metric, [*units, (region, total)], source="用友 U8 应收", filename="回款 2026Q4.csv")
    people = [(Person.objects.get(name=name), weeks) for name, weeks in SHARES.items()]
    _deliver(metric, people, source="CRM", filename="个人回款 2026Q4.csv")
    evaluate_goals(actor=Actor.system("夜间评估"), now=datetime(2026, 11, 29, 1, 0, tzinfo=UTC), as_of=TODAY)
    return Story(cycle, company, unit, head, metric, goal, worst)


def make_account(name: str, role: Role) -> User:
    """An account with one role and the story's password."""
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    roles = [role]
    user_id = create_account(name, password=PASSWORD, name=name, roles=roles, actor=Actor.system("test"), now=moment)
    return User.objects.get(pk=user_id)


def _district(
    name: str, region: Unit, chief: Person, regional: Goal, metric: Metric, *, base: int, user: User | None
) -> tuple[Person, Unit, Goal]:
    title = {"林清越": "苏南区", "何书瑶": "上海区", "徐景行": "浙北区"}[name]
    unit = make_unit(title, parent=region)
    head = make_person(name, unit=unit, manager=chief, user=user, title="主管", is_head=True)
    goal = make_goal(
        owner=unit,
        metric=metric,
        cycle=regional.cycle,
        parent=regional,
        title=f"{title}第四季度回款 {base:,} 万元",
        base=Decimal(base),
        stretch=Decimal(base * 115 // 100),
        weight=Decimal(100),
    )
    return head, unit, goal


def _members(unit: Unit, head: Person, goal: Goal, metric: Metric) -> Goal:
    """The people of the district with their parts; returns the goal of the one who slides most."""
    goals = {}
    for name, base in {"沈亦舟": 420, "许念安": 380, "唐予安": 360, "冯一鸣": 350, "邓雨桐": 350}.items():
        person = make_person(name, unit=unit, manager=head, title="客户经理")
        goals[name] = make_goal(
            owner=person,
            metric=metric,
            cycle=goal.cycle,
            parent=goal,
            title=f"四季度回款 {base} 万元",
            base=Decimal(base),
            stretch=Decimal(base * 12 // 10),
            weight=Decimal(60),
        )
    return goals["沈亦舟"]


def _talks(objective: Goal, unit: Unit) -> None:
    metric = make_metric("辅导次数", code="talks", unit_label="次", aggregation="count", source="一对一记录")
    make_goal(
        owner=unit,
        metric=metric,
        cycle=objective.cycle,
        parent=objective,
        kind=GoalKind.KEY_RESULT,
        title="主管每月人均辅导 3 次",
        base=Decimal(27),
        stretch=None,
    )


def _deliver(
    metric: Metric, subjects: Sequence[tuple[Person | Unit, Sequence[int]]], *, source: str, filename: str
) -> None:
    rows = [
        (subject, FIRST_WEEK + timedelta(days=7 * week), value)
        for subject, weeks in subjects
        for week, value in enumerate(weeks)
        if value
    ]
    ingest_rows(metric, rows, source=source, filename=filename)
