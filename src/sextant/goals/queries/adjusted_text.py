"""What both sign when a goal is adjusted: the whole text of the plan with the change in it."""

from dataclasses import replace

from sextant.engines.agreement import (
    AdjustmentText,
    FieldChange,
    GoalTerms,
    PlanText,
    canonical_text,
    digest,
    hash_of,
    plain,
    plan_digest,
    read_terms,
)
from sextant.goals.contracts import AGREED_ADJUSTMENTS, AdjustmentRow, PlanGoal, Side
from sextant.goals.models import AdjustmentRequest, Plan
from sextant.goals.queries.adjustments import adjustment_row, with_steps
from sextant.goals.queries.contracts import plan_text
from sextant.goals.queries.negotiation import list_support
from sextant.goals.queries.plans import list_plan_goals


def adjusted_plan(plan: Plan, request: AdjustmentRow) -> PlanText:
    """The text of a plan read with its parts, as it would be with the offer of `request` in it. Six queries."""
    goals = [
        _with_terms(goal, read_terms(request.offer.terms or {})) if goal.id == request.goal_id else goal
        for goal in list_plan_goals(plan.pk)
    ]
    text = plan_text(plan, goals=goals, support=list_support(plan.pk))
    codes = {goal.id: goal.code for goal in goals}
    agreed = AdjustmentRequest.objects.filter(plan=plan, state__in=AGREED_ADJUSTMENTS).order_by("closed_at", "id")
    before = tuple(adjustment_text(adjustment_row(one), code=codes.get(one.goal_id, "")) for one in with_steps(agreed))
    return replace(text, adjustments=(*before, adjustment_text(request, code=codes[request.goal_id])))


def adjustment_text(request: AdjustmentRow, *, code: str) -> AdjustmentText:
    """A change as a contract holds it: an agreed one with its day, another with the day its offer names."""
    return AdjustmentText(
        goal=code,
        from_on=request.effective_on or request.offer.effective_on,
        changes=tuple(FieldChange(one["field"], one["old"], one["new"]) for one in request.offer.changes),
        reason=request.reason,
        exceptions=tuple(one.value for one in request.exceptions),
    )


def adjusted_digest(request: AdjustmentRow, *, plan: Plan | None, code: str) -> str:
    """The digest a signature under the offer of `request` would name now. Of a goal without a plan: that of its own
    text with the change."""
    if plan is not None:
        return plan_digest(adjusted_plan(plan, request))
    change = adjustment_text(request, code=code)
    days = {"from_on": change.from_on.isoformat() if change.from_on else None}
    return hash_of(canonical_text({"goal": code, "terms": request.offer.terms, "reason": change.reason, **days}))


def _with_terms(goal: PlanGoal, terms: GoalTerms) -> PlanGoal:
    """The goal with both sides saying `terms`."""
    positions = {
        side: replace(position, terms=plain(terms), digest=digest(terms), wants_dropped=False)
        for side in Side
        if (position := goal.position(side)) is not None
    }
    return replace(goal, positions=positions)
