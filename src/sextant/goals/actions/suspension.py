"""Suspending a goal and taking it up again. What is measured goes on; only the judging stops."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Period
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.access import access_goal
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal, Plan, Suspension
from sextant.goals.policy.suspension import decide_suspension, end_of_suspension
from sextant.goals.queries.lines import stands_above_goal


def may_suspend(actor: Actor, goal: Goal, *, on: date) -> bool:
    """Whether the actor may suspend this goal and resume it: whoever stands above it on the day, and HR; nobody their
    own. At most three queries."""
    if not may(actor, Permission.GOAL_SUSPEND):
        return False
    if may(actor, Permission.PLAN_MANAGE):
        return actor.person_id is None or actor.person_id != goal.owner_person_id
    return actor.person_id is not None and stands_above_goal(actor.person_id, goal, on=on)


def suspend_goal(goal_id: int, *, weeks: int, reason: str, actor: Actor, now: datetime) -> date:
    """Judge the goal no longer for `weeks`, at the longest to its end; the day it is judged again.

    It keeps its history and goes on being measured; plans leave it out of their sums. Raises AccessDenied, GoalRefused
    (codes of `decide_suspension`).
    """
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        goal = _locked(goal_id, actor=actor, today=today)
        period = Period(goal.from_on, goal.until_on)
        problems = decide_suspension(
            state=GoalState(goal.state), period=period, weeks=weeks, reason=reason, today=today
        )
        if problems:
            raise GoalRefused(problems)
        until_on = end_of_suspension(period=period, weeks=weeks, today=today)
        kept = Suspension.objects.create(
            goal=goal,
            from_on=today,
            until_on=until_on,
            reason=reason.strip(),
            by_person_id=actor.person_id,
            by_label=actor.label,
            at=now,
        )
        _set_state(goal, GoalState.SUSPENDED, now=now)
        changes = {"suspension": kept.pk, "until_on": until_on.isoformat()}
        record("suspend_goal", actor=actor, now=now, object_kind="goal", object_id=goal.pk, changes=changes)
    return until_on


def resume_goal(goal_id: int, *, actor: Actor, now: datetime) -> bool:
    """Judge the goal again from today on; False when it is not suspended. Raises AccessDenied."""
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        goal = _locked(goal_id, actor=actor, today=today)
        return _resume(goal, today=today, actor=actor, now=now)


def resume_due_goals(*, actor: Actor, now: datetime) -> int:
    """Take up again every goal whose days are over; how many. Doing it twice changes nothing."""
    today = company_day(now, settings.SEXTANT_ZONE)
    due = Suspension.objects.filter(ended_on=None, until_on__lte=today).order_by("goal_id")
    resumed = 0
    for goal_id in due.values_list("goal_id", flat=True):
        with transaction.atomic():
            goal = _lock(Goal.objects.get(id=goal_id))
            resumed += _resume(goal, today=today, actor=actor, now=now)
    return resumed


def end_suspension(goal: Goal, *, actor: Actor, now: datetime) -> bool:
    """`resume_goal` for a goal that is closed right afterwards: the days it was not judged stay on record, and count in
    its weight. The caller has decided who may, and holds the locks of plan and goal."""
    return _resume(goal, today=company_day(now, settings.SEXTANT_ZONE), actor=actor, now=now)


def _resume(goal: Goal, *, today: date, actor: Actor, now: datetime) -> bool:
    lasting = Suspension.objects.filter(goal=goal, ended_on=None).first()
    if lasting is None:
        return False
    # a job that comes late takes nothing from the owner: the days were agreed
    lasting.ended_on = min(today, lasting.until_on)
    lasting.save(update_fields=["ended_on"])
    if goal.state == GoalState.SUSPENDED:  # it may have been closed meanwhile
        _set_state(goal, GoalState.RUNNING, now=now)
    record(
        "resume_goal", actor=actor, now=now, object_kind="goal", object_id=goal.pk, changes={"suspension": lasting.pk}
    )
    return True


def _locked(goal_id: int, *, actor: Actor, today: date) -> Goal:
    """The goal under its lock, if the actor may suspend it; else AccessDenied, as for a goal out of sight."""
    require(actor, Permission.GOAL_SUSPEND)
    goal = access_goal(actor, goal_id=goal_id, on=today)
    if not may_suspend(actor, goal, on=today):
        raise AccessDenied(Permission.GOAL_SUSPEND)
    return _lock(goal)


def _lock(goal: Goal) -> Goal:
    """The plan first, then the goal: the order of everyone who writes in a plan."""
    if goal.plan_id is not None:
        Plan.objects.select_for_update().get(id=goal.plan_id)
    return Goal.objects.select_for_update().get(id=goal.pk)


def _set_state(goal: Goal, state: GoalState, *, now: datetime) -> None:
    goal.state = state.value
    goal.updated_at = now
    goal.save(update_fields=["state", "updated_at"])
