"""待签方案: open plans by where they are, and a reminder to whoever has to do the next thing."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.actions.reminding import MOST_PLANS, remind_plans
from sextant.goals.contracts import PlanState
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.plans import STATES
from sextant.goals.queries import list_cycles
from sextant.goals.queries.waiting import OPEN, list_waiting, open_plans_below
from sextant.goals.views.plan_parts import read_id

PAGE_PLANS = 50


@needs(Permission.PLAN_EDIT)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """The plans, those that stand still the longest first; filters stand in the address."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    cycles = [one for one in list_cycles() if one.until_on > today]
    cycle = next((one for one in cycles if one.code == request.GET.get("cycle")), None)
    state = request.GET.get("state", "")
    plans = open_plans_below(actor, on=today).select_related("cycle", "owner_person", "owner_unit")
    if cycle is not None:
        plans = plans.filter(cycle_id=cycle.id)
    if state in OPEN:
        plans = plans.filter(state=state)
    page = Paginator(plans.order_by("updated_at", "id"), PAGE_PLANS).get_page(request.GET.get("page"))
    context = {
        "rows": [(one, STATES[one.state]) for one in list_waiting(list(page.object_list), on=today)],
        "page": page,
        "cycle_options": [(one.code, name_of_cycle(one.code, one.name)) for one in cycles],
        "cycle_code": cycle.code if cycle else "",
        "state_options": [(one.value, STATES[one]) for one in OPEN],
        "state": state if state in OPEN else "",
        "today": today,
        "most": MOST_PLANS,
    }
    return render(request, "goals/bulk/waiting.html", context)


@needs(Permission.PLAN_EDIT)
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind of the ticked plans, or with `all` of everything the filters hold."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    ids = [one for text in request.POST.getlist("plan") if (one := read_id(text)) is not None]
    cycle, state = request.POST.get("cycle", ""), request.POST.get("state", "")
    if "all" in request.POST:
        plans = open_plans_below(actor, on=today)
        plans = plans.filter(cycle__code=cycle) if cycle else plans
        plans = plans.filter(state=state) if state in tuple(PlanState) else plans
        ids = list(plans.order_by("updated_at", "id").values_list("id", flat=True)[:MOST_PLANS])
    if not ids:
        messages.warning(request, _("还没有选方案。"))
    else:
        done = remind_plans(ids, actor=actor, now=moment)
        told = {"plans": done.plans, "people": done.people, "left": done.left}
        messages.success(request, _("已提醒 %(people)s 人，涉及 %(plans)s 份方案。") % told)
        if done.left:
            messages.info(request, _("%(left)s 份今天已经提醒过，或没有人可提醒。") % told)
    query = urlencode({name: value for name, value in (("cycle", cycle), ("state", state)) if value})
    return redirect(f"{reverse('goals:waiting')}?{query}" if query else "goals:waiting")
