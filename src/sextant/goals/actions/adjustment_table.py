"""Who comes to adjust a goal: plan, goal and request under their locks, in this order, and for whom they speak."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from sextant.engines.agreement import FieldChange, GoalTerms, plain
from sextant.engines.values import Period
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.access import PLAN_PARTS, access_adjustment, reachable_goal, side_in_goal
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_opening import counterpart_for
from sextant.goals.actions.plan_writing import changes_of
from sextant.goals.contracts import (
    OPEN_ADJUSTMENTS,
    AdjustmentAct,
    AdjustmentMoved,
    AdjustmentRow,
    AdjustmentState,
    GoalState,
    PlanState,
    Side,
)
from sextant.goals.models import AdjustmentRequest, AdjustmentStep, Goal, Plan
from sextant.goals.plan_terms import with_terms
from sextant.goals.policy.adjustment import Ground, decide_step
from sextant.goals.queries.adjustments import adjustment_row, with_steps


@dataclass(frozen=True, slots=True)
class AdjustTable:
    """A goal and its plan (None: it has none) under their locks, and who comes to them: for which side (None: for
    neither). `counterpart_id` answers for the company, None: nobody does."""

    goal: Goal
    plan: Plan | None
    counterpart_id: int | None
    side: Side | None
    actor: Actor
    now: datetime
    today: date

    @property
    def cycle(self) -> Period:
        """The days of the goal's cycle."""
        return Period(self.goal.cycle.from_on, self.goal.cycle.until_on)

    @property
    def period(self) -> Period:
        """The days the goal lives."""
        return Period(self.goal.from_on, self.goal.until_on)

    @property
    def speaker(self) -> int:
        """The person who acts: programs have no side, and approve nothing."""
        assert self.actor.person_id is not None  # both doors let nobody else in
        return self.actor.person_id

    @property
    def speaks_for(self) -> Side:
        """The side of who asks or answers."""
        assert self.side is not None  # `come_to_adjust` lets nobody else in
        return self.side

    def ground(self) -> Ground:
        """What a request would stand on. One query."""
        under_way = AdjustmentRequest.objects.filter(
            goal=self.goal, state__in=[*OPEN_ADJUSTMENTS, AdjustmentState.AGREED]
        )
        return Ground(
            state=GoalState(self.goal.state),
            plan_state=PlanState(self.plan.state) if self.plan else None,
            period=self.period,
            cycle=self.cycle,
            has_counterpart=self.counterpart_id is not None,
            is_under_way=under_way.exists(),
        )


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """The table of a request, which is under its lock, too. `row` is the request as it was read under the lock."""

    base: AdjustTable
    request: AdjustmentRequest
    row: AdjustmentRow


def come_to_adjust(goal_id: int, *, actor: Actor, now: datetime) -> AdjustTable:
    """Lock plan and goal for one of its two sides. The caller holds a transaction.

    Raises AccessDenied (no such goal in sight, or only a reader).
    """
    require(actor, Permission.GOAL_ADJUST)
    today = company_day(now, settings.SEXTANT_ZONE)
    reachable_goal(actor, goal_id=goal_id, on=today)
    table = _lock(goal_id, counterpart_id=None, actor=actor, now=now, today=today)
    if table.side is None or actor.person_id is None:
        raise AccessDenied("adjustment")
    return table


def come_to_answer(
    request_id: int,
    *,
    act: AdjustmentAct,
    read: int,
    actor: Actor,
    now: datetime,
    permission: Permission = Permission.GOAL_ADJUST,
) -> AnswerTable:
    """Lock plan, goal and request, and decide whether the actor may `act`. `read` is the number of the last step the
    actor had before their eyes. The caller holds a transaction.

    Raises AccessDenied (no such request in sight, or only a reader), AdjustmentMoved (somebody was faster; with what
    they did), GoalRefused (codes of `decide_step`).
    """
    require(actor, permission)
    today = company_day(now, settings.SEXTANT_ZONE)
    known = access_adjustment(actor, request_id=request_id, on=today)
    base = _lock(known.goal_id, counterpart_id=known.counterpart_id, actor=actor, now=now, today=today)
    request = with_steps(AdjustmentRequest.objects.filter(id=request_id)).select_for_update(of=("self",)).get()
    if actor.person_id is None or (base.side is None and permission is Permission.GOAL_ADJUST):
        raise AccessDenied("adjustment")
    row = adjustment_row(request)
    since = tuple(step for step in row.steps if step.number > read)
    if since:
        raise AdjustmentMoved(since)
    assert row.offer.side is not None  # offers are made by sides
    problems = decide_step(
        act,
        state=row.state,
        side=base.side,
        asked_by=row.side,
        offered_by=row.offer.side,
        is_over=today >= request.expires_on,
    )
    if problems:
        raise GoalRefused(problems)
    return AnswerTable(base, request, row)


def add_step(
    request: AdjustmentRequest,
    act: AdjustmentAct,
    *,
    actor: Actor,
    now: datetime,
    side: Side | None = None,
    note: str = "",
    terms: GoalTerms | None = None,
    changes: Sequence[FieldChange] = (),
    effective_on: date | None = None,
) -> AdjustmentStep:
    """Keep what was done, for good. The caller holds the lock of the request. The audit trail gets no words."""
    number = AdjustmentStep.objects.filter(request=request).count() + 1  # what was read with the request may be older
    step = AdjustmentStep.objects.create(
        request=request,
        number=number,
        act=act.value,
        side=side.value if side else "",
        by_person_id=actor.person_id,
        by_label=actor.label,
        at=now,
        note=note.strip(),
        terms=plain(terms) if terms is not None else None,
        changes=changes_of(request.goal_id, changes),
        effective_on=effective_on,
    )
    told = {"step": number, "state": request.state, "fields": [one.field for one in changes]}
    record(
        f"adjustment_{act.value}", actor=actor, now=now, object_kind="adjustment", object_id=request.pk, changes=told
    )
    return step


def close_request(request: AdjustmentRequest, state: AdjustmentState, *, now: datetime) -> None:
    """End a request without a change. The caller holds its lock."""
    request.state, request.closed_at = state.value, now
    request.save(update_fields=["state", "closed_at"])


def lock_goal(goal_id: int) -> tuple[Goal, Plan | None]:
    """A goal, read with its terms, and its plan, both locked: the plan first, as everyone who writes in a plan does."""
    plan_id = Goal.objects.values_list("plan_id", flat=True).get(id=goal_id)
    plan = None
    if plan_id is not None:
        plan = Plan.objects.select_related(*PLAN_PARTS).select_for_update(of=("self",)).get(id=plan_id)
    goal = with_terms(Goal.objects.filter(id=goal_id)).select_for_update(of=("self",)).get()
    return goal, plan


def _lock(goal_id: int, *, counterpart_id: int | None, actor: Actor, now: datetime, today: date) -> AdjustTable:
    goal, plan = lock_goal(goal_id)
    if plan is not None:
        counterpart_id = plan.counterpart_id
    elif counterpart_id is None:
        counterpart_id = counterpart_for(person_id=goal.owner_person_id, unit_id=goal.owner_unit_id, on=today)
    side = side_in_goal(actor, goal, plan=plan, counterpart_id=counterpart_id, on=today)
    return AdjustTable(goal, plan, counterpart_id, side, actor, now, today)
