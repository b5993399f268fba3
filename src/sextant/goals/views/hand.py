"""What one may set by hand on the page of a goal: a value, and a light. The forms open in dialogs of that page."""

from datetime import timedelta
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.goals.actions import GoalRefused, clear_manual_light, set_manual_light
from sextant.goals.actions.manual_light import may_set_light
from sextant.goals.actions.record import may_record, record_measurement
from sextant.goals.actions.suspension import may_suspend
from sextant.goals.contracts import GoalState
from sextant.goals.forms.hand import LightForm, RecordForm
from sextant.goals.queries.suspension import find_suspension
from sextant.goals.views.asking import AskedGoal, ask_goal
from sextant.metrics import queries as metrics
from sextant.metrics.actions.record import MeasurementRefused
from sextant.metrics.queries.light_rules import list_manual_lights
from sextant.ui.whole_page import name_part

USUAL_DAYS = 14
"""How long a light set by hand holds unless somebody says otherwise."""


@needs(Permission.GOAL_READ)
@require_GET
def hand(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The light set by hand, for everyone, and the buttons for what the reader may set. The page of the goal loads
    this: who may what costs more than that page has room for."""
    asked = ask_goal(request, goal_id)
    metric = asked.read_metric()
    takes_values = metric is not None and metric.aggregation != "ratio" and not metric.is_retired
    context = {
        "goal": asked.goal,
        "may_record": takes_values and may_record(asked.actor, asked.goal, on=asked.today),
        "may_set": asked.goal.state == GoalState.RUNNING and may_set_light(asked.actor, asked.goal, on=asked.today),
        **_suspension(asked),
        **_manual_light(asked),
    }
    return render(request, "goals/_hand.html", context)


@needs(Permission.MEASUREMENT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The form of one value; sent, the value counts at once."""
    asked = ask_goal(request, goal_id)
    if not may_record(asked.actor, asked.goal, on=asked.today):
        raise PermissionDenied
    metric = asked.read_metric()
    answer = partial(_form, request, reverse("goals:record", args=[goal_id]), unit=metric.unit_label if metric else "")
    if request.method != "POST":
        return answer(RecordForm(initial={"day": asked.today}))
    form = RecordForm(request.POST)
    if not form.is_valid():
        return answer(form)
    try:
        recorded = record_measurement(goal_id, **form.cleaned_data, actor=asked.actor, now=asked.moment)
    except AccessDenied as error:
        raise PermissionDenied from error
    except MeasurementRefused as error:
        form.refuse([error.problem])
        return answer(form)
    said = _("已记下，目标已更新。") if goal_id in recorded.standings else _("已记下，评估后生效。")
    return back_to_goal(request, goal_id, said)


@needs(Permission.LIGHT_SET)
@require_http_methods(["GET", "HEAD", "POST"])
def light(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The form of a light set by hand; sent, it takes the place of one set before."""
    asked = ask_goal(request, goal_id)
    if not may_set_light(asked.actor, asked.goal, on=asked.today):
        raise PermissionDenied
    answer = partial(_form, request, reverse("goals:light", args=[goal_id]))
    if request.method != "POST":
        return answer(LightForm(initial=_light_now(asked)))
    form = LightForm(request.POST)
    if not form.is_valid():
        return answer(form)
    try:
        set_manual_light(
            goal_id=goal_id,
            light=Light(form.cleaned_data["light"]),
            reason=form.cleaned_data["reason"],
            from_on=asked.today,
            until_on=form.until_on,
            actor=asked.actor,
            now=asked.moment,
            today=asked.today,
        )
    except AccessDenied as error:
        raise PermissionDenied from error
    except GoalRefused as error:
        form.refuse(error.problems)
        return answer(form)
    return back_to_goal(
        request, goal_id, _("已设定，下次评估后生效。") if asked.goal.metric_id else _("已设定，立即生效。")
    )


@needs(Permission.LIGHT_SET)
@require_POST
def clear_light(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Take back the light set by hand."""
    asked = ask_goal(request, goal_id)
    try:
        was_set = clear_manual_light(goal_id=goal_id, actor=asked.actor, now=asked.moment, today=asked.today)
    except AccessDenied as error:
        raise PermissionDenied from error
    if not was_set:
        return back_to_goal(request, goal_id, _("人工灯已经撤回过了。"))
    by_rules = _("已撤回，下次评估后照规则评判。") if asked.goal.metric_id else _("已撤回，现在照规则评判。")
    return back_to_goal(request, goal_id, by_rules)


def _suspension(asked: AskedGoal) -> dict[str, object]:
    """The suspension that lasts, and whether the reader may end it or begin one."""
    found = find_suspension(asked.goal.id) if asked.goal.state == GoalState.SUSPENDED else None
    can_change = asked.goal.state in (GoalState.RUNNING, GoalState.SUSPENDED)
    return {
        "suspension": found,
        "suspended_last_on": found.until_on - timedelta(days=1) if found else None,
        "may_suspend": can_change and may_suspend(asked.actor, asked.goal, on=asked.today),
    }


def _manual_light(asked: AskedGoal) -> dict[str, object]:
    """The light set by hand that holds today or will, its last day, and whether the next run has yet to show it; empty
    without one."""
    found = list_manual_lights([asked.goal.id]).get(asked.goal.id)
    if found is None or found.until_on <= asked.today:
        return {}
    if found.from_on > asked.today:
        return {"manual": found, "last_on": found.until_on - timedelta(days=1), "is_ahead": True}
    # a goal without a metric has no standing to wait for
    standing = metrics.standings_of([asked.goal.id]).get(asked.goal.id) if asked.goal.metric_id else None
    return {
        "manual": found,
        "last_on": found.until_on - timedelta(days=1),
        "is_waiting": asked.goal.metric_id is not None and (standing is None or standing.reason_code != "light.manual"),
    }


def _light_now(asked: AskedGoal) -> dict[str, object]:
    """What the form of a light begins with: the one that is set, else yellow for two weeks."""
    found = list_manual_lights([asked.goal.id]).get(asked.goal.id)
    if found and found.until_on > asked.today:
        last_on = found.until_on - timedelta(days=1)
        return {"light": found.light.value, "reason": found.reason, "last_on": last_on}
    return {"light": Light.YELLOW.value, "last_on": asked.today + timedelta(days=USUAL_DAYS - 1)}


def _form(request: HttpRequest, action: str, form: Form, *, unit: str = "") -> HttpResponse:
    """The inside of a dialog; 422 for a form that was sent and refused."""
    name_part(request, title=_("记一个数") if isinstance(form, RecordForm) else _("调整灯"))
    context = {"form": form, "action": action, "unit": unit}
    return render(request, "goals/_hand_form.html", context, status=422 if form.is_bound else 200)


def back_to_goal(request: HttpRequest, goal_id: int, said: str) -> HttpResponse:
    """To the page of the goal, which then says what happened; htmx does not follow a redirect with the whole page."""
    messages.success(request, said)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse("goals:detail", args=[goal_id])})
    return redirect("goals:detail", goal_id=goal_id)
