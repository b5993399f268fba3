"""我的目标: a plan on one page, what is still to do, and the steps on its way."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.access import sight_of
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_opening import may_open_plan, open_plan
from sextant.goals.actions.plans import propose_plan, return_to_discussion, start_discussion
from sextant.goals.actions.positions import accept_positions
from sextant.goals.contracts import CycleRow, GoalKind, PlanGoal, PlanState
from sextant.goals.messages.goals import KINDS, name_of_cycle
from sextant.goals.messages.plans import STATES
from sextant.goals.models import Cycle, Plan
from sextant.goals.policy.plan_states import PlanAct
from sextant.goals.queries import choose_current_cycle, list_cycles
from sextant.goals.queries.plan_score import score_of_plan
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.views.plan_parts import (
    AskedPlan,
    PlanLine,
    ask_plan,
    ask_to_write,
    make_checks,
    make_lines,
    read_id,
    refusals_told,
    sentences,
)
from sextant.goals.views.plan_sides import list_answering, list_own_units, may_name_counterpart
from sextant.metrics.queries import list_metrics

_STEPS = (
    (PlanState.DRAFT, PlanState.DRAFT),
    (PlanState.DISCUSSION, PlanState.DISCUSSION),
    (PlanState.PROPOSED, PlanState.PROPOSED),
    (PlanState.RUNNING, PlanState.SIGNED),
)


@needs(Permission.GOAL_READ)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The reader's own plan of the cycle: leads to it, or offers to begin one."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    if actor.person_id is None:  # an account without a person promises nothing
        return redirect("goals:map")
    cycles = list_cycles()
    cycle = next((one for one in cycles if one.code == request.GET.get("cycle")), None)
    cycle = cycle or choose_current_cycle(cycles, on=today)
    plans = Plan.objects.filter(owner_person_id=actor.person_id)
    plan_id = plans.filter(cycle_id=cycle.id).values_list("id", flat=True).first() if cycle else None
    if plan_id is not None:
        return redirect("goals:plan", plan_id=plan_id)
    context = {
        "cycle": cycle,
        "cycle_name": name_of_cycle(cycle.code, cycle.name) if cycle else "",
        "cycle_links": _cycle_links(cycles, chosen=cycle, on=today),
        "own_units": list_own_units(actor.person_id, cycle_id=cycle.id, on=today) if cycle else [],
        "answering": list_answering(request, actor.person_id, on=today),
        "goals": sight_of(actor, on=today).goals.filter(owner_person_id=actor.person_id, cycle_id=cycle.id).count()
        if cycle
        else 0,
        "may_open": cycle is not None
        and cycle.until_on > today
        and may_open_plan(actor, person_id=actor.person_id, on=today),
    }
    return render(request, "goals/plans/none.html", context)


@needs(Permission.PLAN_EDIT)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Open a plan: one's own, or that of somebody below or of a unit."""
    owner: dict[str, int | None] = {
        "owner_person_id": read_id(request.POST.get("person")),
        "owner_unit_id": read_id(request.POST.get("unit")),
    }
    actor = actor_of(request)
    if owner == {"owner_person_id": None, "owner_unit_id": None}:
        owner["owner_person_id"] = actor.person_id
    cycle_id = read_id(request.POST.get("cycle"))
    if cycle_id is None or sum(one is not None for one in owner.values()) != 1:
        raise Http404
    try:
        plan_id = open_plan(cycle_id=cycle_id, **owner, actor=actor, now=now())
    except (AccessDenied, Cycle.DoesNotExist) as error:
        raise Http404 from error
    except GoalRefused as error:
        for text in sentences(error.problems):
            messages.error(request, text)
        return redirect("goals:plans")
    return redirect("goals:plan", plan_id=plan_id)


