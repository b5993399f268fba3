"""Acting in a case: its meeting, minutes, measures, restrictions, and how it ends. One address a noun, `act` is the
verb."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.goals.policy.workshops import changed_lines
from sextant.goals.views.plan_parts import read_id
from sextant.people.queries import resolve_persons
from sextant.tracking.actions.case_ending import end_case, watch_again
from sextant.tracking.actions.case_measures import add_measure, remove_measure, tick_measure
from sextant.tracking.actions.case_meeting import agree_minutes, answer_meeting, save_minutes, set_meeting
from sextant.tracking.actions.case_restrictions import lift_restriction, restrict
from sextant.tracking.actions.case_seats import give_seat
from sextant.tracking.contracts.cases import (
    CaseOutcome,
    CaseRefused,
    MinutesClash,
    RestrictionKind,
    SeatAnswer,
    SeatRole,
)
from sextant.tracking.forms.cases import AnswerForm, EndForm, MeasureForm, MeetingForm, RestrictionForm
from sextant.tracking.messages.cases import say_case
from sextant.tracking.views.case_asking import AskedCase, ask_case, back_to, refusals_told


@needs(Permission.TRACKING_ACT)
@require_POST
def case_meeting(request: HttpRequest, case_id: int) -> HttpResponse:
    """`act`: set (meets_at, place), or answer (answer, wants_at)."""
    asked, act = ask_case(request, case_id), request.POST.get("act")
    if act == "set":
        form = MeetingForm(request.POST)
        if not form.is_valid():
            return _unread(request, form, case_id)
        told = form.cleaned_data
        with refusals_told(request):
            set_meeting(case_id, meets_at=told["meets_at"], place_text=told["place"], **asked.who)
            messages.success(request, _("时间已发给三方。"))
    elif act == "answer":
        answer = AnswerForm(request.POST)
        if not answer.is_valid():
            return _unread(request, answer, case_id)
        with refusals_told(request):
            told = answer.cleaned_data
            answer_meeting(case_id, answer=SeatAnswer(told["answer"]), wants_at=told["wants_at"], **asked.who)
            messages.success(request, _("已答复。"))
    else:
        return HttpResponseBadRequest()
    return back_to(case_id, place="meeting")


@needs(Permission.TRACKING_ACT)
@require_POST
def case_minutes(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep the minutes. To a script answers what stands there now (409 with the difference where both changed the same
    lines); without one leads back to the page."""
    asked = ask_case(request, case_id)
    text, number = request.POST.get("minutes", ""), read_id(request.POST.get("revision")) or 0
    errors: list[str] = []
    try:
        kept = save_minutes(case_id, text=text, number=number, **asked.who)
    except AccessDenied as error:
        raise PermissionDenied from error
    except MinutesClash as clash:
        return _clash(request, clash, case_id=case_id, mine=text)
    except CaseRefused as error:
        kept, errors = None, [say_case(one) for one in error.problems]
    if not request.headers.get("X-Autosave"):
        for one in errors:
            messages.error(request, one)
        return back_to(case_id, place="minutes")
    is_merged = kept is not None and kept.text != text.replace("\r\n", "\n").rstrip()
    context = {"minutes": kept, "errors": errors, "is_merged": is_merged}
    # without the request: a fragment needs nothing of what the shell would read
    told = render_to_string("tracking/cases/_saved.html", context)
    return HttpResponse(told, status=422 if errors else 200)


@needs(Permission.TRACKING_ACT)
@require_POST
def case_agree(request: HttpRequest, case_id: int) -> HttpResponse:
    """Confirm the minutes as read."""
    asked = ask_case(request, case_id)
    with refusals_told(request):
        number, weeks = read_id(request.POST.get("revision")) or 0, read_id(request.POST.get("weeks"))
        is_last = agree_minutes(case_id, number=number, watch_weeks=weeks, **asked.who)
        messages.success(request, _("三方都已确认，从下周一开始观察。") if is_last else _("已确认。"))
    return back_to(case_id, place="minutes")


