"""Cycles: which there are, what runs in them, opening the next one, and closing the plans of one that is over."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.actions import GoalRefused, open_cycle
from sextant.goals.actions.closing import close_plans, set_closing_days
from sextant.goals.forms.templates import CycleForm
from sextant.goals.messages.goals import name_of_cycle, say
from sextant.goals.messages.plans import STATES
from sextant.goals.models import Cycle
from sextant.goals.policy import decide_period
from sextant.goals.policy.closing import MOST_DAYS
from sextant.goals.queries.closing import preview_closing
from sextant.goals.queries.cycles import list_cycle_uses
from sextant.goals.views.plan_parts import read_id, sentences


@needs(Permission.PLAN_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def cycles(request: HttpRequest) -> HttpResponse:
    """All cycles with their plans and goals; sent, opens one. A period that is there already is found, not doubled."""
    form = CycleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        named = decide_period(form.cleaned_data["period"])
        if named.value is None:
            form.add_error("period", say(named.problems[0]))
        else:
            row = open_cycle(named.value, name=form.cleaned_data["name"], actor=actor_of(request), now=now())
            messages.success(request, _("已开启：%(cycle)s。") % {"cycle": name_of_cycle(row.code, row.name)})
            return redirect("goals:cycles")
    uses = [(one, name_of_cycle(one.cycle.code, one.cycle.name)) for one in list_cycle_uses()]
    context = {"uses": uses, "form": form, "today": company_day(now(), settings.SEXTANT_ZONE)}
    return render(request, "goals/plans/cycles.html", context, status=422 if request.method == "POST" else 200)


@needs(Permission.PLAN_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """What closing the plans of a cycle would do; sent, `act` close does it, `act` days changes how long is waited."""
    cycle = Cycle.objects.filter(id=cycle_id).first()
    if cycle is None:
        raise Http404
    if request.method == "POST":
        return _closed(request, cycle)
    preview, today = preview_closing(cycle), company_day(now(), settings.SEXTANT_ZONE)
    context = {
        "cycle": cycle,
        "cycle_name": name_of_cycle(cycle.code, cycle.name),
        "preview": preview,
        "unsigned": [(plan_id, owner, STATES[state]) for plan_id, owner, state in preview.first_unsigned],
        "may_close": preview.plans > 0 and preview.on <= today,
        "most_days": MOST_DAYS,
    }
    return render(request, "goals/plans/closing.html", context)


def _closed(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    actor, moment = actor_of(request), now()
    try:
        if request.POST.get("act") == "days":
            set_closing_days(cycle.pk, days=read_id(request.POST.get("days")) or 0, actor=actor, now=moment)
            messages.success(request, _("已保存。"))
        else:
            count = close_plans(cycle.pk, actor=actor, now=moment)
            messages.success(request, _("已结束 %(n)s 份方案。") % {"n": count})
    except GoalRefused as error:
        for text in sentences(error.problems):
            messages.error(request, text)
    return redirect("goals:cycle_close", cycle_id=cycle.pk)
