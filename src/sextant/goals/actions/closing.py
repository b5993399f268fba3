"""结束方案: what was agreed for a cycle that is over comes to its end; nothing of it is judged anew afterwards."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.actions.adjustment_effect import expire_adjustments, take_due_effect
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_writing import PlanWrite, finish
from sextant.goals.actions.suspension import end_suspension
from sextant.goals.contracts import GoalState, PlanState, Side
from sextant.goals.models import Cycle, Goal, Plan
from sextant.goals.policy.closing import CLOSABLE, closes_on, decide_closing, decide_closing_days

BATCH = 100
"""Plans closed under one lock: nobody waits long, and what was cut off goes on where it ended."""


def close_plans(cycle_id: int, *, actor: Actor, now: datetime) -> int:
    """Close every signed plan of a cycle that is over, with its goals; how many. Doing it twice changes nothing.

    Agreed adjustments whose day has come count first, open ones expire; suspensions end with their days on record.
    Contracts and standings stay as they are, and so do plans that were never signed. Raises AccessDenied, GoalRefused
    (closing.too_early), Cycle.DoesNotExist.
    """
    require(actor, Permission.PLAN_MANAGE)
    today = company_day(now, settings.SEXTANT_ZONE)
    cycle = Cycle.objects.get(id=cycle_id)
    if problems := decide_closing(cycle.until_on, days=cycle.closing_days, today=today):
        raise GoalRefused(problems)
    ids = list(Plan.objects.filter(cycle=cycle, state__in=CLOSABLE).order_by("id").values_list("id", flat=True))
    closed = 0
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            closed += _close(ids[start : start + BATCH], actor=actor, now=now, today=today)
    if closed:
        record("close_plans", actor=actor, now=now, object_kind="cycle", object_id=cycle.pk, changes={"plans": closed})
    return closed


def close_due_plans(*, actor: Actor, now: datetime) -> int:
    """`close_plans` for every cycle whose days are over; how many plans."""
    today = company_day(now, settings.SEXTANT_ZONE)
    over = Cycle.objects.filter(until_on__lt=today, plans__state__in=CLOSABLE).distinct().order_by("id")
    due = [one.pk for one in over if closes_on(one.until_on, days=one.closing_days) <= today]
    return sum(close_plans(cycle_id, actor=actor, now=now) for cycle_id in due)


def set_closing_days(cycle_id: int, *, days: int, actor: Actor, now: datetime) -> None:
    """Say how many days after its end the plans of a cycle are closed. Raises AccessDenied, GoalRefused
    (closing.days_range), Cycle.DoesNotExist."""
    require(actor, Permission.PLAN_MANAGE)
    if problems := decide_closing_days(days):
        raise GoalRefused(problems)
    with transaction.atomic():
        cycle = Cycle.objects.select_for_update().get(id=cycle_id)
        before, cycle.closing_days = cycle.closing_days, days
        if before == days:
            return
        cycle.save(update_fields=["closing_days"])
        changes = {"closing_days": [before, days]}
        record("set_closing_days", actor=actor, now=now, object_kind="cycle", object_id=cycle.pk, changes=changes)


def _close(plan_ids: list[int], *, actor: Actor, now: datetime, today: date) -> int:
    """Close those of the plans that are still signed or running: somebody may have been faster. The caller holds a
    transaction."""
    plans = list(Plan.objects.filter(id__in=plan_ids, state__in=CLOSABLE).select_for_update().order_by("id"))
    locked = [plan.pk for plan in plans]
    take_due_effect(actor=actor, now=now, plan_ids=locked)
    expire_adjustments(actor=actor, now=now, plan_ids=locked)
    goals = list(
        Goal.objects.filter(plan_id__in=locked, state__in=(GoalState.RUNNING, GoalState.SUSPENDED))
        .select_for_update()
        .order_by("id")
    )
    for goal in goals:
        if goal.state == GoalState.SUSPENDED:
            end_suspension(goal, actor=actor, now=now)
    Goal.objects.filter(id__in=[goal.pk for goal in goals]).update(state=GoalState.CLOSED, updated_at=now)
    for plan in plans:
        finish(PlanWrite(plan, Side.COUNTERPART, actor, now, today), [], verb="close_plan", state=PlanState.CLOSED)
    return len(plans)
