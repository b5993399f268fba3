"""Saying something about a goal, where the other side reads it."""

from datetime import datetime

from django.db import transaction

from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.goals.actions.plan_table import OPEN_STATES, come_to_table, goal_of, read_words, speaker_of
from sextant.goals.contracts import PlanState
from sextant.goals.models import Comment


def add_comment(plan_id: int, *, goal_id: int | None, text: str, actor: Actor, now: datetime) -> int:
    """Say something about a goal of the plan, or about the whole plan; the comment's id. Both sides may, until the
    plan is closed.

    Raises AccessDenied, GoalRefused (plan.state, words.missing, words.long).
    """
    with transaction.atomic():
        states = OPEN_STATES | {PlanState.SIGNED, PlanState.RUNNING}
        table = come_to_table(plan_id, states=states, act="comment", actor=actor, now=now)
        comment = Comment.objects.create(
            plan=table.plan,
            goal_id=goal_of(table.plan, goal_id),
            side=table.side,
            by_person_id=speaker_of(table),
            at=now,
            text=read_words(text, field="text"),
        )
        changes = {"comment": comment.pk, "goal": goal_id}
        record("add_comment", actor=actor, now=now, object_kind="plan", object_id=plan_id, changes=changes)
    return comment.pk
