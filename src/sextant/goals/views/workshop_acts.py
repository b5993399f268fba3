"""Writing in a meeting: agenda, people, decisions, the process and its red marks. One address a noun, `act` is the
verb."""

from typing import BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.foundation.files.contracts import FileGone
from sextant.foundation.files.responses import send
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.workshop_goals import draft_goal
from sextant.goals.actions.workshop_steps import (
    add_step,
    answer_mark,
    change_step,
    finish_mark,
    mark_step,
    remove_mark,
    show_mark,
)
from sextant.goals.actions.workshops import (
    add_agenda_item,
    change_agenda_item,
    decide,
    invite,
    take_attendance,
    take_back_decision,
)
from sextant.goals.contracts import Attendance
from sextant.goals.forms.workshops import MarkAnswerForm
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.models import MarkEvidence
from sextant.goals.queries import list_cycles
from sextant.goals.queries.workshops import list_choices
from sextant.goals.views.plan_parts import read_id
from sextant.goals.views.workshop_parts import (
    AskedWorkshop,
    ask_to_run,
    ask_workshop,
    back_to,
    refusals_told,
)
from sextant.people.queries import list_subtree_ids, resolve_persons

_MOVES = frozenset({"up", "down", "remove"})


@needs(Permission.WORKSHOP_RUN)
@require_POST
def agenda(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """`act`: add (text), or done, undone, up, down, remove of an item."""
    asked = ask_to_run(request, workshop_id)
    act = request.POST.get("act", "")
    if act not in _MOVES | {"add", "done", "undone"}:
        return HttpResponseBadRequest()
    with refusals_told(request):
        if act == "add":
            add_agenda_item(workshop_id, text=request.POST.get("text", ""), **asked.who)
        else:
            change_agenda_item(workshop_id, item_id=_id(request, "item"), act=act, **asked.who)
    return back_to(workshop_id, place="agenda")


@needs(Permission.WORKSHOP_RUN)
@require_POST
def people(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """`act`: invite (who: a name or number) or attendance (person-<id> for each)."""
    asked = ask_to_run(request, workshop_id)
    act = request.POST.get("act", "")
    with refusals_told(request):
        if act == "invite":
            invite(workshop_id, person_ids=[_person(request.POST.get("who", ""))], **asked.who)
        elif act == "attendance":
            take_attendance(workshop_id, attendance=_attendance(request), **asked.who)
            messages.success(request, _("已记下出席。"))
        else:
            return HttpResponseBadRequest()
    return back_to(workshop_id, place="people")


@needs(Permission.WORKSHOP_RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def decisions(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """The form of a decision, with the goals it may be about; sent, keeps it, or with `act` remove takes one back."""
    asked = ask_to_run(request, workshop_id)
    if request.method != "POST":
        below = list_subtree_ids([asked.workshop.unit_id], on=asked.today)
        choices = list_choices(visible=asked.goals.goals, unit_ids=below, cycle_id=asked.workshop.cycle_id)
        return render(request, "goals/workshops/_decide.html", {"workshop": asked.row, "choices": choices})
    with refusals_told(request):
        if request.POST.get("act") == "remove":
            take_back_decision(workshop_id, decision_id=_id(request, "decision"), **asked.who)
        else:
            goal_ids = [one for text in request.POST.getlist("goal") if (one := read_id(text)) is not None]
            decide(workshop_id, text=request.POST.get("text", ""), goal_ids=goal_ids, **asked.who)
    return back_to(workshop_id, place="decisions")


@needs(Permission.WORKSHOP_RUN)
@require_POST
def steps(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """`act`: add (title), or up, down, remove of a step."""
    asked = ask_to_run(request, workshop_id)
    act = request.POST.get("act", "")
    step_id = _id(request, "step")
    if act not in _MOVES | {"add"}:
        return HttpResponseBadRequest()
    with refusals_told(request):
        if act == "add":
            step_id = add_step(workshop_id, title=request.POST.get("title", ""), **asked.who)
        else:
            change_step(workshop_id, step_id=step_id, act=act, **asked.who)
    return back_to(workshop_id, place="process" if act in {"add", "remove"} else f"step-{step_id}")


@needs(Permission.WORKSHOP_READ)
@require_POST
def marks(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """`act`: add (step, text), answer (person, action, measure, due_on), show (file), goal (cycle), done, undone,
    remove. Who was given the action may say that it is done; all else is for who runs the meeting."""
    asked, act = ask_workshop(request, workshop_id), request.POST.get("act", "")
    mark_id = _id(request, "mark")
    place = f"mark-{mark_id}"
    with refusals_told(request):
        match act:
            case "add":
                place = f"mark-{_add_mark(request, asked)}"
            case "answer":
                _answer(request, asked, mark_id)
            case "show":
                _show(request, asked, mark_id)
            case "goal":
                draft_goal(workshop_id, mark_id=mark_id, cycle_id=_id(request, "cycle"), **asked.who)
                messages.success(request, _("已生成目标草稿，双方接着商量。"))
            case "done" | "undone":
                finish_mark(workshop_id, mark_id=mark_id, is_done=act == "done", **asked.who)
            case "remove":
                remove_mark(workshop_id, mark_id=mark_id, **asked.who)
                place = "process"
            case _:
                return HttpResponseBadRequest()
    return back_to(workshop_id, place=place)


@needs(Permission.WORKSHOP_RUN)
@require_safe
def mark_cycles(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """The cycles a red mark's goal may be made for, as options: those that are not over."""
    asked = ask_to_run(request, workshop_id)
    cycles = [one for one in list_cycles() if one.until_on > asked.today]
    options = [(one.id, name_of_cycle(one.code, one.name)) for one in reversed(cycles)]
    return render(request, "goals/workshops/_cycles.html", {"options": options, "chosen": asked.workshop.cycle_id})


@needs(Permission.WORKSHOP_READ)
@require_safe
def evidence(request: HttpRequest, workshop_id: int, evidence_id: int) -> HttpResponseBase:
    """A photo or a video of a red mark, to whoever may read the meeting."""
    ask_workshop(request, workshop_id)
    found = MarkEvidence.objects.filter(id=evidence_id, mark__step__workshop_id=workshop_id).first()
    if found is None:
        raise Http404
    try:
        return send(found.file_id, name=found.name)
    except FileGone as error:
        raise Http404 from error


def _add_mark(request: HttpRequest, asked: AskedWorkshop) -> int:
    return mark_step(
        asked.workshop.pk,
        step_id=_id(request, "step"),
        text=request.POST.get("text", ""),
        **asked.who,
    )


def _answer(request: HttpRequest, asked: AskedWorkshop, mark_id: int) -> None:
    form = MarkAnswerForm(request.POST)
    form.is_valid()  # what cannot be read is missing, and the policy says so
    told = form.cleaned_data
    answer_mark(
        asked.workshop.pk,
        mark_id=mark_id,
        person_id=_person(told.get("person", "")) if told.get("person") else None,
        action=told.get("action", ""),
        measure=told.get("measure", ""),
        due_on=told.get("due_on"),
        **asked.who,
    )


def _show(request: HttpRequest, asked: AskedWorkshop, mark_id: int) -> None:
    for file in request.FILES.getlist("file"):
        assert isinstance(file, UploadedFile)
        show_mark(
            asked.workshop.pk,
            mark_id=mark_id,
            content=cast(BinaryIO, file.file),
            name=file.name or "",
            size=file.size or 0,
            **asked.who,
        )


def _attendance(request: HttpRequest) -> dict[int, Attendance]:
    known = {one.value for one in Attendance}
    found = {}
    for name, value in request.POST.items():
        person_id = read_id(name.removeprefix("person-")) if name.startswith("person-") else None
        if person_id is not None and value in known:
            found[person_id] = Attendance(str(value))
    return found


def _person(text: str) -> int:
    """Whom a name or number means; GoalRefused (workshop.person_unknown)."""
    # a list offers "name number": what people pick from it holds both
    key = text.strip()
    for word in (key, *key.split()[-1:]):
        for by in ("number", "name"):
            found = resolve_persons([word], by=by).get(word)
            if found is not None:
                return found
    raise GoalRefused([Problem("workshop.person_unknown", {"field": "person", "name": key})])


def _id(request: HttpRequest, name: str) -> int:
    """An id from the form; 0, which nothing has, for anything else."""
    return read_id(request.POST.get(name)) or 0
