"""研讨会: the list, the page of a meeting, its paper, and what it decided on the page of a goal."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.workshop_minutes import save_minutes
from sextant.goals.actions.workshops import add_to_minutes, close_workshop, create_workshop
from sextant.goals.contracts import MinutesAreStale, WorkshopKind
from sextant.goals.forms.workshops import WorkshopForm
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.workshops import KINDS, say_workshop
from sextant.goals.policy.workshops import changed_lines
from sextant.goals.queries import list_cycles
from sextant.goals.queries.cycles import choose_current_cycle
from sextant.goals.queries.workshops import list_goal_decisions, list_workshops
from sextant.goals.views.asking import ask_goal
from sextant.goals.views.plan_parts import read_id
from sextant.goals.views.workshop_parts import ask_to_run, ask_workshop, back_to, refusals_told, shown
from sextant.goals.workshop_access import WorkshopSight, workshop_sight
from sextant.people.queries import list_units

LISTED = 50


@needs(Permission.WORKSHOP_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def workshops(request: HttpRequest) -> HttpResponse:
    """The meetings the reader sees; sent, calls one and goes to its page."""
    asked = _ask(request)
    form = _form(request, asked)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            told = form.cleaned_data
            with refusals_told(request):
                made = create_workshop(
                    kind=form.chosen_kind,
                    unit_id=told["unit"],
                    cycle_id=told["cycle"],
                    title=told["title"].strip() or str(KINDS[form.chosen_kind]),
                    starts_at=told["starts_at"],
                    place=told["place"],
                    actor=asked.actor,
                    now=asked.moment,
                )
                messages.success(request, _("已建好，议程按现有的数据列好了。"))
                return back_to(made)
    rows = [
        (one, KINDS[one.kind], name_of_cycle(one.cycle_code, one.cycle_name))
        for one in list_workshops(asked.sight.workshops, limit=LISTED)
    ]
    context = {"rows": rows, "form": form, "today": asked.today, "now": asked.moment}
    status = 422 if request.method == "POST" else 200
    return render(request, "goals/workshops/list.html", context, status=status)


@needs(Permission.WORKSHOP_READ)
@require_safe
def workshop(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """The page of a meeting: to write in for who runs it while it is open, to read for the others."""
    return render(request, "goals/workshops/page.html", shown(ask_workshop(request, workshop_id)))


@needs(Permission.WORKSHOP_READ)
@require_safe
def workshop_print(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """The whole meeting as a paper, with its photos: what the browser prints."""
    return render(request, "goals/workshops/print.html", shown(ask_workshop(request, workshop_id)))


@needs(Permission.WORKSHOP_RUN)
@require_POST
def workshop_minutes(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Keep the minutes. To a script answers what stands there now (409 with the difference on an older text); without
    one leads back to the page."""
    asked = ask_to_run(request, workshop_id)
    text, number = request.POST.get("minutes", ""), read_id(request.POST.get("revision")) or 0
    errors: list[str] = []
    try:
        kept = save_minutes(workshop_id, text=text, number=number, actor=asked.actor, now=asked.moment)
    except AccessDenied as error:
        raise PermissionDenied from error
    except MinutesAreStale as stale:
        return _stale(request, stale, workshop_id=workshop_id, mine=text)
    except GoalRefused as error:
        kept, errors = None, [say_workshop(one) for one in error.problems]
    if not request.headers.get("X-Autosave"):
        for one in errors:
            messages.error(request, one)
        return back_to(workshop_id, place="minutes")
    # without the request: a fragment needs nothing of what the shell would read
    told = render_to_string("goals/workshops/_saved.html", {"minutes": kept, "errors": errors})
    return HttpResponse(told, status=422 if errors else 200)


@needs(Permission.WORKSHOP_RUN)
@require_POST
def workshop_close(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """End the meeting."""
    asked = ask_to_run(request, workshop_id)
    with refusals_told(request):
        close_workshop(workshop_id, actor=asked.actor, now=asked.moment)
        messages.success(request, _("会议已结束，纪要不能再改。"))
    return back_to(workshop_id)


@needs(Permission.WORKSHOP_RUN)
@require_POST
def workshop_addenda(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Add to the minutes of a closed meeting."""
    asked = ask_to_run(request, workshop_id)
    with refusals_told(request):
        add_to_minutes(workshop_id, text=request.POST.get("text", ""), actor=asked.actor, now=asked.moment)
    return back_to(workshop_id, place="minutes")


@needs(Permission.GOAL_READ)
@require_safe
def goal_decisions(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The part of a goal's page that says which meeting decided what; nothing where none did."""
    asked = ask_goal(request, goal_id)
    seen = workshop_sight(asked.actor, on=asked.today).workshops
    rows = [(one, KINDS[one.kind]) for one in list_goal_decisions(goal_id, workshops=seen)]
    return render(request, "goals/workshops/_of_goal.html", {"rows": rows})


@dataclass(frozen=True, slots=True)
class _Asker:
    actor: Actor
    sight: WorkshopSight
    moment: datetime
    today: date


def _ask(request: HttpRequest) -> _Asker:
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    return _Asker(actor, workshop_sight(actor, on=today), moment, today)


def _form(request: HttpRequest, asked: _Asker) -> WorkshopForm | None:
    """The form of a new meeting; None for who runs no unit."""
    run = asked.sight.list_run_units()
    if run == ():
        return None
    cycles = [cycle for cycle in list_cycles() if cycle.until_on > asked.today]
    current = choose_current_cycle(cycles, on=asked.today)
    tomorrow = timezone.localtime(asked.moment).replace(hour=14, minute=0) + timedelta(days=1)
    initial = {"cycle": current.id if current else None, "starts_at": tomorrow, "kind": WorkshopKind.CALIBRATION.value}
    return WorkshopForm(
        request.POST if request.method == "POST" else None,
        cycles=cycles,
        units=list_units(on=asked.today, ids=run),
        initial=initial,
    )


def _stale(request: HttpRequest, stale: MinutesAreStale, *, workshop_id: int, mine: str) -> HttpResponse:
    context = {"stored": stale.stored, "lines": changed_lines(stale.stored.text, mine)}
    if not request.headers.get("X-Autosave"):
        # without a script the writer's text must not be lost: the page shows both
        context |= {"mine": mine, "workshop_id": workshop_id}
        return render(request, "goals/workshops/stale.html", context, status=409)
    return HttpResponse(render_to_string("goals/workshops/_stale.html", context), status=409)
