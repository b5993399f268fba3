"""Goals as the evaluation reads them: a file for a whole run, one value for one goal."""

from datetime import date
from pathlib import Path

from django.db import connection
from psycopg import sql

from sextant.engines.evaluation import Curve, GoalSpec
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal
from sextant.metrics.contracts import SubjectKind

# Columns and their order are the contract with metrics.actions.run_evaluation.
_COPY = sql.SQL("""
    COPY (
        SELECT id AS goal_id, metric_id,
               CASE WHEN owner_person_id IS NULL THEN {unit} ELSE {person} END AS subject_kind,
               COALESCE(owner_person_id, owner_unit_id) AS subject_id,
               from_on, until_on, base, stretch, start, range_low, range_high, tolerance, weight, curve
          FROM goals_goal
         WHERE metric_id IS NOT NULL AND state = {running} AND from_on <= {as_of} AND until_on > {as_of}
         ORDER BY id
    ) TO STDOUT WITH (FORMAT csv, HEADER)
""")


def write_goal_specs(path: Path, *, as_of: date) -> None:
    """Write every measured goal that runs on the day `as_of` to `path`, as metrics.actions.run_evaluation reads it.

    PostgreSQL writes the CSV itself (COPY), a million goals pass through without becoming objects; empty = NULL.
    """
    statement = _COPY.format(
        as_of=sql.Literal(as_of),
        running=sql.Literal(GoalState.RUNNING.value),
        person=sql.Literal(int(SubjectKind.PERSON)),
        unit=sql.Literal(int(SubjectKind.UNIT)),
    )
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(statement) as rows:
        for block in rows:
            file.write(block)


def spec_of(goal_id: int) -> GoalSpec | None:
    """The goal as the evaluation engine reads it; None for a goal without a metric. Raises Goal.DoesNotExist."""
    return spec_from(Goal.objects.get(id=goal_id))


def spec_from(goal: Goal) -> GoalSpec | None:
    """`spec_of` for a goal already read."""
    if goal.metric_id is None:
        return None
    owner_id = goal.owner_person_id or goal.owner_unit_id
    assert owner_id is not None  # the database holds exactly one owner
    return GoalSpec(
        goal_id=goal.id,
        metric_id=goal.metric_id,
        subject_kind=SubjectKind.PERSON if goal.owner_person_id else SubjectKind.UNIT,
        subject_id=owner_id,
        from_on=goal.from_on,
        until_on=goal.until_on,
        base=goal.base,
        stretch=goal.stretch,
        start=goal.start,
        range_low=goal.range_low,
        range_high=goal.range_high,
        tolerance=goal.tolerance,
        weight=goal.weight,
        curve=Curve(goal.curve),
    )
