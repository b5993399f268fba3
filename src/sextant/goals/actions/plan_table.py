"""Who comes to the table of a plan: the plan under its lock, and for whom the actor speaks."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.clock import company_day
from sextant.goals.access import PLAN_PARTS, side_of, sight_of
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_writing import PlanWrite
from sextant.goals.contracts import GoalState, PlanState
from sextant.goals.models import Plan

WORDS_LENGTH = 1000
OPEN_STATES = frozenset({PlanState.DRAFT, PlanState.DISCUSSION, PlanState.PROPOSED})


def come_to_table(plan_id: int, *, states: Collection[PlanState], act: str, actor: Actor, now: datetime) -> PlanWrite:
    """Lock the plan for one of its two sides. Unlike a save of a goal this asks for no revision: what is said here does
    not change what a goal says. The caller holds a transaction.

    Raises AccessDenied (no such plan in sight, or only a reader), GoalRefused (plan.state).
    """
    require(actor, Permission.PLAN_EDIT)
    today = company_day(now, settings.SEXTANT_ZONE)
    plans = sight_of(actor, on=today).plans.filter(id=plan_id).select_related(*PLAN_PARTS)
    plan = plans.select_for_update(of=("self",)).first()
    side = side_of(actor, plan, on=today) if plan else None
    if plan is None or side is None or actor.person_id is None:
        raise AccessDenied("plan")
    if PlanState(plan.state) not in states:
        raise GoalRefused([Problem("plan.state", {"act": act, "state": plan.state})])
    return PlanWrite(plan, side, actor, now, today)


def speaker_of(table: PlanWrite) -> int:
    """The person who speaks: programs and the system have no side."""
    assert table.actor.person_id is not None  # `come_to_table` let nobody else in
    return table.actor.person_id


def goal_of(plan: Plan, goal_id: int | None) -> int | None:
    """The id of a goal of this plan, None for the whole plan; AccessDenied for any other goal."""
    if goal_id is not None and not plan.goals.filter(id=goal_id).exclude(state=GoalState.DROPPED).exists():
        raise AccessDenied("goal")
    return goal_id


def read_words(text: str, *, field: str) -> str:
    """What somebody wrote, without blanks around; GoalRefused (words.missing, words.long)."""
    words = text.strip()
    if not words:
        raise GoalRefused([Problem("words.missing", {"field": field})])
    if len(words) > WORDS_LENGTH:
        raise GoalRefused([Problem("words.long", {"field": field, "most": WORDS_LENGTH})])
    return words
