"""Cycles and goals for tests. Plain functions; `changes` overrides any column."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.conf import settings

from sextant.engines.values import Light
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.goals.contracts import GoalKind
from sextant.goals.models import Cycle, Goal
from sextant.metrics.models import EvaluationRun, Metric, Standing
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


def make_run(**changes: object) -> EvaluationRun:
    """A run as of today, found again when one is there."""
    found = EvaluationRun.objects.order_by("-id").first()
    if found and not changes:
        return found
    lights = {"goals": 0, "green": 0, "yellow": 0, "red": 0, "none": 0}
    versions = {"calendar_version": "five-day/1", "engine_version": "1", "code_version": "1", "ledger_version": 0}
    values = {"as_of": _today(), "started_at": NOW, "started_by": "测试", "seconds": Decimal("0.1"), "digest": "d" * 64}
    return EvaluationRun.objects.create(**{**values, **lights, **versions, **changes})


def make_standing(goal: Goal, light: Light, **changes: object) -> Standing:
    """Where `goal` stands after five weeks of `light`: value 26 of 100 at 40 % of the time, unless changed."""
    today = _today()
    weeks = 5
    values: dict[str, object] = {
        "run": changes.pop("run", None) or make_run(),
        "as_of": today,
        "value": Decimal(26),
        "expected": Decimal(40),
        "elapsed": Decimal("0.4"),
        "attainment": Decimal("0.26"),
        "completion": Decimal("0.65"),
        "score": Decimal("23.6"),
        "light": light.value,
        "reason_code": "light.no_value",
        "reason_params": {"on": today.isoformat()},
        "week_ends": [today - timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)],
        "week_values": [Decimal(number * 5) for number in range(1, weeks + 1)],
        "week_expected": [Decimal(number * 8) for number in range(1, weeks + 1)],
        "week_lights": light.value[0] * weeks,
    }
    return Standing.objects.create(goal_id=goal.id, **{**values, **changes})


def _today() -> date:
    return company_day(clock_now(), settings.SEXTANT_ZONE)
