"""Cycles: which there are, what runs in them, and opening the next one."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.actions import open_cycle
from sextant.goals.forms.templates import CycleForm
from sextant.goals.messages.goals import name_of_cycle, say
from sextant.goals.policy import decide_period
from sextant.goals.queries.cycles import list_cycle_uses


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
