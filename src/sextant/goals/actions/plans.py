"""A plan on its way: sent to the other side, proposed for signature, taken back; by HR, given another counterpart."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_notices import tell_proposed
from sextant.goals.actions.plan_writing import PlanWrite, begin, finish
from sextant.goals.contracts import PlanState, Side
from sextant.goals.models import Plan
from sextant.goals.policy.plan_checks import decide_goal_problems, decide_plan_problems
from sextant.goals.policy.plan_states import PlanAct, may_name, next_state
from sextant.goals.queries.plans import checked_goals, counterpart_has_left, definition_in_force, list_plan_goals


def start_discussion(plan_id: int, *, revision: int, actor: Actor, now: datetime) -> int:
    """The owner hands the draft over: from now on both sides write; the plan's revision then.

    Raises AccessDenied, RevisionIsStale, GoalRefused (plan.state, plan.start_is_the_owners, plan.no_goals,
    plan.no_counterpart).
    """
    with transaction.atomic():
        write = begin(plan_id, act=PlanAct.START, revision=revision, actor=actor, now=now)
        if write.plan.counterpart_id is None:
            raise GoalRefused([Problem("plan.no_counterpart")])
        if not list_plan_goals(write.plan.id):
            raise GoalRefused([Problem("plan.no_goals")])
        return _move(write, PlanAct.START, verb="start_discussion")


def propose_plan(plan_id: int, *, revision: int, actor: Actor, now: datetime) -> int:
    """Both sides say the same and the plan follows its template: it may be signed; the plan's revision then.

    Raises AccessDenied, RevisionIsStale, GoalRefused (plan.state, plan.not_agreed with `n` goals, and every problem of
    `policy.plan_checks`: what was a warning while writing forbids proposing).
    """
    with transaction.atomic():
        write = begin(plan_id, act=PlanAct.PROPOSE, revision=revision, actor=actor, now=now)
        if problems := open_points(write):
            raise GoalRefused(problems)
        proposed = _move(write, PlanAct.PROPOSE, verb="propose_plan")
        tell_proposed(write, revision=proposed)
        return proposed


def return_to_discussion(plan_id: int, *, revision: int, actor: Actor, now: datetime) -> int:
    """Take a proposed plan back to writing; the plan's revision then, which makes signatures on the older one void.

    Raises AccessDenied, RevisionIsStale, GoalRefused (plan.state).
    """
    with transaction.atomic():
        write = begin(plan_id, act=PlanAct.RETURN, revision=revision, actor=actor, now=now)
        return _move(write, PlanAct.RETURN, verb="return_to_discussion")


def name_counterpart(plan_id: int, *, person_id: int, actor: Actor, now: datetime) -> None:
    """HR says who answers for the company. A contract stays as it was signed. Raises AccessDenied, GoalRefused
    (plan.own_counterpart; plan.state once signed, unless the counterpart has left), Plan.DoesNotExist."""
    require(actor, Permission.PLAN_MANAGE)
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        plan = Plan.objects.select_related("counterpart").select_for_update(of=("self",)).get(id=plan_id)
        if plan.owner_person_id == person_id:
            raise GoalRefused([Problem("plan.own_counterpart")])
        if not may_name(PlanState(plan.state), has_left=counterpart_has_left(plan, on=today)):
            raise GoalRefused([Problem("plan.state", {"act": "name_counterpart", "state": plan.state})])
        before, plan.counterpart_id = plan.counterpart_id, person_id
        plan.save(update_fields=["counterpart"])
        changes = {"counterpart": [before, person_id]}
        record("name_counterpart", actor=actor, now=now, object_kind="plan", object_id=plan.id, changes=changes)


def open_points(write: PlanWrite) -> list[Problem]:
    """What keeps the plan from being proposed; [] = nothing. Three queries."""
    goals = list_plan_goals(write.plan.id)
    open_goals = [goal for goal in goals if not goal.is_agreed]
    if open_goals:
        return [Problem("plan.not_agreed", {"n": len(open_goals)})]
    definition = definition_in_force(write.plan)
    checked = checked_goals(goals, side=Side.OWNER)  # both sides say the same: either will do
    found = [problem for one in checked for problem in decide_goal_problems(one, definition=definition)]
    return [*found, *decide_plan_problems(checked, definition=definition)]


def _move(write: PlanWrite, act: PlanAct, *, verb: str) -> int:
    return finish(write, [], verb=verb, state=next_state(act, PlanState(write.plan.state)))
