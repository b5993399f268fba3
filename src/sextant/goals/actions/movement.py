"""人员异动: one guided step decides every goal of somebody who moved, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sextant.engines.movement import Decision
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.access import movable_person_ids
from sextant.goals.actions.alignment import one_change_at_a_time
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.moved_goals import Change, Mover
from sextant.goals.actions.moved_plans import settle_plans
from sextant.goals.actions.moved_targets import end_adjusted_targets, hindered_by_adjustments
from sextant.goals.actions.movement_paper import write_addendum
from sextant.goals.actions.movement_work import tell_movement
from sextant.goals.contracts import PlanState
from sextant.goals.contracts.movement import MoveCase, MoveOrder
from sextant.goals.models import Goal, MovedGoal, Movement, Plan
from sextant.goals.plan_terms import with_terms
from sextant.goals.policy.movement import decide_move
from sextant.goals.queries.move_case import read_case
from sextant.metrics.actions.standings import forget_standings
from sextant.people.contracts import PersonRow
from sextant.people.queries import list_persons


@dataclass(frozen=True, slots=True)
class Done:
    """What a step left behind: the movement, and as of which days the goals it touched are to be evaluated anew."""

    movement_id: int
    days: tuple[date, ...]


def move_goals(order: MoveOrder, *, actor: Actor, now: datetime) -> Done:
    """Carry out what was decided about each goal of somebody who moved: handed over, split, closed, kept or paused.

    Plans get the counterpart who answers for the company now; one whose text changed is signed anew, while its goals
    run on; that of a leaver is closed. What supported a goal that goes on elsewhere supports its successor. The whole
    is kept as an addendum that nobody can change.

    Raises AccessDenied, GoalRefused (codes of `decide_move` and `hindered_by_adjustments`; movement.has_goal with
    `name` and `title` where a successor has the same promise already; movement.no_plan with `name` where a draft goes
    to somebody without a plan), Person.DoesNotExist. Of two who do it at once the second is told movement.done or
    movement.changed.
    """
    require(actor, Permission.GOAL_HAND_OVER)
    today = company_day(now, settings.SEXTANT_ZONE)
    reach = movable_person_ids(actor, on=today)
    if order.person_id == actor.person_id or (reach is not None and order.person_id not in reach):
        raise AccessDenied(Permission.GOAL_HAND_OVER)
    with transaction.atomic():
        one_change_at_a_time()
        plans = _lock_plans(order)
        case = read_case(order.person_id, cause=order.cause, on=order.on, today=today, is_locked=True)
        successors = _successors(order, reach=with_oneself(reach, actor), today=today)
        problems = decide_move(order, case, today=today, able=successors, done_by=_done_by(order, case))
        if problems:
            raise GoalRefused(problems)
        return _carry_out(order, case, plans, successors, actor=actor, now=now)


def _carry_out(
    order: MoveOrder,
    case: MoveCase,
    plans: Sequence[Plan],
    successors: dict[int, PersonRow],
    *,
    actor: Actor,
    now: datetime,
) -> Done:
    mover = Mover(order, {(plan.owner_person_id, plan.cycle_id): plan for plan in plans}, successors, actor, now)
    rows = {goal.pk: goal for goal in with_terms(Goal.objects.filter(id__in=[one.id for one in case.goals]))}
    if problems := hindered_by_adjustments(order, case.goals):
        raise GoalRefused(problems)
    changes = [mover.apply(rows[one.id], one) for one in case.goals]
    if problems := [problem for one in changes for problem in one.problems]:
        raise GoalRefused(problems)
    settle_plans(order, case, plans, changes, actor=actor, now=now)
    movement = _keep(order, case, changes, actor=actor, now=now)
    end_adjusted_targets([one.goal for one in changes if one.goal.until_on == order.on], movement)
    _forget(changes, order.on)
    tell_movement(movement, case, changes, actor=actor, now=now)
    record(
        "move_goals",
        actor=actor,
        now=now,
        object_kind="person",
        object_id=order.person_id,
        changes={
            "movement": movement.pk,
            "cause": order.cause.value,
            "on": order.on.isoformat(),
            "goals": {str(one.goal.pk): one.decision.value for one in changes},
            "digest": movement.digest,
        },
    )
    return Done(movement.pk, _days(changes, order.on, today=company_day(now, settings.SEXTANT_ZONE)))


def _lock_plans(order: MoveOrder) -> list[Plan]:
    """The plans of everybody in it, over the cycles that are not over: one order for everyone who locks plans."""
    people = {order.person_id, *(one.successor_id for one in order.choices.values() if one.successor_id)}
    plans = Plan.objects.filter(owner_person_id__in=people, cycle__until_on__gt=order.on)
    locked = plans.exclude(state=PlanState.CLOSED).select_for_update(of=("self",)).order_by("id")
    return list(locked.select_related("cycle", "template_version"))


def with_oneself(reach: frozenset[int] | None, actor: Actor) -> frozenset[int] | None:
    """To whom the actor may hand goals: those they may move, and themselves; None means everybody."""
    return reach if reach is None or actor.person_id is None else reach | {actor.person_id}


def _successors(order: MoveOrder, *, reach: frozenset[int] | None, today: date) -> dict[int, PersonRow]:
    """Who of the named may take goals over: employed on the day, and within reach."""
    named = {one.successor_id for one in order.choices.values() if one.decision.needs_successor and one.successor_id}
    able, on = named if reach is None else named & reach, max(today, order.on)
    found = list_persons(on=on, ids=able, limit=len(able)) if able else []
    return {one.id: one for one in found if one.left_on is None or one.left_on > on}


def _done_by(order: MoveOrder, case: MoveCase) -> str | None:
    if order.last_id == case.last_id:
        return None
    last = Movement.objects.select_related("by_person").get(id=case.last_id)
    return last.by_person.name if last.by_person else last.by_label


def _keep(order: MoveOrder, case: MoveCase, changes: Sequence[Change], *, actor: Actor, now: datetime) -> Movement:
    paper = write_addendum(order, case, changes, actor=actor, now=now)
    movement = Movement.objects.create(
        person_id=order.person_id,
        cause=order.cause.value,
        on=order.on,
        until_on=order.until_on,
        note=order.note.strip(),
        content=paper.content,
        digest=paper.digest,
        by_person_id=actor.person_id,
        by_label=actor.label,
        at=now,
    )
    MovedGoal.objects.bulk_create(
        MovedGoal(movement=movement, goal=one.goal, successor=one.successor, decision=one.decision.value)
        for one in changes
    )
    return movement


def _forget(changes: Sequence[Change], on: date) -> None:
    """What was looked at as of a later day than a part has is looked at anew, as of its own last day; nobody is judged
    by a goal that was handed over."""
    ended = [one.goal.pk for one in changes if one.goal.until_on == on]
    gone = [one.goal.pk for one in changes if one.decision is Decision.HAND_OVER]
    forget_standings(ended, after=on - date.resolution)
    forget_standings(gone)


def _days(changes: Sequence[Change], on: date, *, today: date) -> tuple[date, ...]:
    """The last day of the parts that ended, if it has come, and today."""
    touched = [one for one in changes if one.is_measured and one.has_changed]
    if not touched:
        return ()
    last_on = on - date.resolution
    ended = any(one.goal.until_on == on for one in touched) and last_on < today
    return (last_on, today) if ended else (today,)
