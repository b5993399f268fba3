"""Who is told of a plan on its way to a contract. Called inside the transaction that moves the plan."""

from django.urls import reverse

from sextant.foundation.events.actions import publish
from sextant.foundation.notices.actions import send_notice
from sextant.goals.actions.plan_writing import PlanWrite
from sextant.goals.contracts import Side
from sextant.goals.messages.goals import words_of_cycle
from sextant.goals.models import Plan
from sextant.people.queries import get_unit, names_of_persons


def tell_proposed(write: PlanWrite, *, revision: int) -> None:
    """The other side may sign now."""
    plan = write.plan
    params = {"plan_id": plan.pk, "cycle_id": plan.cycle_id, "revision": revision}
    publish("plan.proposed", subject=("plan", plan.pk), params=params, now=write.now, actor=write.actor)
    _tell_other_side("goals.plan_proposed", write, revision=revision)


def tell_signed(write: PlanWrite) -> None:
    """One side has signed: the other is waited for."""
    _tell_other_side("goals.plan_signed", write, revision=write.plan.revision)


def tell_in_force(write: PlanWrite, *, contract_id: int) -> None:
    """Both have signed: both are told, and whoever follows events."""
    plan = write.plan
    params = {"plan_id": plan.pk, "contract_id": contract_id, "cycle_id": plan.cycle_id}
    publish("contract.concluded", subject=("plan", plan.pk), params=params, now=write.now, actor=write.actor)
    send_notice(
        "goals.contract_in_force",
        person_ids=_persons_of(write, *Side),
        params={"owner": _owner_name(plan), "cycle": words_of_cycle(plan.cycle.code, plan.cycle.name)},
        path=reverse("goals:contract", kwargs={"plan_id": plan.pk}),
        key=f"contract:{contract_id}",
        now=write.now,
    )


def _tell_other_side(code: str, write: PlanWrite, *, revision: int) -> None:
    plan, writer = write.plan, write.actor.person_id
    by = names_of_persons([writer]).get(writer, "") if writer is not None else write.actor.label
    other = Side.COUNTERPART if write.side is Side.OWNER else Side.OWNER
    send_notice(
        code,
        person_ids=_persons_of(write, other),
        params={"owner": _owner_name(plan), "cycle": words_of_cycle(plan.cycle.code, plan.cycle.name), "by": by},
        path=reverse("goals:negotiate", kwargs={"plan_id": plan.pk}),
        key=f"plan:{plan.pk}:{revision}",
        now=write.now,
    )


def _persons_of(write: PlanWrite, *sides: Side) -> list[int]:
    """Who speaks for these sides today; a unit speaks through its head, and nobody does while the post is vacant."""
    plan = write.plan
    owner = plan.owner_person_id
    if owner is None and plan.owner_unit_id is not None:
        owner = get_unit(plan.owner_unit_id, on=write.today).head_id
    found = {Side.OWNER: owner, Side.COUNTERPART: plan.counterpart_id}
    return [person_id for side in sides if (person_id := found[side]) is not None]


def _owner_name(plan: Plan) -> str:
    owner = plan.owner_person or plan.owner_unit
    return owner.name if owner else ""
