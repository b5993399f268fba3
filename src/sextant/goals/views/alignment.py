"""对齐: what a goal supports, choosing a parent for it, and what is wrong with the alignment of all goals in sight."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sextant.engines.alignment import Code
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.access import Sight, sight_of
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.alignment import align as align_goal
from sextant.goals.actions.alignment import may_align
from sextant.goals.actions.alignment import unalign as unalign_goal
from sextant.goals.contracts import GoalRow, GoalState
from sextant.goals.forms.alignment import AlignForm
from sextant.goals.messages.alignment import MARKS, say_alignment
from sextant.goals.messages.goals import name_of_cycle, name_of_level
from sextant.goals.models import Goal
from sextant.goals.queries import list_cycles, list_rows
from sextant.goals.queries.alignment import list_supports
from sextant.goals.queries.marks import report_alignment
from sextant.goals.views.filters import MapFilters

CANDIDATES = 12
PROBLEMS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks about which goal, and when."""

    actor: Actor
    sight: Sight
    goal: Goal
    moment: datetime
    today: date


@needs(Permission.GOAL_READ)
@require_GET
def supports(request: HttpRequest, goal_id: int) -> HttpResponse:
    """What the goal supports beside its way up, with how and how much; the page of the goal loads this."""
    asked = _ask(request, goal_id)
    context = {
        "goal": asked.goal,
        "supports": list_supports(goal_id, visible=asked.sight.goals),
        "may_align": may_align(asked.actor, asked.goal, on=asked.today),
    }
    return render(request, "goals/alignment/_supports.html", context)


@needs(Permission.GOAL_ALIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def align(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Choose a goal to support: a search among what the reader sees, and how. Sent, the goal stands there."""
    asked = _ask(request, goal_id)
    if not may_align(asked.actor, asked.goal, on=asked.today):
        raise PermissionDenied
    form = AlignForm(request.POST if request.method == "POST" else None)
    said: list[str] = []
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
        try:
            align_goal(
                goal_id=goal_id,
                parent_id=chosen["parent"],
                how=chosen["how"],
                contribution=chosen["contribution"],
                as_primary=chosen["as_primary"],
                actor=asked.actor,
                now=asked.moment,
                today=asked.today,
            )
        except AccessDenied:
            said = [_("找不到选中的目标。请重新选一个。")]
        except GoalRefused as error:
            seen = asked.sight.goals.filter(id__in=_named(error))
            titles = dict(seen.values_list("id", "title"))
            said = [say_alignment(one, titles) for one in error.problems]
        else:
            return _back(request, goal_id, _("已对齐。"))
    context = {
        "goal": asked.goal,
        "form": form,
        "said": said,
        "candidates": _candidates(asked, request.GET.get("q", "") or request.POST.get("q", "")),
        "chosen": form["parent"].value() if form.is_bound else None,
        "q": request.GET.get("q", ""),
    }
    part = "goals/alignment/_candidates.html" if "q" in request.GET else "goals/alignment/_form.html"
    return render(request, part, context, status=422 if form.is_bound else 200)


@needs(Permission.GOAL_ALIGN)
@require_POST
def unalign(request: HttpRequest, goal_id: int, parent_id: int) -> HttpResponse:
    """Take back that a goal supports another."""
    asked = _ask(request, goal_id)
    try:
        gone = unalign_goal(
            goal_id=goal_id, parent_id=parent_id, actor=asked.actor, now=asked.moment, today=asked.today
        )
    except AccessDenied as error:
        raise PermissionDenied from error
    return _back(request, goal_id, _("已取消支撑。") if gone else _("这条支撑已经取消过了。"))


@needs(Permission.GOAL_READ)
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """The alignment of the goals in sight: the rate, and whatever somebody should look at."""
    today = company_day(now(), settings.SEXTANT_ZONE)
    sight = sight_of(actor_of(request), on=today)
    cycles = list_cycles()
    filters = MapFilters.of(request.GET, cycles=cycles, today=today)
    goals = filters.of_cycle(sight.goals).exclude(state=GoalState.DROPPED)
    found = report_alignment(goals, visible=sight.goals)
    counts = {code: sum(1 for one in found.problems if one.code == code) for code in Code}
    code = request.GET.get("code", "")
    shown = [one for one in found.problems if not code or one.code == code]
    page = Paginator(shown, PROBLEMS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "cycle_code": filters.cycle.code if filters.cycle else "",
        "cycle_options": [(one.code, name_of_cycle(one.code, one.name)) for one in cycles],
        "rate": found.rate,
        "code": code,
        "codes": [(one.value, MARKS[one], count) for one, count in counts.items() if count],
        "lines": [
            _line(one.params["goal"], str(MARKS[Code(one.code)]), say_alignment(one, found.titles), found.titles)
            for one in page
        ],
        "page": page,
    }
    return render(request, "goals/alignment/report.html", context)


def _line(goal_id: object, word: str, sentence: str, titles: object) -> dict[str, str]:
    assert isinstance(goal_id, int) and isinstance(titles, dict)
    href = reverse("goals:detail", args=[goal_id])
    return {"title": titles.get(goal_id, ""), "href": href, "word": word, "sentence": sentence}


def _ask(request: HttpRequest, goal_id: int) -> _Asked:
    """The goal as far as the reader sees it: out of sight does not exist."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    sight = sight_of(actor, on=today)
    try:
        return _Asked(actor, sight, sight.access(goal_id), moment, today)
    except AccessDenied as error:
        raise Http404 from error


def _candidates(asked: _Asked, words: str) -> list[tuple[GoalRow, str]]:
    """Goals to support, of units before those of people, from the top down; each with what sort it is."""
    goals = asked.sight.goals.filter(from_on__lt=asked.goal.until_on, until_on__gt=asked.goal.from_on)
    goals = goals.exclude(id=asked.goal.pk).exclude(state__in=[GoalState.DROPPED, GoalState.CLOSED])
    for word in words.split()[:4]:
        named = Q(owner_person__name__icontains=word) | Q(owner_unit__name__icontains=word)
        goals = goals.filter(Q(title__icontains=word) | named)
    ordered = goals.order_by(F("owner_unit__path").asc(nulls_last=True), "id")
    return [(row, name_of_level(row)) for row in list_rows(ordered[:CANDIDATES])]


def _named(error: GoalRefused) -> list[int]:
    """The goals that the problems speak of."""
    paths = (one.params.get("path", ()) for one in error.problems)
    return [goal_id for path in paths if isinstance(path, tuple) for goal_id in path]


def _back(request: HttpRequest, goal_id: int, said: str) -> HttpResponse:
    """To the page of the goal, which says what happened; htmx does not follow a redirect with the whole page."""
    messages.success(request, said)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse("goals:detail", args=[goal_id])})
    return redirect("goals:detail", goal_id=goal_id)
