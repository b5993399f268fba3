"""人员异动: who moved and waits, the guided step for one person, what was decided, and the trace on a goal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sextant.engines.movement import Cause
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day, now
from sextant.goals import jobs
from sextant.goals.access import movable_person_ids, sight_of, units_below
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.movement import Done, move_goals, with_oneself
from sextant.goals.contracts import PlanState
from sextant.goals.contracts.movement import MoveCase, MoveOrder
from sextant.goals.forms.movement import first_order, read_cause, read_day, read_order
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.movement import CAUSES, say_movement
from sextant.goals.messages.plans import STATES
from sextant.goals.models import Movement
from sextant.goals.queries.move_case import before_move, list_successors, read_case
from sextant.goals.queries.movement_records import find_paper, list_movements, trace_of
from sextant.goals.queries.movements import find_moved, tell_moved, units_unanswered
from sextant.goals.views.asking import ask_goal
from sextant.goals.views.movement_parts import make_lines, make_papers, make_plans
from sextant.people.contracts import PersonRow
from sextant.people.models import Person
from sextant.people.queries import list_persons

PAGE_ROWS = 30
RECENT = 12
FOUND = 12


@needs(Permission.GOAL_HAND_OVER)
@require_GET
def movements(request: HttpRequest) -> HttpResponse:
    """Who waits for a decision, what was decided lately, and anybody else to begin with by hand."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    reach = movable_person_ids(actor, on=today)
    moved = [one for one in find_moved(on=today, within=reach) if one.person_id != actor.person_id]
    page = Paginator(moved, PAGE_ROWS).get_page(request.GET.get("page"))
    sought = request.GET.get("person", "").strip()[:100]
    found = list_persons(on=today, ids=reach, search=sought, limit=FOUND) if sought else []
    context = {
        "rows": [(one, CAUSES[one.cause]) for one in tell_moved(page.object_list, on=today)],
        "page": page,
        "unanswered": _unanswered(actor, today),
        "may_name": may(actor, Permission.PLAN_MANAGE),
        "recent": [(one, CAUSES[one.cause]) for one in list_movements(within=reach, limit=RECENT)],
        "sought": sought,
        "found": [one for one in found if one.id != actor.person_id],
    }
    return render(request, "goals/movement/list.html", context)


def _unanswered(actor: Actor, today: date) -> list[dict[str, object]]:
    """Plans of units nobody answers for any more. Three queries."""
    plans = units_unanswered(on=today, unit_ids=units_below(actor, on=today))[:PAGE_ROWS]
    return [
        {
            "plan_id": plan.pk,
            "unit": str(plan.owner_unit),
            "cycle": name_of_cycle(plan.cycle.code, plan.cycle.name),
            "state": STATES[PlanState(plan.state)],
            "gone": plan.counterpart.name,
            "on": plan.counterpart.left_on,
        }
        for plan in plans
        if plan.counterpart is not None
    ]


@dataclass(frozen=True, slots=True)
class _Step:
    """The guided step as one person sees it."""

    actor: Actor
    case: MoveCase
    before: PersonRow
    successors: Sequence[PersonRow]
    moment: datetime
    today: date


