"""One write of a plan: the plan is locked first, side and revision of the writer are checked, what changed is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from sextant.engines.agreement import FieldChange
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.access import PLAN_PARTS, Sight, side_of, sight_of
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import PlanState, RevisionIsStale, Side
from sextant.goals.models import Plan, PlanRevision
from sextant.goals.policy.plan_states import PlanAct, decide_act
from sextant.goals.queries.plans import list_revisions


@dataclass(frozen=True, slots=True)
class PlanWrite:
    """A plan under its lock, and who writes in it for which side."""

    plan: Plan
    side: Side
    actor: Actor
    now: datetime
    today: date


def begin(
    plan_id: int,
    *,
    act: PlanAct,
    revision: int | None,
    actor: Actor,
    now: datetime,
    permission: Permission = Permission.PLAN_EDIT,
    sight: Sight | None = None,
) -> PlanWrite:
    """Lock the plan and decide whether the actor may `act`. The caller holds a transaction.

    `revision` is the one the writer read; None where the act does not depend on what was read. Raises AccessDenied
    (no such plan in sight, or only a reader), GoalRefused (as `decide_act`), RevisionIsStale.
    """
    require(actor, permission)
    today = company_day(now, settings.SEXTANT_ZONE)
    plans = (sight or sight_of(actor, on=today)).plans.filter(id=plan_id).select_related(*PLAN_PARTS)
    plan = plans.select_for_update(of=("self",)).first()
    side = side_of(actor, plan, on=today) if plan else None
    if plan is None or side is None:
        raise AccessDenied("plan")
    if problems := decide_act(act, state=PlanState(plan.state), side=side):
        raise GoalRefused(problems)
    if revision is not None and revision != plan.revision:
        raise RevisionIsStale(plan.revision, tuple(reversed(list_revisions(plan.id, after=revision))))
    return PlanWrite(plan, side, actor, now, today)


def finish(
    write: PlanWrite, changes: Iterable[Mapping[str, object]], *, verb: str, state: PlanState | None = None
) -> int:
    """Keep what changed as the next revision, with the plan in `state` if given; the number of the revision.

    The audit trail gets the fields alone: what people wrote may name people.
    """
    plan, kept = write.plan, [dict(one) for one in changes]
    if state is not None and state != plan.state:
        kept.append({"goal": None, "field": "state", "old": plan.state, "new": state.value})
        plan.state = state.value
    plan.revision += 1
    plan.updated_at = write.now
    plan.save(update_fields=["state", "revision", "updated_at"])
    PlanRevision.objects.create(
        plan=plan,
        number=plan.revision,
        side=write.side,
        by_person_id=write.actor.person_id,
        at=write.now,
        changes=kept,
    )
    record(
        verb,
        actor=write.actor,
        now=write.now,
        object_kind="plan",
        object_id=plan.id,
        changes={"revision": plan.revision, "fields": sorted({str(one["field"]) for one in kept})},
    )
    return plan.revision


def changes_of(goal_id: int, changed: Iterable[FieldChange]) -> list[dict[str, object]]:
    """Changes of one goal as a revision keeps them."""
    return [{"goal": goal_id, "field": one.field, "old": one.old, "new": one.new} for one in changed]
