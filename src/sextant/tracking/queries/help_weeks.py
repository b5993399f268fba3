"""Weeks of goals as they are stored, ready to be compared: one query for as many goals as asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation import Aggregation, Case, Direction, GoalSpec, MetricSpec, case_of
from sextant.engines.similar import WeekMark
from sextant.engines.values import Light
from sextant.goals.models import Goal
from sextant.metrics.models import Standing
from sextant.tracking.policy.help_weeks import marks_of

LETTERS = {"g": Light.GREEN, "y": Light.YELLOW, "r": Light.RED, "n": Light.NONE}
IN_TROUBLE = "[yr]n*[yr]"
"""Stored lights that hold a stretch of at least two weeks, as a regular expression of PostgreSQL."""
_COLUMNS = (
    "goal_id",
    "as_of",
    "run_id",
    "light",
    "completion",
    "week_ends",
    "week_values",
    "week_expected",
    "week_lights",
)


@dataclass(frozen=True, slots=True)
class GoalWeeks:
    """A goal's standing with its weeks as marks, oldest first. The last week carries the standing's own completion,
    which the engine computed; those before are solved from what is stored."""

    goal_id: int
    as_of: date
    run_id: int
    light: Light
    completion: Decimal | None
    weeks: tuple[WeekMark, ...]


def weeks_of(goals: Iterable[Goal]) -> dict[int, GoalWeeks]:
    """The weeks of these goals, whose metrics were read with them; a goal that no run has looked at is absent. One
    query, none without goals."""
    by_id = {goal.pk: goal for goal in goals if goal.metric_id is not None}
    if not by_id:
        return {}
    rows = Standing.objects.filter(goal_id__in=list(by_id)).values_list(*_COLUMNS)
    return {row[0]: _weeks(by_id[row[0]], *row) for row in rows}


def _weeks(
    goal: Goal,
    goal_id: int,
    as_of: date,
    run_id: int,
    light: str,
    completion: Decimal | None,
    ends: list[date],
    values: list[Decimal | None],
    expected: list[Decimal | None],
    letters: str,
) -> GoalWeeks:
    stored = zip(ends, values, expected, (LETTERS[letter] for letter in letters), strict=True)
    marks = list(marks_of(stored, case=_case(goal), start=goal.start))
    if marks:
        marks[-1] = WeekMark(marks[-1].ends_on, completion, marks[-1].light)
    return GoalWeeks(goal_id, as_of, run_id, Light(light), completion, tuple(marks))


def _case(goal: Goal) -> Case:
    metric = goal.metric
    assert metric is not None  # weeks_of takes goals with one
    spec = MetricSpec(metric.pk, Aggregation(metric.aggregation), Direction(metric.direction))
    told = GoalSpec(goal.pk, metric.pk, 0, 0, goal.from_on, goal.until_on, base=goal.base, start=goal.start)
    return case_of(told, spec)
