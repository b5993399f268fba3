"""Plans of the quarter to come, on every step of their way: a draft, two that are argued about, one to be signed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sextant.demo import units
from sextant.demo.organisation import CAST
from sextant.engines.agreement import GoalTerms, StepTerms
from sextant.foundation.access.contracts import Actor, Role
from sextant.goals.actions import open_cycle
from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.plans import propose_plan, start_discussion
from sextant.goals.actions.positions import accept_positions, save_goal_position
from sextant.goals.actions.templates import create_template
from sextant.goals.contracts import CycleRow
from sextant.goals.plan_definition import read_definition
from sextant.goals.policy import decide_period
from sextant.goals.queries.plans import list_plan_goals
from sextant.people.queries import get_person, resolve_persons

_RESULTS = {"code": "results", "name": "业绩", "kinds": ["kpi", "key_result"], "least": 1}
_TASKS = {"code": "tasks", "name": "重点任务", "kinds": ["gs", "milestone", "action"]}
_CONDUCT = {"code": "conduct", "name": "行为", "kinds": ["behaviour"]}
_EXTRAS = {"code": "extras", "name": "加减分", "weight_pct": 0, "kinds": ["bonus", "penalty", "veto"]}
TEMPLATES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("sales", "销售岗位", {
        "dimensions": [{**_RESULTS, "weight_pct": 70}, {**_TASKS, "weight_pct": 30}, _EXTRAS],
        "role_families": ["客户经理", "销售组长", "大区总监"],
    }),
    ("units", "部门", {
        "dimensions": [
            {**_RESULTS, "weight_pct": 100, "kinds": ["objective", "key_result", "kpi"]},
            {**_EXTRAS, "kinds": ["penalty", "veto"]},
        ],
        "least_goals": 2,
        "role_families": ["unit"],
    }),
    ("general", "通用", {
        "dimensions": [
            {**_RESULTS, "weight_pct": 50}, {**_TASKS, "weight_pct": 40}, {**_CONDUCT, "weight_pct": 10}, _EXTRAS,
        ],
        "elasticity": "0.10",
    }),
)  # fmt: skip
PUBLISHED_ON = date(2020, 1, 1)


def load_plans(*, today: date, now: datetime) -> None:
    """Publish the templates, open the quarter after this one, and write plans into it as the people themselves."""
    system = Actor.system("demo")
    for code, name, document in TEMPLATES:
        definition = read_definition(document)
        create_template(code=code, name=name, definition=definition, from_on=PUBLISHED_ON, actor=system, now=now)
    writer = _Writer(open_cycle(_next_quarter(today), actor=system, now=now), now)
    seller, star = CAST["XC-S-E1", 1], CAST["XC-S-E1", 2]
    leader, director = CAST["XC-S-E1", 0], CAST[units.SLIDING, 0]
    writer.argue(seller, sales_goals(writer.cycle, collections=400, visits=120), leader, collections=420)
    writer.argue(leader, sales_goals(writer.cycle, collections=3900, visits=0), director, collections=4200)
    writer.agree(star, sales_goals(writer.cycle, collections=560, visits=150), leader)
    writer.draft(director, sales_goals(writer.cycle, collections=12800, visits=0)[:2])


def sales_goals(cycle: CycleRow, *, collections: int, visits: int) -> list[GoalTerms]:
    """What somebody in sales writes down for `cycle`: two or three measures, a task, steps, and a bonus."""
    last_on = cycle.until_on - timedelta(days=1)
    money = GoalTerms(
        f"回款 {collections:,} 万元",
        "kpi",
        dimension="results",
        metric="sales.collections",
        base=Decimal(collections),
        stretch=Decimal(collections * 115 // 100),
        weight=Decimal(40),
    )
    cycle_time = GoalTerms(
        "商机转化周期缩到 34 天",
        "kpi",
        dimension="results",
        metric="sales.cycle",
        start=Decimal(40),
        base=Decimal(34),
        stretch=Decimal(30),
        weight=Decimal(30),
    )
    steps = (
        StepTerms("名单和联系人核对完", Decimal(30), last_on - timedelta(days=60)),
        StepTerms("三家签下试用", Decimal(70), last_on),
    )
    milestones = GoalTerms(
        "打开精密轴承客户群", "milestone", dimension="tasks", weight=Decimal(20), due_on=last_on,
        deliverable="三份试用协议", milestones=steps,
    )  # fmt: skip
    task = GoalTerms(
        "和技术服务部共用装机排期表", "gs", dimension="tasks", weight=Decimal(10), due_on=last_on - timedelta(days=14),
        deliverable="六家客户的排期表，延期不超过 2 次",
    )  # fmt: skip
    bonus = GoalTerms("带出一名能独立报价的新人", "bonus", dimension="extras", base=Decimal(5))
    if not visits:
        return [money, cycle_time, milestones, task, bonus]
    many = replace(cycle_time, title=f"有效拜访 {visits} 次", metric="sales.visits", start=None, base=Decimal(visits))
    return [money, replace(many, stretch=Decimal(visits * 112 // 100)), milestones, task, bonus]


class _Writer:
    """Writes plans of one cycle as the people who sit there."""

    def __init__(self, cycle: CycleRow, now: datetime) -> None:
        self.cycle = cycle
        self.now = now

    def draft(self, owner: str, goals: list[GoalTerms]) -> int:
        """The owner's draft."""
        actor = self._actor(owner)
        plan_id = open_plan(owner_person_id=actor.person_id, cycle_id=self.cycle.id, actor=actor, now=self.now)
        for revision, terms in enumerate(goals):
            save_goal_position(plan_id, goal_id=None, terms=terms, revision=revision, **self._by(actor))
        return plan_id

    def argue(self, owner: str, goals: list[GoalTerms], other: str, *, collections: int) -> None:
        """A draft handed over, in which the other side wants more money for more weight and agrees with the rest."""
        plan_id = self.draft(owner, goals)
        start_discussion(plan_id, revision=len(goals), **self._by(self._actor(owner)))
        money, *rest = list_plan_goals(plan_id)
        wanted = replace(
            goals[0],
            title=f"回款 {collections:,} 万元",
            base=Decimal(collections),
            stretch=Decimal(collections * 115 // 100),
        )
        by = self._by(self._actor(other))
        accept_positions(plan_id, goal_ids=[one.id for one in rest[1:]], revision=len(goals) + 1, **by)
        save_goal_position(plan_id, goal_id=money.id, terms=wanted, revision=len(goals) + 2, **by)

    def agree(self, owner: str, goals: list[GoalTerms], other: str) -> None:
        """A draft on which both agree: only the signatures are left."""
        plan_id = self.draft(owner, goals)
        start_discussion(plan_id, revision=len(goals), **self._by(self._actor(owner)))
        by = self._by(self._actor(other))
        accept_positions(plan_id, goal_ids=[one.id for one in list_plan_goals(plan_id)], revision=len(goals) + 1, **by)
        propose_plan(plan_id, revision=len(goals) + 2, **by)

    def _by(self, actor: Actor) -> Mapping[str, Any]:
        return {"actor": actor, "now": self.now}

    def _actor(self, name: str) -> Actor:
        person_id = resolve_persons([name], by="name")[name]
        assert person_id is not None  # the cast are alone with their names
        person = get_person(person_id, on=self.now.date())
        return Actor(None, person.id, frozenset({Role.EMPLOYEE}), person.name)


def _next_quarter(today: date) -> Any:
    quarter = (today.month - 1) // 3 + 2
    year = today.year + (quarter > 4)
    return decide_period(f"{year}Q{1 if quarter > 4 else quarter}").value
