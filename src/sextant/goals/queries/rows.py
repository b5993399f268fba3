"""Goals as frozen rows. Every list of goals comes through here."""

from dataclasses import replace

from django.db.models import Count, QuerySet

from sextant.goals.contracts import GoalKind, GoalRow, GoalState
from sextant.goals.models import Goal


def list_rows(goals: QuerySet[Goal], *, counted: QuerySet[Goal] | None = None) -> list[GoalRow]:
    """`goals` in their order as rows, in one query. With `counted` each row also knows how many of those goals lie
    right below it, for one query more."""
    rows = [row_of(goal) for goal in goals.select_related("owner_person", "owner_unit", "metric")]
    if counted is None:
        return rows
    # asked in one go: a count per row would be a scan per row wherever one goal has most of the others below it
    below = counted.filter(parent_id__in=[row.id for row in rows]).order_by().values("parent_id")
    counts = {one["parent_id"]: one["n"] for one in below.annotate(n=Count("id"))}
    return [replace(row, children=counts.get(row.id, 0)) for row in rows]


def list_goals_of_person(person_id: int, *, cycle_id: int) -> list[GoalRow]:
    """A person's goals in a cycle, the heaviest first. The caller has asked `access` for the person."""
    return list_rows(_of_cycle(Goal.objects.filter(owner_person_id=person_id), cycle_id))


def list_goals_of_unit(unit_id: int, *, cycle_id: int) -> list[GoalRow]:
    """The goals a unit itself owns in a cycle, the heaviest first. The caller has asked `access` for the unit."""
    return list_rows(_of_cycle(Goal.objects.filter(owner_unit_id=unit_id), cycle_id))


def find_goal_id(code: str) -> int | None:
    """The id of the goal with this code, or None."""
    return Goal.objects.filter(code=code).values_list("id", flat=True).first()


def _of_cycle(goals: QuerySet[Goal], cycle_id: int) -> QuerySet[Goal]:
    return goals.filter(cycle_id=cycle_id).order_by("-weight", "id")


def row_of(goal: Goal) -> GoalRow:
    """A goal already read as a row; no query where owner and metric were read with it."""
    owner = goal.owner_person or goal.owner_unit
    return GoalRow(
        id=goal.id,
        code=goal.code,
        title=goal.title,
        kind=GoalKind(goal.kind),
        cycle_id=goal.cycle_id,
        owner_person_id=goal.owner_person_id,
        owner_unit_id=goal.owner_unit_id,
        owner_name=owner.name if owner else "",
        metric_id=goal.metric_id,
        parent_id=goal.parent_id,
        base=goal.base,
        stretch=goal.stretch,
        weight=goal.weight,
        from_on=goal.from_on,
        until_on=goal.until_on,
        is_company=goal.owner_unit is not None and goal.owner_unit.parent_id is None,
        metric_name=goal.metric.name if goal.metric else "",
        unit_label=goal.metric.unit_label if goal.metric else "",
        decimals=goal.metric.decimals if goal.metric else 0,
        state=GoalState(goal.state),
    )
