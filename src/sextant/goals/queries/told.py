"""How far goals are that no metric measures: read with everything below that they depend on, in two statements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from sextant.engines.values import Period
from sextant.goals.contracts import GoalKind, GoalState, ProgressFrom
from sextant.goals.policy.plan_kinds import effective_source
from sextant.goals.policy.progress import ChildProgress, progress_of_children, progress_of_steps
from sextant.metrics.queries import marks_of
from sextant.metrics.queries.standings import StandingMark

COUNTED = (GoalState.RUNNING, GoalState.CLOSED)
"""Children their parent is made of: what is over stays what it came to."""

# What a goal is told by is read beside it. The walk goes down through goals that are told by their children alone: a
# measured child has a standing, and whatever else tells of itself needs nobody below.
_DOWNWARDS = """
    WITH RECURSIVE down (id, parent_id, plan_id, metric_id, title, kind, progress_from, state, weight, base, from_on,
                         until_on) AS (
        SELECT id, parent_id, plan_id, metric_id, title, kind, progress_from, state, weight, base, from_on, until_on
          FROM goals_goal WHERE id = ANY(%(ids)s)
        UNION
        SELECT goal.id, goal.parent_id, goal.plan_id, goal.metric_id, goal.title, goal.kind, goal.progress_from,
               goal.state, goal.weight, goal.base, goal.from_on, goal.until_on
          FROM goals_goal goal JOIN down ON goal.parent_id = down.id
         WHERE down.metric_id IS NULL AND goal.state = ANY(%(counted)s)
           AND (down.progress_from = %(children)s OR down.kind = %(objective)s)
    )
    SELECT down.*,
           (SELECT ratio FROM goals_progressnote note WHERE note.goal_id = down.id AND note.ratio IS NOT NULL
             ORDER BY "on" DESC, note.id DESC LIMIT 1) AS said,
           step.points, step.points_done, item.items, item.items_done, pause.days
      FROM down
      LEFT JOIN LATERAL (SELECT sum(points) AS points, sum(points) FILTER (WHERE done_on IS NOT NULL) AS points_done
        FROM goals_milestone WHERE goal_id = down.id) step ON TRUE
      LEFT JOIN LATERAL (SELECT count(*) AS items, count(done_on) AS items_done
        FROM goals_actionitem WHERE goal_id = down.id) item ON TRUE
      LEFT JOIN LATERAL (SELECT sum(ended_on - from_on) AS days
        FROM goals_suspension WHERE goal_id = down.id AND ended_on IS NOT NULL) pause ON TRUE
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A goal as far as its progress goes. `said` is the latest ratio somebody stated, `points` and `items` what its
    milestones and its action list come to: (done, all). `base` is the target, or the points of what stands beside the
    goals. `days_out` are the days it was not judged in suspensions that are over."""

    id: int
    parent_id: int | None
    plan_id: int | None
    title: str
    kind: GoalKind
    is_measured: bool
    source: ProgressFrom
    state: GoalState
    weight: Decimal
    base: Decimal | None
    period: Period
    said: Decimal | None
    points: tuple[Decimal, Decimal]
    items: tuple[int, int]
    days_out: int


@dataclass(frozen=True, slots=True)
class ToldGoals:
    """Goals with what they depend on, and how far each is; `marks` are the standings of the measured ones."""

    goals: Mapping[int, Told]
    marks: Mapping[int, StandingMark]
    children: Mapping[int, tuple[int, ...]]
    ratios: Mapping[int, Decimal | None]


def read_told(goal_ids: Iterable[int]) -> ToldGoals:
    """How far these goals are, and everything below that their progress is made of. Two queries, however deep."""
    params: dict[str, list[int] | list[str] | str] = {
        "ids": list(goal_ids),
        "children": ProgressFrom.CHILDREN.value,
        "objective": GoalKind.OBJECTIVE.value,
        "counted": [one.value for one in COUNTED],
    }
    with connection.cursor() as cursor:
        cursor.execute(_DOWNWARDS, params)
        goals = {row[0]: _told(*row) for row in cursor.fetchall()}
    marks = marks_of([one.id for one in goals.values() if one.is_measured])
    children: dict[int, tuple[int, ...]] = {}
    for one in goals.values():
        if one.parent_id is not None and one.parent_id in goals and one.state in COUNTED:
            children[one.parent_id] = (*children.get(one.parent_id, ()), one.id)
    ratios: dict[int, Decimal | None] = {}
    for id_ in goals:
        _fill(id_, ratios, goals=goals, marks=marks, children=children, above=frozenset())
    return ToldGoals(goals, marks, children, ratios)


def progress_of_goals(goal_ids: Collection[int]) -> dict[int, Decimal | None]:
    """How much of what was promised each goal has reached, by where its progress comes from; None: nobody knows."""
    told = read_told(goal_ids)
    return {id_: told.ratios.get(id_) for id_ in goal_ids}


def _fill(
    id_: int,
    ratios: dict[int, Decimal | None],
    *,
    goals: Mapping[int, Told],
    marks: Mapping[int, StandingMark],
    children: Mapping[int, tuple[int, ...]],
    above: frozenset[int],
) -> None:
    """`ratios[id_]`, and those of everything below. A loop of parents, which only a broken import leaves, ends."""
    if id_ in ratios or id_ in above:
        return
    one, below = goals[id_], children.get(id_, ())
    if one.source is ProgressFrom.CHILDREN:
        for child in below:
            _fill(child, ratios, goals=goals, marks=marks, children=children, above=above | {id_})
        parts = [ChildProgress(goals[child].weight, ratios.get(child)) for child in below]
        ratios[id_] = progress_of_children(parts)
    else:
        ratios[id_] = _own(one, marks.get(id_))


def _own(one: Told, mark: StandingMark | None) -> Decimal | None:
    if one.source is ProgressFrom.METRIC:
        return mark.attainment if mark else None
    if one.source is ProgressFrom.ACTIONS:
        done, whole = one.points if one.points[1] else map(Decimal, one.items)
        return progress_of_steps([(done, True), (whole - done, False)])
    return one.said


def _told(
    id_: int,
    parent_id: int | None,
    plan_id: int | None,
    metric_id: int | None,
    title: str,
    kind: str,
    source: str,
    state: str,
    weight: Decimal,
    base: Decimal | None,
    from_on: date,
    until_on: date,
    said: Decimal | None,
    points: Decimal | None,
    points_done: Decimal | None,
    items: int,
    items_done: int,
    days_out: int | None,
) -> Told:
    zero = Decimal(0)
    return Told(
        id=id_,
        parent_id=parent_id,
        plan_id=plan_id,
        title=title,
        kind=GoalKind(kind),
        is_measured=metric_id is not None,
        source=effective_source(GoalKind(kind), ProgressFrom(source), is_measured=metric_id is not None),
        state=GoalState(state),
        weight=weight,
        base=base,
        period=Period(from_on, until_on),
        said=said,
        points=(points_done or zero, points or zero),
        items=(items_done, items),
        days_out=days_out or 0,
    )
