"""Plans of somebody who moves, and of who takes over: the counterpart, what both sides say now, and what is to be
signed anew."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings

from sextant.engines.agreement import diff
from sextant.engines.movement import Cause
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.goals.actions.moved_goals import Change
from sextant.goals.actions.plan_writing import PlanWrite, changes_of, finish
from sextant.goals.actions.plans import open_points
from sextant.goals.contracts import GoalState, PlanState, Side
from sextant.goals.contracts.movement import MoveCase, MoveOrder
from sextant.goals.models import Goal, GoalPosition, Plan
from sextant.goals.plan_terms import positions_of, with_terms
from sextant.people.queries import names_of_persons

_SIGNED = frozenset({PlanState.SIGNED, PlanState.RUNNING})


def settle_plans(
    order: MoveOrder, case: MoveCase, plans: Sequence[Plan], changes: Sequence[Change], *, actor: Actor, now: datetime
) -> None:
    """Bring the plans of the mover and of the successors in step with what became of the goals; every plan that
    changed gets one revision. `plans` are under their locks.

    A leaver's plan is closed. What was signed and says something else now is to be signed again: at once where it
    still follows its template, else both sides write it first. Its goals run on meanwhile.
    """
    today = company_day(now, settings.SEXTANT_ZONE)
    answers = {one.id: one.counterpart_id for one in case.plans}
    for plan in plans:
        is_own = plan.owner_person_id == order.person_id
        own = [one for one in changes if one.goal.plan_id == plan.pk and one.has_changed]
        received = [one.successor for one in changes if one.successor and one.successor.plan_id == plan.pk]
        kept = [*_told(own), *(_received(one) for one in received)]
        if plan.pk in answers and answers[plan.pk] != plan.counterpart_id:
            kept.append(_answered_by(plan, answers[plan.pk]))
        _write_positions([one.goal.pk for one in own if one.after is not None], received, now=now)
        write = PlanWrite(plan, Side.COUNTERPART, actor, now, today)
        state = PlanState.CLOSED if is_own and order.cause is Cause.LEFT else _state(write, bool(own or received))
        if kept or state != plan.state:
            finish(write, kept, verb="move_plan", state=state)


def _state(write: PlanWrite, has_changed: bool) -> PlanState:
    state = PlanState(write.plan.state)
    if not has_changed or state in {PlanState.DRAFT, PlanState.DISCUSSION}:
        return state
    is_sound = state in _SIGNED and not open_points(write)
    return PlanState.PROPOSED if is_sound else PlanState.DISCUSSION


def _told(changes: Iterable[Change]) -> Iterable[dict[str, object]]:
    """What changed in the mover's goals, as a revision keeps it."""
    for one in changes:
        if one.after is None:
            yield {"goal": one.goal.pk, "field": "state", "old": None, "new": one.goal.state}
        else:
            yield from changes_of(one.goal.pk, diff(one.before, one.after))


def _received(goal: Goal) -> dict[str, object]:
    return {"goal": goal.pk, "field": "title", "old": None, "new": goal.title}


def _answered_by(plan: Plan, counterpart_id: int | None) -> dict[str, object]:
    """Name the counterpart, and say who it was."""
    former = plan.counterpart_id
    names = names_of_persons([one for one in (former, counterpart_id) if one is not None])
    plan.counterpart_id = counterpart_id
    plan.save(update_fields=["counterpart"])
    return {"goal": None, "field": "counterpart", "old": names.get(former or 0), "new": names.get(counterpart_id or 0)}


def _write_positions(own_ids: Sequence[int], received: Sequence[Goal], *, now: datetime) -> None:
    """Both sides say what the rows say: what an organisation changes is nobody's proposal. A draft that was handed over
    is the company's alone, to be accepted."""
    ids = [*own_ids, *(one.pk for one in received)]
    found = with_terms(Goal.objects.filter(id__in=ids, plan__isnull=False)) if ids else []
    positions = [
        position
        for goal in found
        for position in positions_of(
            goal, now=now, sides=(Side.COUNTERPART,) if goal.state == GoalState.DRAFT else tuple(Side)
        )
    ]
    GoalPosition.objects.bulk_create(
        positions,
        update_conflicts=True,
        unique_fields=["goal", "side"],
        update_fields=["terms", "terms_hash", "wants_dropped", "at", "by_person"],
    )