@needs(Permission.TRACKING_ACT)
@require_POST
def case_measures(request: HttpRequest, case_id: int) -> HttpResponse:
    """`act`: add (text, person, due_on), or done, undone, remove of a measure."""
    asked, act = ask_case(request, case_id), request.POST.get("act")
    measure_id = read_id(request.POST.get("measure")) or 0
    if act not in {"add", "done", "undone", "remove"}:
        return HttpResponseBadRequest()
    with refusals_told(request):
        if act == "add":
            _add(request, asked)
        elif act == "remove":
            remove_measure(case_id, measure_id=measure_id, **asked.who)
        else:
            tick_measure(case_id, measure_id=measure_id, is_done=act == "done", **asked.who)
    return back_to(case_id, place="measures")


@needs(Permission.TRACKING_ACT)
@require_POST
def case_restrictions(request: HttpRequest, case_id: int) -> HttpResponse:
    """`act`: ask (kind), or lift of a restriction."""
    asked, act = ask_case(request, case_id), request.POST.get("act")
    if act == "ask":
        form = RestrictionForm(request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest()
        with refusals_told(request):
            restrict(case_id, kind=RestrictionKind(form.cleaned_data["kind"]), **asked.who)
            messages.success(request, _("已通知来源系统。"))
    elif act == "lift":
        with refusals_told(request):
            found = read_id(request.POST.get("restriction")) or 0
            lift_restriction(case_id, restriction_id=found, **asked.who)
            messages.success(request, _("已通知来源系统恢复。"))
    else:
        return HttpResponseBadRequest()
    return back_to(case_id, place="restrictions")


@needs(Permission.TRACKING_ACT)
@require_POST
def case_seats(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give a seat (role) to somebody else (who: a name or number)."""
    asked, role = ask_case(request, case_id), request.POST.get("role")
    if role not in set(SeatRole):
        return HttpResponseBadRequest()
    with refusals_told(request):
        give_seat(case_id, role=SeatRole(role), person_id=_named(request.POST.get("who", "")), **asked.who)
        messages.success(request, _("已转交。"))
    return back_to(case_id, place="meeting")


@needs(Permission.TRACKING_ACT)
@require_POST
def case_end(request: HttpRequest, case_id: int) -> HttpResponse:
    """`act`: ended or plan (words), or again (weeks)."""
    asked, act = ask_case(request, case_id), request.POST.get("act")
    form = EndForm(request.POST)
    if act not in {CaseOutcome.ENDED.value, CaseOutcome.PLAN.value, "again"}:
        return HttpResponseBadRequest()
    if not form.is_valid():
        return _unread(request, form, case_id)
    with refusals_told(request):
        if act == "again":
            watch_again(case_id, weeks=form.cleaned_data["weeks"] or 0, **asked.who)
        else:
            end_case(case_id, outcome=CaseOutcome(act), words=form.cleaned_data["words"], **asked.who)
    return back_to(case_id, place="result")


def _add(request: HttpRequest, asked: AskedCase) -> None:
    people = [(one.person_id, one.person.name) for one in asked.seen.seats]
    form = MeasureForm(request.POST, people=people)
    form.is_valid()  # what cannot be read is missing, and the action says so
    told = form.cleaned_data
    add_measure(
        asked.case.pk,
        text=told.get("text", ""),
        person_id=told.get("person") or 0,
        due_on=told.get("due_on"),
        **asked.who,
    )


def _named(text: str) -> int:
    """Whom a name or number means; 0, which nobody has, for an unknown or ambiguous one."""
    key = text.strip()
    for by in ("number", "name"):
        found = resolve_persons([key], by=by).get(key)
        if found is not None:
            return found
    return 0


def _clash(request: HttpRequest, clash: MinutesClash, *, case_id: int, mine: str) -> HttpResponse:
    context = {"stored": clash.stored, "lines": changed_lines(clash.stored.text, mine)}
    if not request.headers.get("X-Autosave"):
        # without a script the writer's text must not be lost: the page shows both
        return render(request, "tracking/cases/clash.html", {**context, "mine": mine, "case_id": case_id}, status=409)
    return HttpResponse(render_to_string("tracking/cases/_clash.html", context), status=409)


def _unread(request: HttpRequest, form: MeetingForm | AnswerForm | EndForm, case_id: int) -> HttpResponse:
    for errors in form.errors.values():
        for text in errors:
            messages.error(request, str(text))
    return back_to(case_id)
