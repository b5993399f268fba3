"""Goals that no arm judged, with their measurements as Python values: what the row path is given."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from sextant.engines.evaluation.spec import (
    Aggregation,
    Curve,
    Direction,
    GoalSpec,
    LowerCurve,
    Measurement,
    MetricSpec,
)
from sextant.engines.evaluation.sql.inputs import GOAL_COLUMNS

ROWS_AT_ONCE = 5_000
"""Goals whose measurements are Python values at the same time."""


class Connection(Protocol):
    """What is used of a DuckDB connection."""

    def execute(self, query: str, parameters: Any = ...) -> Any:
        """Run a statement."""

    def executemany(self, query: str, parameters: Any = ...) -> Any:
        """Run a statement once per row of parameters."""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A goal of `sx_goal`; `extras` are the columns that were asked for beside those of goal and metric."""

    goal: GoalSpec
    metric: MetricSpec
    terms: int
    measurements: Sequence[Measurement]
    extras: Sequence[Any]


_METRIC = ("aggregation", "direction", "freshness_days", "baseline", "lower_curve", "unit_json", "decimals")
_GOALS = "SELECT {columns} FROM sx_goal WHERE {left_over} ORDER BY goal_id"
_MEASUREMENTS = """SELECT g.goal_id, m.day, m.value, m.denominator, m.batch, m.row FROM measurements AS m
JOIN (SELECT * FROM sx_goal WHERE {left_over} AND goal_id BETWEEN {first} AND {last}) AS g
  ON m.metric_id = g.metric_id AND m.subject_kind = g.subject_kind AND m.subject_id = g.subject_id
WHERE m.day >= g.from_on AND m.day <= g.tau"""


def left_over(connection: Connection, *, done: str, extras: Sequence[str] = ()) -> Iterator[list[LeftOver]]:
    """The goals of `sx_goal` that are not in the table `done`, some thousands at once, in ascending order of ids. The
    caller may add those it was given to `done` as it goes."""
    condition = f"goal_id NOT IN (SELECT goal_id FROM {done})"
    columns = ", ".join([*GOAL_COLUMNS, *_METRIC, "terms", *extras])
    goals = connection.execute(_GOALS.format(columns=columns, left_over=condition)).fetchall()
    for start in range(0, len(goals), ROWS_AT_ONCE):
        slice_ = goals[start : start + ROWS_AT_ONCE]
        found: dict[int, list[Measurement]] = {}
        bounds = {"first": int(slice_[0][0]), "last": int(slice_[-1][0])}
        for goal_id, *fields in connection.execute(_MEASUREMENTS.format(left_over=condition, **bounds)).fetchall():
            found.setdefault(goal_id, []).append(Measurement(*fields))
        yield [_left_over(row, found.get(row[0], ())) for row in slice_]


def _left_over(row: Sequence[Any], measurements: Sequence[Measurement]) -> LeftOver:
    goal = _goal(dict(zip(GOAL_COLUMNS, row, strict=False)))
    metric, rest = row[len(GOAL_COLUMNS) :][: len(_METRIC)], row[len(GOAL_COLUMNS) + len(_METRIC) :]
    return LeftOver(goal, _metric(goal.metric_id, metric), rest[0], measurements, rest[1:])


def _goal(fields: dict[str, Any]) -> GoalSpec:
    curve, weight = fields.pop("curve"), fields.pop("weight")
    return GoalSpec(**fields, curve=Curve(curve or Curve.PARALLEL), weight=weight or Decimal(0))


def _metric(metric_id: int, fields: Sequence[Any]) -> MetricSpec:
    aggregation, direction, freshness_days, baseline, lower_curve, unit_json, decimals = fields
    return MetricSpec(
        metric_id=metric_id,
        aggregation=Aggregation(aggregation),
        direction=Direction(direction),
        freshness_days=freshness_days,
        baseline=baseline,
        lower_curve=LowerCurve(lower_curve),
        unit_label=json.loads(unit_json),
        decimals=decimals,
    )
