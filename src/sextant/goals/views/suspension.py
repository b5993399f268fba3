"""Suspending a goal and taking it up again, in a dialog on the page of the goal."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.suspension import may_suspend, resume_goal, suspend_goal
from sextant.goals.forms.hand import SuspensionForm
from sextant.goals.views.asking import ask_goal
from sextant.goals.views.hand import back_to_goal
from sextant.ui.whole_page import name_part


@needs(Permission.GOAL_SUSPEND)
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The form of a suspension; sent, the goal is judged no longer."""
    _refuse_unless_allowed(request, goal_id)
    form = SuspensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            suspend_goal(goal_id, **form.cleaned_data, actor=actor_of(request), now=now())
        except AccessDenied as error:
            raise PermissionDenied from error
        except GoalRefused as error:
            form.refuse(error.problems)
        else:
            return back_to_goal(request, goal_id, _("已暂缓，到期自动恢复。"))
    name_part(request, title=_("暂缓考核"))
    context = {"form": form, "action": reverse("goals:suspend", args=[goal_id])}
    return render(request, "goals/_hand_form.html", context, status=422 if form.is_bound else 200)


@needs(Permission.GOAL_SUSPEND)
@require_POST
def resume(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Judge the goal again."""
    _refuse_unless_allowed(request, goal_id)
    try:
        was_suspended = resume_goal(goal_id, actor=actor_of(request), now=now())
    except AccessDenied as error:
        raise PermissionDenied from error
    return back_to_goal(request, goal_id, _("已恢复，下次评估后亮灯。") if was_suspended else _("已经恢复过了。"))


def _refuse_unless_allowed(request: HttpRequest, goal_id: int) -> None:
    asked = ask_goal(request, goal_id)
    if not may_suspend(asked.actor, asked.goal, on=asked.today):
        raise PermissionDenied
