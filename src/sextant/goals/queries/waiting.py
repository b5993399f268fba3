"""Open plans: where each is on its way, who has to do something, and since when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.contracts import PlanState, Side
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.models import Plan, PlanReminder, Signature
from sextant.goals.queries.cascade import reach_of_push
from sextant.people.queries import list_units, names_of_persons

OPEN = (PlanState.DRAFT, PlanState.DISCUSSION, PlanState.PROPOSED)


@dataclass(frozen=True, slots=True)
class WaitingPlan:
    """A plan that is not signed. `persons` have to do the next thing (nobody: the counterpart or the head is missing),
    `since` it came to where it is, `reminded_on` the last day somebody was reminded of it."""

    id: int
    owner_name: str
    cycle_name: str
    state: PlanState
    since: datetime
    persons: tuple[tuple[int, str], ...]
    reminded_on: date | None


def open_plans_below(actor: Actor, *, on: date) -> QuerySet[Plan]:
    """The plans the actor may remind of: HR all; others those of whoever is below them, and those they answer for. Of
    cycles that are not over. At most four queries."""
    plans = Plan.objects.filter(state__in=[one.value for one in OPEN], cycle__until_on__gt=on)
    if may(actor, Permission.PLAN_MANAGE):
        return plans
    if actor.person_id is None:
        return plans.none()
    reach = reach_of_push(actor, on=on)
    return plans.filter(
        Q(owner_person_id__in=reach.person_ids or ())
        | Q(owner_unit_id__in=reach.unit_ids or ())
        | Q(counterpart_id=actor.person_id)
    )


def list_waiting(plans: Sequence[Plan], *, on: date) -> list[WaitingPlan]:
    """`plans`, read with cycle, owner and counterpart, in their order. Five queries, however many."""
    ids = [plan.pk for plan in plans]
    signed: dict[int, set[Side]] = {}
    for plan_id, revision, side in Signature.objects.filter(plan_id__in=ids).values_list("plan_id", "revision", "side"):
        if any(plan.pk == plan_id and plan.revision == revision for plan in plans):
            signed.setdefault(plan_id, set()).add(Side(side))
    units = [plan.owner_unit_id for plan in plans if plan.owner_unit_id is not None]
    heads = {unit.id: unit.head_id for unit in list_units(on=on, ids=units)} if units else {}
    waits = {plan.pk: _waits_for(plan, signed.get(plan.pk, set()), heads) for plan in plans}
    names = names_of_persons({one for found in waits.values() for one in found})
    reminded = dict(
        PlanReminder.objects.filter(plan_id__in=ids).order_by("on").values_list("plan_id", "on")
    )  # of several days the last stays
    return [
        WaitingPlan(
            plan.pk,
            str(plan.owner_person or plan.owner_unit),
            name_of_cycle(plan.cycle.code, plan.cycle.name),
            PlanState(plan.state),
            plan.created_at if plan.state == PlanState.DRAFT else plan.updated_at,
            tuple((one, names[one]) for one in waits[plan.pk] if one in names),
            reminded.get(plan.pk),
        )
        for plan in plans
    ]


def _waits_for(plan: Plan, signed: Collection[Side], heads: dict[int, int | None]) -> list[int]:
    """A draft waits for its owner, a plan talked over for both, a proposed one for whoever has not signed."""
    owner = plan.owner_person_id if plan.owner_unit_id is None else heads.get(plan.owner_unit_id)
    sides = {Side.OWNER: owner, Side.COUNTERPART: plan.counterpart_id}
    if plan.state == PlanState.DRAFT:
        del sides[Side.COUNTERPART]
    return list(dict.fromkeys(one for side, one in sides.items() if one is not None and side not in signed))
