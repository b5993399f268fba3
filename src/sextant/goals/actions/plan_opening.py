"""Opening a plan: who may, who answers for the company, and on which template it stands."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import GoalState
from sextant.goals.models import Cycle, Goal, GoalPosition, Plan
from sextant.goals.plan_terms import positions_of, with_terms
from sextant.goals.policy.plan_templates import choose_template
from sextant.goals.queries.plan_templates import list_template_choices
from sextant.people.queries import get_person, get_unit, list_report_ids, list_unit_chain, list_units


def open_plan(
    *,
    cycle_id: int,
    owner_person_id: int | None = None,
    owner_unit_id: int | None = None,
    template_version_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """The plan of an owner for a cycle, made as a draft when there is none; returns its id. Exactly one owner.

    Goals the owner already has in the cycle (from a file, say) join the plan as they are, agreed by both sides: what
    was agreed elsewhere is not argued again, and weights are summed over everything that counts. Without
    `template_version_id` the template is chosen by the owner's post.

    Allowed to the owner, to everyone above them on solid lines (for a unit: who heads it or a unit above it), and to
    HR. Raises AccessDenied, GoalRefused (plan.no_template, plan.cycle_over), Cycle.DoesNotExist.
    """
    require(actor, Permission.PLAN_EDIT)
    today = company_day(now, settings.SEXTANT_ZONE)
    if not _may_open(actor, person_id=owner_person_id, unit_id=owner_unit_id, on=today):
        raise AccessDenied("plan")
    with transaction.atomic():
        # the lock of the cycle makes two openings at once one after the other: the second finds what the first made
        cycle = Cycle.objects.select_for_update().get(id=cycle_id)
        owner = {"owner_person_id": owner_person_id, "owner_unit_id": owner_unit_id}
        found = Plan.objects.filter(cycle=cycle, **owner).values_list("id", flat=True).first()
        if found is not None:
            return found
        if cycle.until_on <= today:
            raise GoalRefused([Problem("plan.cycle_over", {"cycle": cycle.name})])
        plan = Plan.objects.create(
            cycle=cycle,
            **owner,
            template_version_id=template_version_id or _template(cycle, owner_person_id, on=today),
            counterpart_id=counterpart_for(person_id=owner_person_id, unit_id=owner_unit_id, on=today),
            created_at=now,
            updated_at=now,
        )
        adopted = _adopt(plan, now=now)
        record("open_plan", actor=actor, now=now, object_kind="plan", object_id=plan.id, changes={"adopted": adopted})
    return plan.id


def may_open_plan(actor: Actor, *, person_id: int | None = None, unit_id: int | None = None, on: date) -> bool:
    """Whether the actor may open a plan for this owner: for a page that offers it."""
    return may(actor, Permission.PLAN_EDIT) and _may_open(actor, person_id=person_id, unit_id=unit_id, on=on)


def _may_open(actor: Actor, *, person_id: int | None, unit_id: int | None, on: date) -> bool:
    if may(actor, Permission.PLAN_MANAGE):
        return True
    if actor.person_id is None:
        return False
    if person_id is not None:
        return person_id == actor.person_id or person_id in list_report_ids(actor.person_id, on=on)
    assert unit_id is not None  # exactly one owner
    chain = [unit.id for unit in list_unit_chain(unit_id)]
    return any(unit.head_id == actor.person_id for unit in list_units(on=on, ids=chain))


def counterpart_for(*, person_id: int | None, unit_id: int | None, on: date) -> int | None:
    """Who answers for the company: the manager on the solid line, else the head of the nearest unit whose head is
    somebody else; None at the very top."""
    if person_id is not None:
        person = get_person(person_id, on=on)
        if person.manager_id is not None or person.unit_id is None:
            return person.manager_id
        return _head_other_than(person_id, person.unit_id, on=on)
    assert unit_id is not None  # exactly one owner
    unit = get_unit(unit_id, on=on)
    return None if unit.parent_id is None else _head_other_than(unit.head_id, unit.parent_id, on=on)


def _head_other_than(person_id: int | None, unit_id: int, *, on: date) -> int | None:
    """The head of the unit or of the nearest above it who is not `person_id`."""
    ids = [unit.id for unit in list_unit_chain(unit_id)]
    heads = {unit.id: unit.head_id for unit in list_units(on=on, ids=ids)}
    return next((heads[one] for one in reversed(ids) if heads[one] not in {None, person_id}), None)


def _template(cycle: Cycle, person_id: int | None, *, on: date) -> int:
    title = (get_person(person_id, on=on).title or "") if person_id is not None else ""
    choices = list_template_choices(cycle_from_on=cycle.from_on)
    chosen = choose_template(choices, title=title, is_unit=person_id is None)
    if chosen is None:
        raise GoalRefused([Problem("plan.no_template", {"cycle": cycle.name})])
    return chosen


def _adopt(plan: Plan, *, now: datetime) -> int:
    """Take the owner's goals of the cycle into the plan; how many. Six statements, however many goals."""
    goals = Goal.objects.filter(
        cycle_id=plan.cycle_id, owner_person_id=plan.owner_person_id, owner_unit_id=plan.owner_unit_id, plan=None
    ).exclude(state=GoalState.DROPPED)
    taken = list(with_terms(goals).select_for_update(of=("self",)))
    GoalPosition.objects.bulk_create([one for goal in taken for one in positions_of(goal, now=now)])
    return Goal.objects.filter(id__in=[goal.id for goal in taken]).update(plan=plan)
