"""Creating one goal."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.goals.contracts import GoalKind, Targets
from sextant.goals.models import Cycle, Goal
from sextant.goals.policy import decide_target_problems
from sextant.metrics.queries import metric_map


class GoalRefused(Exception):
    """The goal may not be saved as it is; `problems` say why, `messages.say` turns them into sentences."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = tuple(problems)


def create_goal(
    *,
    code: str,
    title: str,
    kind: GoalKind,
    cycle_id: int,
    targets: Targets,
    owner_person_id: int | None = None,
    owner_unit_id: int | None = None,
    metric_id: int | None = None,
    parent_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Create a goal that runs over its cycle, and return its id. Exactly one owner; `metric_id` None for an objective.

    Raises AccessDenied, GoalRefused (targets, or a code in use), Cycle.DoesNotExist, KeyError (no such metric).
    """
    require(actor, Permission.GOAL_IMPORT)
    with transaction.atomic():
        cycle = Cycle.objects.select_for_update().get(id=cycle_id)
        problems = _problems(code=code, targets=targets, metric_id=metric_id)
        if problems:
            raise GoalRefused(problems)
        goal = Goal.objects.create(
            code=code,
            title=title,
            kind=kind,
            cycle=cycle,
            owner_person_id=owner_person_id,
            owner_unit_id=owner_unit_id,
            metric_id=metric_id,
            parent_id=parent_id,
            **asdict(targets),
            from_on=cycle.from_on,
            until_on=cycle.until_on,
            created_at=now,
            updated_at=now,
        )
        record("create_goal", actor=actor, now=now, object_kind="goal", object_id=goal.id)
    return goal.id


def _problems(*, code: str, targets: Targets, metric_id: int | None) -> tuple[Problem, ...]:
    if Goal.objects.filter(code=code).exists():
        return (Problem("goals.code_taken", {"field": "code", "value": code}),)
    if metric_id is None:
        return ()
    metric = metric_map([metric_id])[metric_id]
    if metric.is_retired:
        return (Problem("goals.metric_retired", {"field": "metric", "value": metric.name}),)
    return decide_target_problems(targets, direction=metric.direction, aggregation=metric.aggregation)
