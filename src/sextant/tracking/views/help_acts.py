"""What people do about help: choose, assume, watch, answer, finish; and say what they can help with."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.goals.views.plan_parts import read_id
from sextant.people.queries import resolve_persons
from sextant.tracking.actions.help_acts import (
    Choice,
    answer_request,
    assume_cause,
    choose_act,
    drop_act,
    finish_act,
    watch_goal,
)
from sextant.tracking.actions.scripts import offer_help
from sextant.tracking.contracts.help import ActKind, Cause, HelpRefused
from sextant.tracking.messages.help import ACT_STATES, KINDS
from sextant.tracking.policy.help import LONGEST_WATCH
from sextant.tracking.queries.help import act_row, find_pack_of
from sextant.tracking.queries.offers import list_offers
from sextant.tracking.queries.scripts import find_script
from sextant.tracking.views.help_parts import Asked, ask, back, person_of, refusals_told

DUE_DAYS = 7
"""When something chosen is due where nobody says."""


@needs(Permission.TRACKING_ACT)
@require_POST
def choose(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Choose something for the goal, and go back to where the form stood."""
    asked = ask(request)
    with refusals_told(request):
        choose_act(goal_id, _choice(request, asked), actor=asked.actor, now=asked.moment)
        messages.success(request, _("已选好。观察期结束时，结果按数据记下。"))
    return back(request, _page_of(goal_id))


@needs(Permission.TRACKING_ACT)
@require_POST
def cause(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Say why somebody is probably behind."""
    asked = ask(request)
    told = request.POST.get("cause", "")
    chosen = Cause(told) if told in set(Cause) else None
    with refusals_told(request):
        note = request.POST.get("hypothesis", "")
        assume_cause(goal_id, cause=chosen, note=note, actor=asked.actor, now=asked.moment)
        messages.success(request, _("已记下。"))
    return back(request, _page_of(goal_id))


@needs(Permission.TRACKING_ACT)
@require_POST
def watch(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Watch the light for some weeks."""
    asked = ask(request)
    weeks = read_id(request.POST.get("weeks")) or 0
    if not 1 <= weeks <= LONGEST_WATCH:
        raise Http404
    with refusals_told(request):
        watch_goal(goal_id, weeks=weeks, actor=asked.actor, now=asked.moment)
        messages.success(request, _("观察期已定好。"))
    return back(request, _page_of(goal_id))


@needs(Permission.TRACKING_ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, act_id: int) -> HttpResponse:
    """Something the reader was given or asked: to read, to accept or decline, to say that it is done. Whoever chose it
    takes it back, or says for another that it is done."""
    asked = ask(request)
    if request.method == "POST":
        return _acted(request, act_id, asked)
    try:
        found = asked.sight.access_act(act_id)
    except AccessDenied as error:
        raise Http404 from error
    row = act_row(found)
    context = {
        "act": row,
        "kind": KINDS[row.kind],
        "state": ACT_STATES[row.state],
        "metric": found.pack.goal.metric,
        "script": find_script(found.script_id) if found.script_id else None,
        "today": asked.today,
    }
    return render(request, "tracking/help/act.html", context)


@needs(Permission.TRACKING_ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def offers(request: HttpRequest) -> HttpResponse:
    """What the reader is good at, and whether they may be named to others for it."""
    asked = ask(request)
    person_id = person_of(asked)
    if request.method == "POST":
        with refusals_told(request):
            metric_id = read_id(request.POST.get("metric")) or 0
            is_offered = bool(request.POST.get("offered"))
            offer_help(metric_id, is_offered=is_offered, actor=asked.actor, now=asked.moment)
            messages.success(request, _("别的主管现在能看到你。") if is_offered else _("已收回。"))
        return redirect("tracking:help_offers")
    return render(request, "tracking/help/offers.html", {"rows": list_offers(person_id, on=asked.today)})


def _acted(request: HttpRequest, act_id: int, asked: Asked) -> HttpResponse:
    told = request.POST.get("act", "")
    with refusals_told(request):
        match told:
            case "accept" | "decline":
                reason = request.POST.get("reason", "")
                answer_request(act_id, accepts=told == "accept", reason=reason, actor=asked.actor, now=asked.moment)
            case "done":
                finish_act(act_id, actor=asked.actor, now=asked.moment)
            case "drop":
                drop_act(act_id, actor=asked.actor, now=asked.moment)
            case _:
                raise Http404
        messages.success(request, _("已记下。"))
    return back(request, reverse("tracking:help_act", args=[act_id]))


def _choice(request: HttpRequest, asked: Asked) -> Choice:
    told = request.POST
    kind = told.get("kind", "")
    if kind not in set(ActKind):
        raise Http404
    return Choice(
        kind=ActKind(kind),
        text=told.get("text", ""),
        due_on=_day(told.get("due_on", ""), asked.today + timedelta(days=DUE_DAYS)),
        person_id=read_id(told.get("person_id")) or _named(told.get("person", "")),
        unit_id=read_id(told.get("unit_id")),
        script_id=read_id(told.get("script_id")),
        case_goal_id=read_id(told.get("case_goal_id")),
    )


def _named(text: str) -> int | None:
    """The person of that number or name; None for an empty field. HelpRefused (help.person_unknown)."""
    name = text.strip()
    if not name:
        return None
    found = resolve_persons([name], by="number") or resolve_persons([name], by="name")
    if found.get(name) is None:
        raise HelpRefused(Problem("help.person_unknown", {"name": name}))
    return found[name]


def _day(text: str, usual: date) -> date | None:
    if not text:
        return usual
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page_of(goal_id: int) -> str:
    pack = find_pack_of(goal_id)
    return reverse("tracking:help_pack", args=[pack.id]) if pack else reverse("tracking:help_packs")
