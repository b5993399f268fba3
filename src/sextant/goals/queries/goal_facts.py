"""What is so of goals, now and at the end of past weeks: for conditions over many of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from sextant.engines.evaluation import Aggregation, Case, Direction, GoalSpec, MetricSpec, case_of, completion_at
from sextant.engines.values import Light
from sextant.goals.contracts import GoalState
from sextant.goals.contracts.progress import GoalStatus
from sextant.goals.models import Goal, Suspension
from sextant.goals.queries.statuses import statuses_of
from sextant.metrics.models import Standing
from sextant.people.queries import list_primary_posts, list_units, names_of_units

LOOKED_AT = (GoalState.RUNNING, GoalState.SUSPENDED)
"""Goals that rules look at: agreed and not over. A suspended one is looked at, for whoever wants to leave it out."""
_LETTERS = {"g": Light.GREEN, "y": Light.YELLOW, "r": Light.RED, "n": Light.NONE}


@dataclass(frozen=True, slots=True)
class WeekFact:
    """A finished week of a goal: its last day, value, expectation and completion, its light and for how many weeks it
    had been that by then."""

    ends_on: date
    value: Decimal | None
    expected: Decimal | None
    completion: Decimal | None
    light: Light
    light_weeks: int


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """What is so of a goal. `person_id` is its owner, or the head of the unit that owns it; None where there is none.
    Without a standing or status the light is grey and the figures are None. `weeks` are finished ones, oldest first;
    `pauses` the days [from, until) on which it was suspended, those of a suspension that lasts as it was agreed."""

    goal: Goal
    owner_name: str
    unit_name: str
    person_id: int | None
    light: Light
    light_weeks: int
    value: Decimal | None
    expected: Decimal | None
    elapsed: Decimal | None
    attainment: Decimal | None
    completion: Decimal | None
    score: Decimal | None
    weeks: tuple[WeekFact, ...]
    pauses: tuple[tuple[date, date], ...] = ()

    def was_suspended(self, on: date) -> bool:
        """Whether the goal was suspended on the day."""
        return any(from_on <= on < until_on for from_on, until_on in self.pauses)


def looked_at(goals: QuerySet[Goal], *, on: date) -> QuerySet[Goal]:
    """Those of the goals that rules look at on the day."""
    return goals.filter(state__in=LOOKED_AT, from_on__lte=on, until_on__gt=on)


def goal_facts(goals: QuerySet[Goal], *, on: date) -> dict[int, GoalFacts]:
    """The facts of these goals by id. At most ten queries, however many goals."""
    rows = list(goals.select_related("owner_person", "owner_unit", "metric", "cycle"))
    standings = {one.goal_id: one for one in Standing.objects.filter(goal_id__in=[one.pk for one in rows])}
    statuses = statuses_of([one.pk for one in rows if one.metric_id is None], on=on)
    owners = {one.owner_person_id for one in rows if one.owner_person_id is not None}
    units = {one.person_id: one.unit_id for one in list_primary_posts(on=on, person_ids=owners)} if owners else {}
    names = names_of_units(set(units.values())) if units else {}
    unit_ids = {one.owner_unit_id for one in rows if one.owner_unit_id is not None}
    heads = {one.id: one.head_id for one in list_units(on=on, ids=unit_ids)} if unit_ids else {}
    pauses = _pauses([one.pk for one in rows])
    return {
        one.pk: replace(
            _facts(one, standings.get(one.pk), statuses.get(one.pk), units, names, heads, on=on),
            pauses=tuple(pauses.get(one.pk, ())),
        )
        for one in rows
    }


def _pauses(goal_ids: list[int]) -> dict[int, list[tuple[date, date]]]:
    found: dict[int, list[tuple[date, date]]] = {}
    spans = Suspension.objects.filter(goal_id__in=goal_ids).values_list("goal_id", "from_on", "until_on", "ended_on")
    for goal_id, from_on, until_on, ended_on in spans:
        found.setdefault(goal_id, []).append((from_on, ended_on or until_on))
    return found


def _facts(
    goal: Goal,
    standing: Standing | None,
    status: GoalStatus | None,
    units: Mapping[int, int],
    names: Mapping[int, str],
    heads: Mapping[int, int | None],
    *,
    on: date,
) -> GoalFacts:
    owner, unit = goal.owner_person, goal.owner_unit
    light = Light(standing.light) if standing else status.light if status else Light.NONE
    weeks = _weeks(goal, standing, on=on) if standing else ()
    return GoalFacts(
        goal=goal,
        owner_name=owner.name if owner else unit.name if unit else "",
        unit_name=unit.name if unit else names.get(units.get(goal.owner_person_id or 0, 0), ""),
        person_id=goal.owner_person_id if owner else heads.get(goal.owner_unit_id or 0),
        light=light,
        light_weeks=_trailing(standing.week_lights, light) if standing else 0,
        value=standing.value if standing else status.progress if status else None,
        expected=standing.expected if standing else None,
        elapsed=standing.elapsed if standing else status.elapsed if status else None,
        attainment=standing.attainment if standing else status.progress if status else None,
        completion=standing.completion if standing else status.completion if status else None,
        score=standing.score if standing else None,
        weeks=weeks,
    )


def _weeks(goal: Goal, standing: Standing, *, on: date) -> tuple[WeekFact, ...]:
    """The weeks that are over by the day."""
    case, found = _case_of(goal), []
    stored = zip(standing.week_ends, standing.week_values, standing.week_expected, standing.week_lights, strict=True)
    for place, (ends_on, value, expected, letter) in enumerate(stored, start=1):
        if ends_on < on:
            completion = completion_at(value, expected, case=case, start=goal.start)
            light = _LETTERS[letter]
            streak = _trailing(standing.week_lights[:place], light)
            found.append(WeekFact(ends_on, value, expected, completion, light, streak))
    return tuple(found)


def _trailing(letters: str, light: Light) -> int:
    """How many weeks at the end have this light; the week that runs counts.

    >>> _trailing("gyrr", Light.RED), _trailing("gyrr", Light.GREEN)
    (2, 0)
    """
    return len(letters) - len(letters.rstrip(light.value[0]))


def _case_of(goal: Goal) -> Case:
    metric = goal.metric
    assert metric is not None  # only measured goals have standings
    spec = MetricSpec(metric.pk, Aggregation(metric.aggregation), Direction(metric.direction))
    told = GoalSpec(goal.pk, metric.pk, 0, 0, goal.from_on, goal.until_on, base=goal.base, start=goal.start)
    return case_of(told, spec)