@needs(Permission.GOAL_READ)
@require_GET
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The page of a plan, for both sides and for who may read it."""
    asked = ask_plan(request, plan_id)
    goals = list_plan_goals(plan_id)
    is_own = asked.plan.owner_person_id is not None and asked.plan.owner_person_id == asked.actor.person_id
    cycles = list_cycles() if is_own else []
    codes = {str(one.terms["metric"]) for goal in goals for one in goal.positions.values() if one.terms.get("metric")}
    metrics = {one.code: one for one in list_metrics(codes=codes)}
    lines = make_lines(goals, asked=asked, units={code: one.unit_label for code, one in metrics.items()})
    context = {
        "asked": asked,
        "plan": asked.row,
        "state_name": STATES[PlanState(asked.plan.state)],
        "steps": _steps(PlanState(asked.plan.state)),
        "sections": _sections(asked, lines),
        "checks": make_checks(goals, asked=asked, metrics=metrics.values()),
        "kinds": [(one.value, KINDS[one]) for one in GoalKind],
        "cycle_links": _cycle_links(cycles, chosen=asked.plan.cycle, on=asked.today),
        "score": (score := score_of_plan(asked.plan)),
        "score_notes": sentences(score.problems) if score else [],
        "own_units": list_own_units(asked.actor.person_id, cycle_id=asked.plan.cycle_id, on=asked.today)
        if is_own and asked.actor.person_id is not None
        else [],
        "answering": list_answering(request, asked.actor.person_id, on=asked.today)
        if is_own and asked.actor.person_id is not None
        else None,
        "may_name": may_name_counterpart(asked),
        "answerable": sum(_is_answerable(goal, asked) for goal in goals),
        **{f"may_{act.value}": asked.may(act) for act in PlanAct},
    }
    return render(request, "goals/plans/plan.html", context)


@needs(Permission.PLAN_EDIT)
@require_POST
def act(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One step of a plan: `act` is start, propose, return, or accept (everything the other side says)."""
    asked, name = ask_to_write(request, plan_id), request.POST.get("act", "")
    steps: dict[str, tuple[Callable[..., int], str]] = {
        "start": (start_discussion, _("已发给对方，双方都可以改。")),
        "propose": (propose_plan, _("双方一致，可以签署了。")),
        "return": (return_to_discussion, _("已退回修改。")),
    }
    revision = read_id(request.POST.get("revision")) or 0
    with refusals_told(request):
        if name == "accept":
            ids = [goal.id for goal in list_plan_goals(plan_id) if _is_answerable(goal, asked)]
            accept_positions(plan_id, goal_ids=ids, revision=revision, actor=asked.actor, now=asked.moment)
            said = _("已同意对方的写法。")
        elif name in steps:
            step, said = steps[name]
            step(plan_id, revision=revision, actor=asked.actor, now=asked.moment)
        else:
            return HttpResponseBadRequest()
        messages.success(request, said)
    return redirect("goals:plan", plan_id=plan_id)


def _is_answerable(goal: PlanGoal, asked: AskedPlan) -> bool:
    """Whether the other side has written something here that the reader has not taken over."""
    return asked.side is not None and asked.side.other in goal.positions and not goal.is_agreed


def _sections(asked: AskedPlan, lines: list[PlanLine]) -> list[dict[str, object]]:
    """Lines under their dimensions; what has none yet stands first, so that it is seen."""
    known = {one.code for one in asked.definition.dimensions}
    loose = [line for line in lines if line.terms.dimension not in known]
    found: list[dict[str, object]] = [{"name": _("未选维度"), "lines": loose}] if loose else []
    for one in asked.definition.dimensions:
        held = [line for line in lines if line.terms.dimension == one.code]
        total = sum((line.terms.weight for line in held if not line.is_leaving), Decimal(0))
        found.append({"dimension": one, "name": one.name, "lines": held, "total": total})
    return found


def _steps(state: PlanState) -> list[tuple[str, str]]:
    """The way of a plan: (name, done | here | ahead)."""
    order = list(PlanState)
    return [
        (
            str(STATES[first]),
            "done" if order.index(state) > order.index(first) else "here" if state in {first, last} else "ahead",
        )
        for first, last in _STEPS
    ]


def _cycle_links(cycles: list[CycleRow], *, chosen: Cycle | CycleRow | None, on: date) -> list[dict[str, object]]:
    """The cycles one works in: those that run or are still to come, and the chosen one."""
    shown = [one for one in cycles if one.until_on > on or (chosen is not None and one.id == chosen.id)]
    return [
        {
            "code": one.code,
            "text": name_of_cycle(one.code, one.name),
            "current": chosen is not None and one.id == chosen.id,
        }
        for one in sorted(shown, key=lambda one: (one.from_on, one.until_on))[:6]
    ]
