"""共识调查: the question on a phone, and what HR sees of it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day, now
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.surveys import answer_survey, open_survey
from sextant.goals.contracts import CycleRow
from sextant.goals.forms.surveys import AnswerForm, PublishForm
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.surveys import MARKS, say_survey
from sextant.goals.models import Goal
from sextant.goals.policy.surveys import LEAST_ANSWERS, decide_opening
from sextant.goals.queries import in_force, list_cycles
from sextant.goals.queries.cycles import choose_current_cycle
from sextant.goals.queries.surveys import (
    UnitVoice,
    find_asked_unit,
    find_invitation,
    find_survey,
    find_unit_voice,
    find_voice_beside,
    list_candidates,
    list_comments,
    list_results,
    list_surveys,
)
from sextant.goals.views.plan_parts import ask_plan, read_id
from sextant.people.access import access_unit
from sextant.people.queries import list_unit_chain, list_units
from sextant.ui.whole_page import name_part

GOALS_SHOWN = 20


@needs(Permission.SURVEY_ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, survey_id: int) -> HttpResponse:
    """The question to somebody who was asked; sent, their answer. Who was not asked gets a 404."""
    actor, moment = actor_of(request), now()
    invitation = find_invitation(actor.person_id or 0, survey_id=survey_id, now=moment)
    if invitation is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_survey(survey_id, **form.cleaned_data, actor=actor, now=moment)
        except AccessDenied as error:
            raise Http404 from error
        except GoalRefused as error:
            for problem in error.problems:
                form.add_error(None, say_survey(problem))
        else:
            messages.success(request, _("收到了。谢谢。"))
            return redirect("goals:survey", survey_id=survey_id)
    today = company_day(moment, settings.SEXTANT_ZONE)
    own = in_force(Goal.objects.filter(owner_person_id=actor.person_id, cycle_id=invitation.cycle_id))
    context = {
        "invitation": invitation,
        "cycle_name": name_of_cycle(invitation.cycle_code, invitation.cycle_name),
        "asked": find_asked_unit(actor.person_id or 0, survey_id=survey_id, on=today),
        "titles": list(own.order_by("-weight", "id").values_list("title", flat=True)[:GOALS_SHOWN]),
        "form": form,
        "marks": MARKS,
        "least": LEAST_ANSWERS,
        "now": moment,
    }
    return render(request, "goals/surveys/answer.html", context, status=422 if form.is_bound else 200)


@needs(Permission.PLAN_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def surveys(request: HttpRequest) -> HttpResponse:
    """All surveys with how many took part; a choice of cycle and unit says whom publishing would ask, sent it asks."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    cycles = [cycle for cycle in list_cycles() if cycle.until_on > today]
    form = _publish_form(request, cycles)
    context: dict[str, object] = {"form": form, "has_cycles": bool(cycles)}
    if form.is_bound and form.is_valid():
        chosen = {"cycle_id": form.cleaned_data["cycle"], "unit_id": form.cleaned_data["unit"]}
        if request.method == "POST":
            try:
                opened = open_survey(**chosen, actor=actor, now=moment)
            except GoalRefused as error:
                messages.error(request, say_survey(error.problems[0]))
            else:
                row = find_survey(opened)
                asked = row.asked if row else 0
                messages.success(
                    request, ngettext("已发布，请 %(n)s 人作答。", "已发布，请 %(n)s 人作答。", asked) % {"n": asked}
                )
            return redirect("goals:surveys")
        candidates = list_candidates(**chosen, on=today)
        problems = decide_opening(asked=candidates.asked, is_cycle_over=False)
        context |= {"candidates": candidates, "refused": [say_survey(one) for one in problems]}
    context["surveys"] = [(one, name_of_cycle(one.cycle_code, one.cycle_name)) for one in list_surveys()]
    context["now"] = moment
    return render(request, "goals/surveys/list.html", context)


@needs(Permission.PLAN_MANAGE)
@require_safe
def survey_results(request: HttpRequest, survey_id: int) -> HttpResponse:
    """What a closed survey shows, unit by unit; `?unit=` adds what the people of one of them wrote."""
    row = find_survey(survey_id)
    if row is None:
        raise Http404
    results = list_results(survey_id)
    unit_id = read_id(request.GET.get("unit")) or row.unit_id
    chosen = next((one for one in results if one.unit_id == unit_id), None)
    context = {
        "survey": row,
        "cycle_name": name_of_cycle(row.cycle_code, row.cycle_name),
        "results": results,
        "chosen": chosen,
        "comments": list_comments(survey_id, unit_id=chosen.unit_id) if chosen else (),
        "least": LEAST_ANSWERS,
        "now": now(),
    }
    return render(request, "goals/surveys/results.html", context)


@needs(Permission.UNIT_READ)
@require_safe
def unit_voice(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The part of a unit's page that says what its people said; nothing where nobody was asked. The mean is for
    everyone who may open the unit; what people wrote is for its head, the heads above, and HR."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    try:
        access_unit(actor, unit_id=unit_id, on=today)
    except AccessDenied as error:
        raise Http404 from error
    chain = [one.id for one in list_unit_chain(unit_id)]
    units = list_units(on=today, ids=chain)
    heads = actor.person_id is not None and any(one.head_id == actor.person_id for one in units)
    voice = find_unit_voice(chain, reads_comments=heads or may(actor, Permission.PLAN_MANAGE))
    name_part(request, title=_("目标反馈"), back=reverse("web:unit", kwargs={"unit_id": unit_id}))
    return _voice(request, voice)


@needs(Permission.GOAL_READ)
@require_safe
def plan_voice(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The part of a contract's page that says what those asked together with its owner said of the cycle's goals."""
    plan = ask_plan(request, plan_id).plan
    voice = find_voice_beside(plan.owner_person_id, cycle_id=plan.cycle_id) if plan.owner_person_id else None
    return _voice(request, voice)


def _voice(request: HttpRequest, voice: UnitVoice | None) -> HttpResponse:
    name = name_of_cycle(voice.survey.cycle_code, voice.survey.cycle_name) if voice else ""
    return render(request, "goals/surveys/_unit.html", {"voice": voice, "cycle_name": name})


def _publish_form(request: HttpRequest, cycles: list[CycleRow]) -> PublishForm:
    today = company_day(now(), settings.SEXTANT_ZONE)
    current = choose_current_cycle(cycles, on=today)
    data = request.POST if request.method == "POST" else request.GET if "unit" in request.GET else None
    return PublishForm(
        data or None, cycles=cycles, units=list_units(on=today), initial={"cycle": current.id if current else None}
    )
