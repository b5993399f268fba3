"""A team's goals of a cycle: people by measures, with lights, and how far each plan has come."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from sextant.engines.values import Light
from sextant.goals.contracts import GoalState, PlanState
from sextant.goals.models import Goal, Plan
from sextant.metrics.queries import standings_of

MOST_MEASURES = 6
"""Columns that fit on a desk; goals on rarer measures, and those without one, are gathered in one more."""


@dataclass(frozen=True, slots=True)
class TeamGoal:
    """A goal as a cell of the matrix. `attained` None: no figure yet."""

    id: int
    title: str
    state: GoalState
    weight: Decimal
    light: Light
    attained: Decimal | None


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One person: a cell per measure (None: no such goal), the other goals, and the plan if there is one."""

    person_id: int
    cells: tuple[TeamGoal | None, ...]
    others: tuple[TeamGoal, ...]
    plan_id: int | None
    plan_state: PlanState | None
    weight: Decimal


@dataclass(frozen=True, slots=True)
class TeamMatrix:
    """`measures` are the names of the columns."""

    measures: tuple[str, ...]
    rows: tuple[TeamRow, ...]


def read_team(goals: QuerySet[Goal], plans: QuerySet[Plan], *, person_ids: Sequence[int], cycle_id: int) -> TeamMatrix:
    """The matrix of these people in their order, from `goals` and `plans` the reader may see. Three queries, however
    many people and goals."""
    columns = ("id", "title", "state", "weight", "owner_person_id", "metric_id", "metric__name")
    mine = goals.filter(owner_person_id__in=person_ids, cycle_id=cycle_id).exclude(state=GoalState.DROPPED)
    found = list(mine.order_by("-weight", "id").values(*columns))
    standings = standings_of([one["id"] for one in found])
    held = plans.filter(owner_person_id__in=person_ids, cycle_id=cycle_id)
    by_owner = {
        owner: (id_, PlanState(state)) for id_, owner, state in held.values_list("id", "owner_person_id", "state")
    }
    measures = _common(found)
    by_person: defaultdict[int, list[tuple[int | None, TeamGoal]]] = defaultdict(list)
    for one in found:
        standing = standings.get(one["id"])
        light = standing.light if standing else Light.NONE
        attained = standing.attainment if standing else None
        goal = TeamGoal(one["id"], one["title"], GoalState(one["state"]), one["weight"], light, attained)
        by_person[one["owner_person_id"]].append((one["metric_id"], goal))
    rows = tuple(_row(id_, by_person.get(id_, []), measures, by_owner.get(id_)) for id_ in person_ids)
    return TeamMatrix(tuple(measures.values()), rows)


def _row(
    person_id: int,
    goals: Sequence[tuple[int | None, TeamGoal]],
    measures: Mapping[int, str],
    plan: tuple[int, PlanState] | None,
) -> TeamRow:
    by_metric = {metric_id: goal for metric_id, goal in reversed(goals) if metric_id in measures}
    shown = {goal.id for goal in by_metric.values()}
    return TeamRow(
        person_id=person_id,
        cells=tuple(by_metric.get(metric_id) for metric_id in measures),
        others=tuple(goal for _, goal in goals if goal.id not in shown),
        plan_id=plan[0] if plan else None,
        plan_state=plan[1] if plan else None,
        weight=sum((goal.weight for _, goal in goals), Decimal(0)),
    )


def _common(found: Collection[Mapping[str, object]]) -> dict[int, str]:
    """The measures most people have, as many as fit, the commonest first: name by id."""
    names = {one["metric_id"]: str(one["metric__name"]) for one in found if isinstance(one["metric_id"], int)}
    counts = Counter(one["metric_id"] for one in found if one["metric_id"] is not None)
    chosen = sorted(names, key=lambda id_: (-counts[id_], str(id_)))[:MOST_MEASURES]
    return {id_: names[id_] for id_ in chosen if isinstance(id_, int)}
