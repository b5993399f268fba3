"""A red mark becomes a goal: a draft in the plan of whoever acts on it, through the actions by which goals are made."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from sextant.engines.agreement import GoalTerms
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.goals.actions.cascade import PushOrder, push_goal
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.positions import save_goal_position
from sextant.goals.actions.workshop_steps import mark_of, subject_of
from sextant.goals.actions.workshop_table import Table, come_to_workshop, note
from sextant.goals.contracts import GoalKind
from sextant.goals.contracts.workshops import MARK_WORK
from sextant.goals.models import Cycle, Plan, RedMark
from sextant.goals.policy.cascade import WRITABLE, Recipient, Verdict
from sextant.lowcode.actions.work import close_work

_REFUSED = {
    Verdict.HAS_GOAL: "workshop.has_goal",
    Verdict.SETTLED: "workshop.plan_settled",
    Verdict.OUT_OF_LINE: "workshop.out_of_line",
    Verdict.NO_TEMPLATE: "workshop.no_template",
}


def draft_goal(workshop_id: int, *, mark_id: int, cycle_id: int, actor: Actor, now: datetime) -> int:
    """Make a draft goal of a red mark in the plan its person has for the cycle, opened where there is none; the goal's
    id. What is to be done is its title, how one sees it its deliverable, until when its date. Both sides go on from
    there. Also after the meeting: a plan that is signed now may be one that opens later (decision 137).

    Somebody else's goal is the company's position, by pushing it down; one's own is the owner's.

    Raises AccessDenied, GoalRefused (workshop.unanswered, workshop.mark_is_goal, workshop.cycle_over, and one of the
    four verdicts of a push as workshop.*), Cycle.DoesNotExist.
    """
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now, is_closed_too=True)
        mark = mark_of(table, mark_id)
        if mark.goal_id is not None:
            raise GoalRefused([Problem("workshop.mark_is_goal")])
        if mark.person_id is None:
            raise GoalRefused([Problem("workshop.unanswered")])
        if Cycle.objects.get(id=cycle_id).until_on <= table.today:
            raise GoalRefused([Problem("workshop.cycle_over")])
        is_own = mark.person_id == actor.person_id
        mark.goal_id = (_own if is_own else _pushed)(table, mark, cycle_id=cycle_id)
        mark.save(update_fields=["goal"])
        close_work(MARK_WORK, subject=subject_of(mark), now=now, outcome="goal", by_person_id=actor.person_id)
        note(table, "draft_goal", {"mark": mark_id, "goal": mark.goal_id, "cycle": cycle_id})
    return mark.goal_id


def _terms(mark: RedMark) -> GoalTerms:
    return GoalTerms(
        mark.action,
        GoalKind.GS.value,
        description=mark.text,
        deliverable=mark.measure,
        due_on=mark.due_on,
    )


def _pushed(table: Table, mark: RedMark, *, cycle_id: int) -> int:
    # what it weighs is for both sides to say
    order = PushOrder(cycle_id, _terms(mark), (Recipient(person_id=mark.person_id),), weight=Decimal(0))
    done = push_goal(order, actor=table.actor, now=table.now, today=table.today)
    if done.goal_ids:
        return next(iter(done.goal_ids.values()))
    verdict = done.lines[0].verdict if done.lines else Verdict.OUT_OF_LINE
    raise GoalRefused([Problem(_REFUSED[verdict])])


def _own(table: Table, mark: RedMark, *, cycle_id: int) -> int:
    plan_id = open_plan(cycle_id=cycle_id, owner_person_id=mark.person_id, actor=table.actor, now=table.now)
    plan = Plan.objects.select_for_update().get(id=plan_id)
    if plan.state not in WRITABLE:
        raise GoalRefused([Problem("workshop.plan_settled")])
    if table.actor.person_id is None:
        raise AccessDenied("plan")
    saved = save_goal_position(
        plan_id, goal_id=None, terms=_terms(mark), revision=plan.revision, actor=table.actor, now=table.now
    )
    return saved.goal_id
