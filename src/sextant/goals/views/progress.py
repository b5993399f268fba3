"""进展: telling how far a goal is, and what was told before. Part of the goal's page, and a page of its own."""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.foundation.files.contracts import FileGone, FileRefused
from sextant.foundation.files.messages import say as say_file
from sextant.foundation.files.responses import send
from sextant.goals.access import sight_of
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.progress import Attachment, may_tell, record_progress, told_parts
from sextant.goals.contracts.progress import GoalStatus, NoteRow, ProgressIsStale
from sextant.goals.forms.progress import ProgressForm
from sextant.goals.messages.progress import say_status
from sextant.goals.models import Goal
from sextant.goals.policy.progress import Part
from sextant.goals.queries.progress import find_note_file, list_notes, list_steps
from sextant.goals.queries.statuses import statuses_of
from sextant.goals.views.asking import AskedGoal, ask_goal
from sextant.goals.views.hand import back_to_goal
from sextant.goals.views.plan_parts import read_id
from sextant.ui.whole_page import name_part

MOST_STATUSES = 60
"""More cards than one answer of map or list holds."""


@dataclass(frozen=True, slots=True)
class _Telling:
    """What one answer shows beside the form: notes missed by the writer, and steps as they were ticked."""

    missed: tuple[NoteRow, ...] = ()
    ticked: frozenset[int] | None = None
    status: int = 200


@needs(Permission.GOAL_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest, goal_id: int) -> HttpResponse:
    """What was told, and for who may tell, the form; sent, the update is kept."""
    asked = ask_goal(request, goal_id)
    name_part(request, title=_("进展"))
    can_tell = may_tell(asked.actor, asked.goal, on=asked.today)
    if request.method != "POST":
        return _show(request, asked, _blank(asked) if can_tell else None, _Telling())
    if not can_tell:
        raise PermissionDenied
    return _keep(request, asked)


@needs(Permission.GOAL_READ)
@require_GET
def statuses(request: HttpRequest) -> HttpResponse:
    """Lights of goals without a metric, for a page that stands already: `id`, as often as there are goals, and `why`
    for the one whose reason is to be said."""
    today = company_day(now(), settings.SEXTANT_ZONE)
    ids = [id_ for text in request.GET.getlist("id")[:MOST_STATUSES] if (id_ := read_id(text)) is not None]
    visible = sight_of(actor_of(request), on=today).goals
    seen = list(visible.filter(id__in=ids, metric=None).values_list("id", flat=True))
    found = statuses_of(seen, on=today)
    asked = read_id(request.GET.get("why")) or 0
    context = {
        "statuses": [(id_, one, one.elapsed) for id_, one in found.items()],
        "why_id": asked,
        "why": _say(found[asked], visible) if asked in found else "",
    }
    return render(request, "goals/progress/_statuses.html", context)


@needs(Permission.GOAL_READ)
@require_GET
def progress_file(request: HttpRequest, goal_id: int, note_id: int) -> HttpResponseBase:
    """The file of one update, for who may read the goal."""
    found = find_note_file(ask_goal(request, goal_id).goal.id, note_id)
    if found is None:
        raise Http404
    try:
        return send(found[0], name=found[1])
    except FileGone as error:
        return HttpResponse(say_file(error.problem), status=410, content_type="text/plain; charset=utf-8")


def _say(status: GoalStatus, visible: QuerySet[Goal]) -> str:
    """Why; a goal below is named to who may see it."""
    below = status.riskiest_id
    return say_status(status, may_name=below is None or visible.filter(id=below).exists())


def _blank(asked: AskedGoal) -> ProgressForm:
    sure = asked.goal.confidence
    initial = {"confidence": "" if sure is None else f"{sure * 100:.0f}"}
    return ProgressForm(initial=initial, parts=told_parts(asked.goal))


def _keep(request: HttpRequest, asked: AskedGoal) -> HttpResponse:
    form = ProgressForm(request.POST, request.FILES, parts=told_parts(asked.goal))
    if not form.is_valid():
        return _show(request, asked, form, _Telling(status=422))
    said = form.said(request.POST.getlist("done"))
    again = partial(_show, request, asked, form)
    upload = form.cleaned_data.get("file")
    file = Attachment(upload.file, upload.name, upload.size) if upload else None
    try:
        record_progress(
            asked.goal.id,
            said,
            number=form.cleaned_data["number"],
            file=file,
            actor=asked.actor,
            now=asked.moment,
        )
    except AccessDenied as error:
        raise PermissionDenied from error
    except GoalRefused as error:
        form.refuse(error.problems)
        return again(_Telling(ticked=said.done, status=422))
    except FileRefused as error:
        form.add_error("file", say_file(error.problem))
        return again(_Telling(ticked=said.done, status=422))
    except ProgressIsStale as error:
        return again(_Telling(error.since, said.done, 409))
    return back_to_goal(request, asked.goal.id, _("进展已更新。"))


def _show(request: HttpRequest, asked: AskedGoal, form: ProgressForm | None, telling: _Telling) -> HttpResponse:
    """The part of the page; a form that was refused keeps what was written, on top of what is there now."""
    goal, ticked = asked.goal, telling.ticked
    notes = list_notes(goal.id)
    steps = list_steps(goal) if Part.STEPS in told_parts(goal) else []
    context = {
        "goal": goal,
        "form": form,
        # what is sent from this page was written with all of these in view
        "number": notes[0].number if notes else 0,
        "notes": notes,
        "missed": telling.missed,
        "steps": [(one, one.done_on is not None if ticked is None else one.id in ticked) for one in steps],
        "shown_status": statuses_of([goal.id], on=asked.today).get(goal.id),
    }
    return render(request, "goals/progress/_progress.html", context, status=telling.status)
