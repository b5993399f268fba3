"""Templates, plans and texts of goals for tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from sextant.engines.agreement import GoalTerms
from sextant.foundation.access.contracts import Actor, Role
from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.templates import create_template
from sextant.goals.models import Cycle, Plan
from sextant.goals.plan_definition import PlanDefinition, read_definition
from sextant.goals.tests.makers import make_cycle
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 1, 12, 2, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
_codes = count(1)


def make_definition(**changes: object) -> PlanDefinition:
    """Results 70 % (KPI, key results), tasks 30 % (GS, milestones, actions), extras beside them."""
    results = {"code": "results", "name": "业绩", "weight_pct": 70, "kinds": ["kpi", "key_result", "objective"]}
    tasks = {"code": "tasks", "name": "重点任务", "weight_pct": 30, "kinds": ["gs", "milestone", "action", "behaviour"]}
    extras = {"code": "extras", "name": "加减分", "weight_pct": 0, "kinds": ["bonus", "penalty", "veto"]}
    return read_definition({"dimensions": [results, tasks, extras], "least_goals": 2, "most_goals": 6, **changes})


def make_template(code: str | None = None, **changes: object) -> int:
    """A published template for everyone; `changes` of its definition."""
    return create_template(
        code=code or f"T{next(_codes)}",
        name="通用模板",
        definition=make_definition(**changes),
        from_on=date(2020, 1, 1),
        actor=SYSTEM,
        now=NOW,
    )


def employee(person: Person) -> Actor:
    """The person as they sign in."""
    return Actor(person.user_id, person.id, frozenset({Role.EMPLOYEE}), person.name)


def kpi(metric: Metric, **changes: object) -> GoalTerms:
    """A KPI of 70 % on `metric`: base 420, stretch 480."""
    values: dict[str, object] = {
        "title": "四季度回款 420 万元",
        "dimension": "results",
        "metric": metric.code,
        "base": Decimal(420),
        "stretch": Decimal(480),
        "weight": Decimal(70),
        **changes,
    }
    return GoalTerms(kind="kpi", **values)


def task(**changes: object) -> GoalTerms:
    """A GS of 30 % with what is handed over and when."""
    values: dict[str, object] = {
        "title": "与技术服务部共用装机排期表",
        "dimension": "tasks",
        "deliverable": "6 家医院的排期表",
        "due_on": date(2026, 3, 18),
        "weight": Decimal(30),
        **changes,
    }
    return GoalTerms(kind="gs", **values)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people and the plan between them, with a metric to promise."""

    owner: Person
    manager: Person
    stranger: Person
    unit: Unit
    cycle: Cycle
    metric: Metric
    plan: Plan

    @property
    def as_owner(self) -> Actor:
        """Who speaks for the owner."""
        return employee(self.owner)

    @property
    def as_manager(self) -> Actor:
        """Who speaks for the company."""
        return employee(self.manager)


def make_pair() -> Pair:
    """A team with a head, a member whose plan of 2026Q1 is an empty draft, and somebody of another team."""
    company = make_unit("公司")
    unit = make_unit("苏南区", parent=company)
    manager = make_person("林清越", unit=unit, is_head=True)
    owner = make_person("沈亦舟", unit=unit, manager=manager, title="客户经理")
    stranger = make_person("王外人", unit=make_unit("浙北区", parent=company))
    cycle, metric = make_cycle(), make_metric("回款额", unit_label="万元")
    make_template()
    plan_id = open_plan(owner_person_id=owner.id, cycle_id=cycle.id, actor=employee(owner), now=NOW)
    return Pair(owner, manager, stranger, unit, cycle, metric, Plan.objects.get(id=plan_id))
