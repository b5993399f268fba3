"""Goals as the evaluation reads them: a file for a whole run, one value for one goal."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection
from psycopg import sql

from sextant.engines.evaluation import Curve, GoalSpec
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal, GoalTarget, PlanTemplateVersion
from sextant.metrics.contracts import SubjectKind

TARGETS = ("base", "stretch", "start", "range_low", "range_high", "tolerance")
"""What an adjustment may change beside the end of the goal."""

# Columns and their order are the contract with metrics.actions.run_evaluation. A goal that was adjusted is measured
# against what was in force on the day: a run of an earlier day gives what it gave then.
_COPY = sql.SQL("""
    COPY (
        SELECT goal.id AS goal_id, metric_id,
               CASE WHEN owner_person_id IS NULL THEN {unit} ELSE {person} END AS subject_kind,
               COALESCE(owner_person_id, owner_unit_id) AS subject_id,
               goal.from_on, COALESCE(target.until_on, goal.until_on) AS until_on, {targets}, weight, curve,
               share.base_share, share.stretch_share
          FROM goals_goal AS goal
          LEFT JOIN (SELECT plan.id, (definition->>'base_share')::numeric / 100 AS base_share,
                            (definition->>'stretch_share')::numeric / 100 AS stretch_share
                       FROM goals_plan AS plan JOIN goals_plantemplateversion AS version
                         ON version.id = plan.template_version_id) AS share ON share.id = goal.plan_id
          LEFT JOIN (SELECT DISTINCT ON (goal_id) * FROM goals_goaltarget WHERE from_on <= {as_of}
                      ORDER BY goal_id, from_on DESC, id DESC) AS target ON target.goal_id = goal.id
         WHERE metric_id IS NOT NULL AND state = {running} AND goal.from_on <= {as_of}
           AND COALESCE(target.until_on, goal.until_on) > {as_of}
         ORDER BY goal.id
    ) TO STDOUT WITH (FORMAT csv, HEADER)
""")
_EITHER = sql.SQL("CASE WHEN target.id IS NULL THEN goal.{name} ELSE target.{name} END AS {name}")


def write_goal_specs(path: Path, *, as_of: date) -> None:
    """Write every measured goal that runs on the day `as_of` to `path`, as metrics.actions.run_evaluation reads it.

    PostgreSQL writes the CSV itself (COPY), a million goals pass through without becoming objects; empty = NULL.
    """
    statement = _COPY.format(
        as_of=sql.Literal(as_of),
        running=sql.Literal(GoalState.RUNNING.value),
        person=sql.Literal(int(SubjectKind.PERSON)),
        unit=sql.Literal(int(SubjectKind.UNIT)),
        targets=sql.SQL(", ").join(_EITHER.format(name=sql.Identifier(name)) for name in TARGETS),
    )
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(statement) as rows:
        for block in rows:
            file.write(block)


def spec_of(goal_id: int, *, on: date | None = None) -> GoalSpec | None:
    """The goal as the evaluation engine reads it, on the day `on` or now; None for a goal without a metric. Raises
    Goal.DoesNotExist."""
    goal = Goal.objects.get(id=goal_id)
    return spec_from(goal) if on is None else spec_on(goal, on)


def spec_on(goal: Goal, day: date) -> GoalSpec | None:
    """The goal as an evaluation of `day` reads it: with the target in force on that day. One query."""
    spec = spec_from(goal)
    begun = GoalTarget.objects.filter(goal_id=goal.id, from_on__lte=day).order_by("-from_on", "-id").first()
    if spec is None or begun is None:
        return spec
    return replace(spec, until_on=begun.until_on, **{name: getattr(begun, name) for name in TARGETS})


def spec_from(goal: Goal) -> GoalSpec | None:
    """`spec_of` for a goal already read: with the target its row has today. One query where it belongs to a plan, whose
    template says what base and stretch count for."""
    if goal.metric_id is None:
        return None
    owner_id = goal.owner_person_id or goal.owner_unit_id
    assert owner_id is not None  # the database holds exactly one owner
    base_share, stretch_share = _shares(goal.plan_id)
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
        base_share=base_share,
        stretch_share=stretch_share,
    )


def _shares(plan_id: int | None) -> tuple[Decimal | None, Decimal | None]:
    """Shares of base and stretch by the template a plan stands on; those of the rules hold where there is no plan."""
    if plan_id is None:
        return None, None
    versions = PlanTemplateVersion.objects.filter(plans=plan_id)
    base, stretch = versions.values_list("definition__base_share", "definition__stretch_share").get()
    return Decimal(str(base)) / 100, Decimal(str(stretch)) / 100
