"""Starting an evaluation from a page."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals import jobs
from sextant.goals.actions import evaluate_goals
from sextant.goals.queries import count_running_goals

SMALL = 2000
"""Goals that are evaluated while the browser waits: about a second. More go to the worker."""


@needs(Permission.RUN_START)
@require_POST
def evaluate(request: HttpRequest) -> HttpResponse:
    """Evaluate every running goal as of today; the list of runs shows the result."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    if count_running_goals(as_of=today) <= SMALL:
        run = evaluate_goals(actor=actor, now=moment, as_of=today)
        said = _("评估完成：%(goals)s 个目标，%(red)s 个风险。") % {"goals": run.goals, "red": run.red}
    else:
        jobs.enqueue_evaluation(as_of=today, label=actor.label)
        said = _("评估已排队，完成后出现在列表里。")
    messages.success(request, said)
    return redirect("metrics:runs")