@needs(Permission.GOAL_HAND_OVER)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, person_id: int) -> HttpResponse:
    """The step for one person; sent, everything is done at once. Without a day in the address it leads to the one the
    change happened on."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    reach = movable_person_ids(actor, on=today)
    if person_id == actor.person_id or (reach is not None and person_id not in reach):
        raise Http404
    told = request.POST if request.method == "POST" else request.GET
    cause, on = read_cause(told.get("cause")), read_day(told.get("on"))
    if cause is None or on is None:
        return redirect(_begun(person_id, cause=cause, today=today))
    try:
        step = _step(person_id, cause, on, actor=actor, reach=reach, moment=moment)
    except Person.DoesNotExist as error:
        raise Http404 from error
    if request.method != "POST":
        order = first_order(step.case, successor_ids=[one.id for one in step.successors])
        return render(request, "goals/movement/step.html", _page(step, order))
    return _carried_out(request, step, read_order(request.POST.dict(), step.case))


def _begun(person_id: int, *, cause: Cause | None, today: date) -> str:
    """The address of the step on the day of the change; a leave, or one nobody has noticed, begins today."""
    moved = next(iter(find_moved(on=today, within=[person_id])), None) if cause is None else None
    cause, on = (moved.cause, moved.on) if moved else (cause or Cause.LEAVE, today)
    return f"{reverse('goals:move', args=[person_id])}?cause={cause.value}&on={on.isoformat()}"


def _step(
    person_id: int, cause: Cause, on: date, *, actor: Actor, reach: frozenset[int] | None, moment: datetime
) -> _Step:
    today = company_day(moment, settings.SEXTANT_ZONE)
    case = read_case(person_id, cause=cause, on=on, today=today)
    before = before_move(person_id, on=on)
    successors = list_successors(before, on=max(on, today), ids=with_oneself(reach, actor))
    return _Step(actor, case, before, successors, moment, today)


def _carried_out(request: HttpRequest, step: _Step, order: MoveOrder) -> HttpResponse:
    try:
        done = move_goals(order, actor=step.actor, now=step.moment)
    except AccessDenied as error:
        raise Http404 from error
    except GoalRefused as error:
        said = [say_movement(one) for one in error.problems]
        wrong = {one.params.get("goal") for one in error.problems}
        return render(request, "goals/movement/step.html", _page(step, order, said=said, wrong=wrong), status=422)
    follow(done, moment=step.moment)
    messages.success(request, _("已办理。目标和方案都已更新。"))
    return redirect("goals:movement", movement_id=done.movement_id)


def follow(done: Done, *, moment: datetime) -> None:
    """Where the parts stand is computed anew: at once in a small company, else by the worker."""
    if done.days:
        jobs.follow_days(done.days, label="movement", moment=moment)


def _page(step: _Step, order: MoveOrder, *, said: Sequence[str] = (), wrong: object = ()) -> Mapping[str, object]:
    return {
        "case": step.case,
        "before": step.before,
        "causes": [(one.value, CAUSES[one]) for one in Cause],
        "cause_name": CAUSES[step.case.cause],
        "order": order,
        "lines": make_lines(step.case, order, wrong=wrong if isinstance(wrong, set) else set()),
        "plans": make_plans(step.case),
        "successors": [(one.id, _named(one.name, one.title)) for one in step.successors],
        "said": said,
        "is_leave": step.case.cause is Cause.LEAVE,
        "today": step.today,
    }


@needs(Permission.GOAL_READ)
@require_GET
def record_of(request: HttpRequest, movement_id: int) -> HttpResponse:
    """变动说明: what one movement decided, for who decided, the mover, and who got something."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    person_id = Movement.objects.filter(id=movement_id).values_list("person_id", flat=True).first()
    sight = sight_of(actor, on=today)
    reads_all = person_id is not None and _reads_all(actor, person_id, on=today, sees_all=sight.person_ids is None)
    if person_id is None or not (reads_all or _took_over(actor, movement_id)):
        raise Http404
    paper = find_paper(movement_id, visible=sight.goals)
    assert paper is not None  # movements are never removed
    goals = [one for one in make_papers(paper) if reads_all or one.successor_goal_id is not None]
    context = {"paper": paper, "cause_name": CAUSES[paper.row.cause], "goals": goals, "is_whole": reads_all}
    return render(request, "goals/movement/record.html", context)


def _reads_all(actor: Actor, person_id: int, *, on: date, sees_all: bool) -> bool:
    """Who may decide, who reads all goals, and the mover read the whole addendum."""
    if sees_all or person_id == actor.person_id:
        return True
    reach = movable_person_ids(actor, on=on)
    return reach is None or person_id in reach


def _took_over(actor: Actor, movement_id: int) -> bool:
    """Whoever took something over reads what they took over, and nothing else."""
    took = Movement.objects.filter(id=movement_id, goals__successor__owner_person_id=actor.person_id)
    return actor.person_id is not None and took.exists()


@needs(Permission.GOAL_READ)
@require_GET
def trace(request: HttpRequest, goal_id: int) -> HttpResponse:
    """接自 / 移交给, as a part of the goal's page; empty where the goal never moved."""
    asked = ask_goal(request, goal_id)
    lines = trace_of(asked.goal.pk, visible=sight_of(asked.actor, on=asked.today).goals)
    return render(request, "goals/movement/_trace.html", {"lines": [(one, CAUSES[one.cause]) for one in lines]})


def _named(name: str, title: str | None) -> str:
    return _("%(name)s（%(note)s）") % {"name": name, "note": title} if title else name
