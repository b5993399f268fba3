"""Runs a set evaluation on a connection the caller opened: part by part, arms first, then what is left one by one.

The caller has made the relations `goal_specs`, `metric_specs` and `measurements` visible on the connection, and where
there are any those of `TERMS_COLUMNS`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, Protocol

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.evaluate import evaluate
from sextant.engines.evaluation.spec import (
    Aggregation,
    Curve,
    Direction,
    GoalSpec,
    LowerCurve,
    ManualLight,
    Measurement,
    MetricSpec,
)
from sextant.engines.evaluation.sql.arm import Arm, arm_statement
from sextant.engines.evaluation.sql.inputs import (
    FIRST_AND_LAST,
    GOAL_COLUMNS,
    IS_NARROW,
    LEFT_OVER,
    LONGEST,
    PART_STARTS,
    SURVEY,
    Part,
    Setting,
    early,
    part_goals,
    prepare,
    spans,
    worked_days,
)
from sextant.engines.values import Light

GOALS_AT_ONCE = 250_000
"""Goals of one part: bounds memory to some hundreds of mebibytes, however many goals a run has."""


LINES = "SELECT line FROM sx_standing ORDER BY goal_id"
"""After a part: its canonical rows in order of goal."""


class Connection(Protocol):
    """What is used of a DuckDB connection."""

    def execute(self, query: str, parameters: Any = ...) -> Any:
        """Run a statement."""

    def executemany(self, query: str, parameters: Any = ...) -> Any:
        """Run a statement once per row of parameters."""


LEAST_OF_AN_ARM = 200
"""Goals on special terms for which a statement of their own is worth it; fewer go one by one."""


def evaluate_set(
    connection: Connection,
    setting: Setting,
    *,
    goals_at_once: int = GOALS_AT_ONCE,
    least_of_an_arm: int = LEAST_OF_AN_ARM,
) -> Iterator[Part]:
    """Evaluate every goal of `goal_specs` whose metric is in `metric_specs`, in parts of ascending ids.

    After each yield the table `sx_standing` (goal_id, light, line) holds the standings of that part, and of no other;
    `line` is the canonical row.
    """
    for statement in prepare(setting):
        connection.execute(statement)
    placed: set[int] = set()
    is_narrow = bool(connection.execute(IS_NARROW).fetchall()[0][0])
    for part in _parts(connection, goals_at_once):
        connection.execute("TRUNCATE sx_standing")
        connection.execute(part_goals(setting, part))
        surveyed = connection.execute(SURVEY).fetchall()
        for arm in plan_arms(surveyed, setting, is_narrow=is_narrow, least_of_an_arm=least_of_an_arm):
            if arm.terms not in placed:
                _place_periods(connection, setting.under(arm.terms), arm)
                placed.add(arm.terms)
            connection.execute(arm_statement(arm, setting.under(arm.terms)))
        connection.execute(early(setting))
        _one_by_one(connection, setting)
        yield part


def _parts(connection: Connection, goals_at_once: int) -> list[Part]:
    starts = [row[0] for row in connection.execute(PART_STARTS.format(goals_at_once=int(goals_at_once))).fetchall()]
    return [Part(low, high) for low, high in pairwise([*starts, None]) if low is not None]


def _place_periods(connection: Connection, setting: Setting, arm: Arm) -> None:
    """Every period in the time of the arm's terms, once a run."""
    longest = connection.execute(LONGEST).fetchall()[0][0]
    first, last = connection.execute(FIRST_AND_LAST).fetchall()[0]
    worked = f"sx_day_{arm.terms}"
    connection.execute(worked_days(setting.calendar, name=worked, from_on=first, until_on=last))
    connection.execute(spans(setting, slots=min(longest, setting.most_slots), name=arm.spans, worked=worked))


Surveyed = tuple[int, str, str, list[int], int, int]
"""Terms, aggregation, table row, metrics, most weeks begun, goals."""


def plan_arms(
    surveyed: Sequence[Surveyed], setting: Setting, *, is_narrow: bool, least_of_an_arm: int = LEAST_OF_AN_ARM
) -> list[Arm]:
    """The arms of a part, from the rows of its survey. Special terms of few goals get none."""
    return [
        Arm(
            aggregation=Aggregation(aggregation),
            case=Case(case),
            metric_ids=tuple(sorted(metric_ids)),
            slots=min(weeks, setting.under(terms).most_slots),
            has_older=weeks > setting.under(terms).most_slots,
            is_narrow=is_narrow,
            terms=terms,
        )
        for terms, aggregation, case, metric_ids, weeks, goals in surveyed
        if terms == 0 or goals >= least_of_an_arm
    ]


_ROW_GOALS = """SELECT {columns}, terms,
  aggregation, direction, freshness_days, baseline, lower_curve, unit_json, decimals
FROM sx_goal WHERE {left_over} ORDER BY goal_id"""
_ROW_MEASUREMENTS = """SELECT g.goal_id, m.day, m.value, m.denominator, m.batch, m.row FROM measurements AS m
JOIN (SELECT * FROM sx_goal WHERE {left_over} AND goal_id BETWEEN {first} AND {last}) AS g
  ON m.metric_id = g.metric_id AND m.subject_kind = g.subject_kind AND m.subject_id = g.subject_id
WHERE m.day >= g.from_on AND m.day <= g.tau"""
ROWS_AT_ONCE = 5_000
"""Goals whose measurements are Python values at the same time."""


def _one_by_one(connection: Connection, setting: Setting) -> None:
    """The row path for what the arms left."""
    columns = ", ".join(GOAL_COLUMNS)
    goals = connection.execute(_ROW_GOALS.format(columns=columns, left_over=LEFT_OVER)).fetchall()
    if not goals:
        return
    manual = {
        goal_id: ManualLight(Light(light), reason, from_on, until_on)
        for goal_id, light, reason, from_on, until_on in connection.execute("SELECT * FROM manual_lights").fetchall()
    }
    for start in range(0, len(goals), ROWS_AT_ONCE):
        slice_ = goals[start : start + ROWS_AT_ONCE]
        bounds = {"first": int(slice_[0][0]), "last": int(slice_[-1][0])}
        # before the slice has standings of its own: what is left over is asked of them
        found: dict[int, list[Measurement]] = {}
        rows = connection.execute(_ROW_MEASUREMENTS.format(left_over=LEFT_OVER, **bounds)).fetchall()
        for goal_id, *fields in rows:
            found.setdefault(goal_id, []).append(Measurement(*fields))
        standings = [_stand(row, found.get(row[0], ()), setting, manual.get(row[0])) for row in slice_]
        connection.executemany("INSERT INTO sx_standing VALUES (?, ?, ?)", standings)


def _stand(
    row: Sequence[Any], measurements: Sequence[Measurement], setting: Setting, manual: ManualLight | None
) -> tuple[int, str, str]:
    """Goal, light and canonical row of one goal."""
    goal = replace(_goal(dict(zip(GOAL_COLUMNS, row, strict=False))), manual=manual)
    terms, *metric = row[len(GOAL_COLUMNS) :]
    under = setting.under(terms)
    standing = evaluate(
        goal,
        measurements,
        metric=_metric(goal.metric_id, metric),
        on=setting.on,
        calendar=under.calendar,
        thresholds=under.thresholds,
    ).value
    assert standing is not None
    return standing.goal_id, standing.light.value, standing.canonical_row()


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
