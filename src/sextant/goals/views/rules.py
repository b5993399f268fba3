"""Which rules a goal's light is judged by, and the choice of rules of its own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.goals.actions.manual_light import use_rules_for_goal
from sextant.goals.views.asking import ask_goal
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.messages.lights import say
from sextant.metrics.queries.rules_in_force import find_rules_in_force, list_rules_choices
from sextant.metrics.queries.rules_preview import preview_use
from sextant.metrics.rules_words import rows_in_force


@needs(Permission.GOAL_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, goal_id: int) -> HttpResponse:
    """What the goal is judged by, for everyone who sees it. `?rules=` asks what others would change, POST uses them."""
    asked = ask_goal(request, goal_id)
    actor, goal = asked.actor, asked.goal
    if goal.metric_id is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        if not may(actor, Permission.METRIC_DEFINE):
            raise PermissionDenied
        code = request.POST.get("rules", "")[:40]
        try:
            use_rules_for_goal(code or None, goal_id=goal_id, actor=actor, now=asked.moment, today=asked.today)
            messages.success(request, _("从下一次评估起按它判断。"))
            return redirect("goals:rules", goal_id=goal_id)
        except DocumentRefused as error:
            problems = [say(problem) for problem in error.problems]
    context = {"goal": goal, "problems": problems, **_choice(request, goal_id=goal_id, metric_id=goal.metric_id)}
    return render(request, "goals/rules.html", context, status=422 if problems else 200)


def _choice(request: HttpRequest, *, goal_id: int, metric_id: int) -> dict[str, object]:
    """What is in force, and for who may define rules the choice with what it would change."""
    in_force = find_rules_in_force(metric_id=metric_id, goal_id=goal_id)
    found: dict[str, object] = {
        "in_force": rows_in_force(in_force),
        "layers": in_force.layers,
        "own": in_force.own,
        "may_open_rules": may(actor_of(request), Permission.METRIC_READ),
    }
    if not may(actor_of(request), Permission.METRIC_DEFINE):
        return found
    asked = request.GET.get("rules", in_force.own)[:40]
    choices = list_rules_choices()
    is_asking = "rules" in request.GET and asked in ("", *dict(choices))
    wanted = {"code": f"goal-{goal_id}", "next": reverse("goals:rules", args=[goal_id])}
    return {
        **found,
        "may_define": True,
        "asked": asked,
        "choices": choices,
        "is_asking": is_asking,
        "preview": preview_use(asked, metric_id=metric_id, goal_id=goal_id) if is_asking else None,
        "new_href": f"{reverse('metrics:rules_new')}?{urlencode(wanted)}",
    }
