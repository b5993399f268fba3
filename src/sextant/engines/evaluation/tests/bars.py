"""What dynamic thresholds become for every goal, one by one: what the set path is held against."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation import (
    NO_BARS,
    Bars,
    Comparison,
    Dynamic,
    GoalSpec,
    MetricSpec,
    Thresholds,
    bars_of,
    completion_on,
    list_moments,
)
from sextant.engines.evaluation.dynamic import can_look_back
from sextant.engines.evaluation.sql import Terms
from sextant.engines.evaluation.tests.set_path import Histories


def bars_by_goal(
    goals: Iterable[GoalSpec],
    histories: Histories,
    *,
    metrics: Mapping[int, MetricSpec],
    terms_of: Callable[[GoalSpec], Terms],
    on: date,
    peers: Mapping[int, str],
) -> dict[int, Bars]:
    """Bars by goal; those under constants have none."""
    begun = [goal for goal in goals if goal.from_on <= on and goal.until_on > goal.from_on]
    dynamic = {goal.goal_id: terms_of(goal).thresholds.dynamic for goal in begun}

    def pool_of(goal: GoalSpec) -> object:
        if (rule := dynamic[goal.goal_id]) and rule.of is Comparison.OWN:
            return goal.goal_id
        if not rule or goal.goal_id not in peers:
            return None
        return (goal.metric_id, goal.subject_kind, goal.period, peers[goal.goal_id])

    pools: dict[object, list[Decimal]] = {}
    for goal in begun:
        if dynamic[goal.goal_id] and (pool := pool_of(goal)) is not None:
            rows = histories[(goal.metric_id, goal.subject_kind, goal.subject_id)]
            known = {"metric": metrics[goal.metric_id], "calendar": terms_of(goal).calendar}
            pools.setdefault(pool, []).extend(
                completions(goal, rows, dynamic[goal.goal_id], thresholds=terms_of(goal).thresholds, on=on, **known)
            )
    return {
        goal.goal_id: bars_of(rule, pools.get(pool_of(goal), ())) if (rule := dynamic[goal.goal_id]) else NO_BARS
        for goal in begun
    }


def completions(goal, rows, dynamic: Dynamic, *, metric, on: date, calendar, thresholds: Thresholds) -> list[Decimal]:
    """Those of a goal at each moment it is asked about."""
    if dynamic.of is Comparison.OWN and not can_look_back(goal, metric):
        return []
    found = (
        completion_on(
            replace(goal, from_on=moment.period.from_on, until_on=moment.period.until_on),
            rows,
            metric=metric,
            on=moment.on,
            calendar=calendar,
            thresholds=thresholds,
        )
        for moment in list_moments(dynamic, goal.period, on=on)
    )
    return [completion for completion in found if completion is not None]
