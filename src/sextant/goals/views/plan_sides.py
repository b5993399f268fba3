"""The two sides of a plan: who answers for the company, as HR says; the plans of the units somebody heads, and those
they answer for."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.foundation.access.policy import may
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plans import name_counterpart
from sextant.goals.contracts import PlanState
from sextant.goals.messages.plans import STATES
from sextant.goals.policy.plan_states import may_name
from sextant.goals.queries.answering import plans_to_answer, tell_plans_to_answer
from sextant.goals.queries.plans import counterpart_has_left, list_unit_plans
from sextant.goals.views.plan_parts import AskedPlan, ask_plan, refusals_told
from sextant.people.queries import resolve_persons

_KEEPS = (PlanState.SIGNED, PlanState.RUNNING)
"""What was signed stays: another counterpart answers for what comes."""
PAGE_ANSWERING = 10


@dataclass(frozen=True, slots=True)
class UnitPlanLine:
    """A unit the reader heads: its plan of the cycle, or none yet."""

    unit_id: int
    name: str
    plan_id: int | None
    state: str | Promise


def list_own_units(person_id: int, *, cycle_id: int, on: date) -> list[UnitPlanLine]:
    """The units somebody heads, each with its plan of the cycle. One query."""
    return [
        UnitPlanLine(one.unit_id, one.name, one.plan_id, STATES[one.state] if one.state else "")
        for one in list_unit_plans(person_id, cycle_id=cycle_id, on=on)
    ]


def list_answering(request: HttpRequest, person_id: int, *, on: date) -> dict[str, object]:
    """The plans somebody answers for, a page at a time (`answering` in the address), as `_answering.html` shows them.
    Two queries, one where there are none."""
    plans = plans_to_answer(person_id, on=on).select_related("cycle", "owner_person", "owner_unit")
    page = Paginator(plans, PAGE_ANSWERING).get_page(request.GET.get("answering"))
    rows = tell_plans_to_answer(page.object_list) if page.paginator.count else []
    return {"page": page, "rows": [(one, STATES[one.state]) for one in rows]}


def may_name_counterpart(asked: AskedPlan) -> bool:
    """Whether the reader may say who answers for the company now. No query."""
    has_left = counterpart_has_left(asked.plan, on=asked.today)
    return may(asked.actor, Permission.PLAN_MANAGE) and may_name(PlanState(asked.plan.state), has_left=has_left)


@needs(Permission.PLAN_MANAGE)
@require_POST
def counterpart(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Name who answers for the company, by number or by a name that one person alone bears."""
    asked = ask_plan(request, plan_id)
    with refusals_told(request):
        person_id = _find(request.POST.get("person", "").strip())
        name_counterpart(plan_id, person_id=person_id, actor=asked.actor, now=asked.moment)
        is_kept = PlanState(asked.plan.state) in _KEEPS
        messages.success(request, _("对方已更换，契约不变。") if is_kept else _("对方已更换，之前的签名作废。"))
    return redirect("goals:plan", plan_id=plan_id)


def _find(text: str) -> int:
    found = None
    if text:
        found = resolve_persons([text], by="number").get(text) or resolve_persons([text], by="name").get(text)
    if found is not None:
        return found
    raise GoalRefused([Problem("plan.person_unknown", {"field": "person", "value": text})])
