"""生效: what both signed becomes the text of the plan, a contract, and from its day on what the goal is measured
against."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from sextant.engines.adjustment import Target, use_of
from sextant.engines.agreement import GoalTerms, digest, plain, read_terms
from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.actions.adjustment_news import tell
from sextant.goals.actions.adjustment_table import AdjustTable, AnswerTable, add_step, close_request, lock_goal
from sextant.goals.actions.contracts import make_contract
from sextant.goals.actions.light_news import telling
from sextant.goals.actions.plan_writing import PlanWrite, finish
from sextant.goals.contracts import OPEN_ADJUSTMENTS, AdjustmentAct, AdjustmentState, GoalState, SignatureRow
from sextant.goals.models import AdjustmentRequest, Contract, Goal, GoalPosition, GoalTarget, Plan
from sextant.goals.policy.adjustment import ADJUSTABLE, target_of
from sextant.goals.queries.adjusted_text import adjusted_plan
from sextant.goals.queries.adjustments import adjustment_row, with_steps
from sextant.goals.queries.specs import TARGETS, spec_on
from sextant.goals.queries.targets import first_target
from sextant.metrics.actions.record import refresh_standings


def conclude(answer: AnswerTable, signatures: Sequence[SignatureRow]) -> AdjustmentState:
    """Make the offer count: both positions say it, the plan gets a contract with both signatures, and the goal a target
    from its day on; a day that has passed meanwhile is today. The caller has checked everything and holds the locks."""
    table, request, offer = answer.base, answer.request, answer.row.offer
    after = read_terms(offer.terms or {})
    from_on = max(offer.effective_on or table.today, table.today)
    before = target_of(read_terms(request.before), period=table.cycle, from_on=table.goal.from_on)
    target = target_of(after, period=table.cycle, from_on=from_on)
    request.use = use_of(before, target, signed=first_target(table.goal))
    if table.plan is not None:
        request.contract = _contract(table, answer, table.plan, after=after, signatures=signatures)
    _keep_targets(table.goal, before, target, request_id=request.pk, now=table.now)
    request.state, request.effective_on, request.closed_at = AdjustmentState.AGREED.value, from_on, table.now
    request.save()
    changes = {"adjustment": request.pk, "from_on": from_on.isoformat(), "exceptions": request.exceptions}
    record(
        "adjust_goal", actor=table.actor, now=table.now, object_kind="goal", object_id=table.goal.pk, changes=changes
    )
    tell(table, request)
    if from_on <= table.today:
        _take_effect(request, table.goal, actor=table.actor, now=table.now, today=table.today)
    return AdjustmentState(request.state)


def take_due_effect(*, actor: Actor, now: datetime, plan_ids: Collection[int] | None = None) -> int:
    """Bring into force every agreed adjustment whose day has come, of these plans or of all; how many. Doing it twice
    changes nothing."""
    today = company_day(now, settings.SEXTANT_ZONE)
    due = AdjustmentRequest.objects.filter(state=AdjustmentState.AGREED, effective_on__lte=today).order_by("id")
    count = 0
    for request_id, goal_id in _of_plans(due, plan_ids).values_list("id", "goal_id"):
        with transaction.atomic():
            goal, _plan = lock_goal(goal_id)
            request = _lock(request_id)
            if request.state == AdjustmentState.AGREED:
                _take_effect(request, goal, actor=actor, now=now, today=today)
                count += 1
    return count


def expire_adjustments(*, actor: Actor, now: datetime, plan_ids: Collection[int] | None = None) -> int:
    """End every open request whose days are over, of these plans or of all; how many. Doing it twice changes
    nothing."""
    today = company_day(now, settings.SEXTANT_ZONE)
    over = AdjustmentRequest.objects.filter(state__in=OPEN_ADJUSTMENTS, expires_on__lte=today).order_by("id")
    count = 0
    for request_id, goal_id in _of_plans(over, plan_ids).values_list("id", "goal_id"):
        with transaction.atomic():
            goal, plan = lock_goal(goal_id)
            request = _lock(request_id)
            if request.state in OPEN_ADJUSTMENTS:
                close_request(request, AdjustmentState.EXPIRED, now=now)
                add_step(request, AdjustmentAct.EXPIRE, actor=actor, now=now)
                tell(AdjustTable(goal, plan, request.counterpart_id, None, actor, now, today), request)
                count += 1
    return count


def _of_plans(requests: QuerySet[AdjustmentRequest], plan_ids: Collection[int] | None) -> QuerySet[AdjustmentRequest]:
    return requests if plan_ids is None else requests.filter(plan_id__in=plan_ids)


def _lock(request_id: int) -> AdjustmentRequest:
    return with_steps(AdjustmentRequest.objects.filter(id=request_id)).select_for_update(of=("self",)).get()


def _contract(
    table: AdjustTable, answer: AnswerTable, plan: Plan, *, after: GoalTerms, signatures: Sequence[SignatureRow]
) -> Contract:
    """Both positions say the new text, the contract is made of it, and the plan's history has the change."""
    write = PlanWrite(plan, answer.row.side, table.actor, table.now, table.today)
    text = adjusted_plan(plan, answer.row)
    kept = {"terms": plain(after), "terms_hash": digest(after), "wants_dropped": False, "at": table.now}
    GoalPosition.objects.filter(goal=table.goal).update(**kept)
    contract = make_contract(write, text, signatures=signatures)
    finish(write, answer.row.offer.changes, verb="adjust_plan")
    return contract


def _keep_targets(goal: Goal, before: Target, target: Target, *, request_id: int, now: datetime) -> None:
    """What counts from the day on; before a goal's first change also what counted until then."""
    if not GoalTarget.objects.filter(goal=goal).exists():
        GoalTarget.objects.create(goal=goal, from_on=goal.from_on, until_on=goal.until_on, at=now, **_numbers(before))
    GoalTarget.objects.create(
        goal=goal,
        from_on=target.from_on,
        until_on=target.until_on,
        request_id=request_id,
        at=now,
        **_numbers(target),
    )


def _numbers(target: Target) -> dict[str, object]:
    return {name: getattr(target, name) for name in TARGETS}


def _take_effect(request: AdjustmentRequest, goal: Goal, *, actor: Actor, now: datetime, today: date) -> None:
    """The goal's row says the new text, and where it stands is computed anew at once, as for a value by hand."""
    offer = adjustment_row(request).offer
    after = read_terms(offer.terms or {})
    for name in ADJUSTABLE:
        setattr(goal, name, getattr(after, name))
    goal.until_on = after.until_on or goal.cycle.until_on
    goal.updated_at = now
    goal.save(update_fields=[*ADJUSTABLE, "updated_at"])
    request.state = AdjustmentState.IN_FORCE.value
    request.save(update_fields=["state"])
    add_step(request, AdjustmentAct.TAKE_EFFECT, actor=actor, now=now)
    spec = spec_on(goal, today)
    if spec is not None and goal.state == GoalState.RUNNING and goal.from_on <= today < goal.until_on:
        with telling([spec.goal_id], actor=actor, now=now):
            refresh_standings([spec], as_of=today, now=now)
