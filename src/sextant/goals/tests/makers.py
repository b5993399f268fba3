"""Cycles and goals for tests. Plain functions; `changes` overrides any column."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from sextant.goals.contracts import GoalKind
from sextant.goals.models import Cycle, Goal
from sextant.metrics.models import Metric
from sextant.people.models import Person, Unit

NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_numbers = count(1)


def make_cycle(code: str = "2026Q1", **changes: object) -> Cycle:
    """The first quarter of 2026, found again when it is there already."""
    values = {"name": code, "from_on": date(2026, 1, 1), "until_on": date(2026, 4, 1), **changes}
    return Cycle.objects.get_or_create(code=code, defaults=values)[0]


def make_goal(*, owner: Person | Unit, metric: Metric | None, **changes: object) -> Goal:
    """A KPI of `owner` on `metric`: base 100, stretch 130, weight 50, in the cycle of `make_cycle`.

    `metric=None` makes an objective. Pass `cycle`, `parent`, `base`, `code` … to differ.
    """
    number = next(_numbers)
    cycle = changes.pop("cycle", None) or make_cycle()
    measured = {"base": Decimal(100), "stretch": Decimal(130)} if metric else {}
    values = {
        "code": f"goal-{number}",
        "title": f"目标 {number}",
        "kind": GoalKind.KPI if metric else GoalKind.OBJECTIVE,
        "cycle": cycle,
        "owner_person" if isinstance(owner, Person) else "owner_unit": owner,
        "metric": metric,
        **measured,
        "weight": Decimal(50),
        "from_on": cycle.from_on,
        "until_on": cycle.until_on,
        "created_at": NOW,
        "updated_at": NOW,
        **changes,
    }
    return Goal.objects.create(**values)
