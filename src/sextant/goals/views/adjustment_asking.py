"""申请校调: asking for another target, with what it would do shown while one writes."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sextant.engines.adjustment import is_inside
from sextant.engines.agreement import GoalTerms, read_terms
from sextant.engines.values import Period
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.foundation.files.contracts import FileRefused
from sextant.foundation.files.messages import say as say_file
from sextant.goals.access import sight_of, visible_adjustments
from sextant.goals.actions.adjustment_evidence import attach_evidence
from sextant.goals.actions.adjustments import ask_adjustment
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import (
    OPEN_ADJUSTMENTS,
    AdjustmentException,
    AdjustmentRow,
    AdjustmentState,
    GoalState,
    PlanState,
)
from sextant.goals.forms.adjustment import AskForm, OfferForm
from sextant.goals.messages.adjustment import EXCEPTIONS, say
from sextant.goals.models import AdjustmentRequest, Goal
from sextant.goals.plan_terms import terms_of, with_terms
from sextant.goals.policy.adjustment import Ground, decide_ground, exceptions_of
from sextant.goals.queries.adjustment_card import Stated
from sextant.goals.queries.adjustment_effect import find_effect, find_gap
from sextant.goals.queries.adjustments import adjustment_row, with_steps
from sextant.goals.queries.elasticity import budget_of
from sextant.goals.views.adjustment_parts import AskedAdjustment, ask_goal_to_adjust, moves_of, places_of
from sextant.goals.views.plan_parts import read_id
from sextant.ui.whole_page import name_part

UNDER_WAY = [*OPEN_ADJUSTMENTS, AdjustmentState.AGREED]


@needs(Permission.GOAL_ADJUST)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The form of a request; sent, it goes to the other side."""
    asked = ask_goal_to_adjust(request, goal_id)
    if asked.side is None:
        raise PermissionDenied
    text = _text_of(goal_id)
    is_open = asked.terms.window_at(asked.today) is not None
    form = AskForm(request.POST if request.method == "POST" else None, offered=asked.offered(text), is_open=is_open)
    if request.method == "POST" and form.is_valid():
        made = _made(request, asked, form)
        if made is not None:
            messages.success(request, _("已发给对方，等待答复。"))
            return redirect("goals:adjustment", request_id=made)
    context = {
        "asked": asked,
        "goal": asked.goal,
        "form": form,
        "hindrances": hindrances(asked),
        "window": asked.terms.window_from(asked.today),
        "is_open": is_open,
        "limit": asked.terms.limit,
    }
    return render(request, "goals/adjustment/ask.html", context, status=422 if form.is_bound else 200)


@needs(Permission.GOAL_ADJUST)
@require_safe
def effect(request: HttpRequest, goal_id: int) -> HttpResponse:
    """What other numbers would do: elasticity, light, attainment, the parent. A part of the pages that make or show an
    offer; numbers come as in their forms."""
    name_part(request, title=_("影响"))
    asked = ask_goal_to_adjust(request, goal_id)
    text = _text_of(goal_id)
    form = OfferForm(request.GET, offered=asked.offered(text))
    form.is_valid()  # a field that cannot be read yet counts as unchanged
    after = _after(text, form)
    on = form.cleaned_data.get("effective_on") or asked.today
    budget = budget_of(asked.goal, asked.terms, before=text, after=after, on=on)
    row = _request_of(request, asked)
    # a request answers to the window it was asked in
    is_in_window = AdjustmentException.WINDOW not in row.exceptions if row else asked.terms.window_at(asked.today)
    context = {
        "asked": asked,
        "goal": asked.goal,
        "metric": asked.metric,
        "moves": [one for one in moves_of(text, after, decimals=asked.decimals) if one.difference],
        "budget": budget,
        "exceptions": [EXCEPTIONS[one] for one in exceptions_of(budget, is_in_window=bool(is_in_window))],
        "effect": find_effect(asked.goal, after, on=asked.today),
        "gap": find_gap(asked.goal, after, visible=sight_of(asked.actor, on=asked.today).goals),
        "against": _against(row, asked, after) if row else None,
    }
    return render(request, "goals/adjustment/_effect.html", context)


@dataclass(frozen=True, slots=True)
class Against:
    """A counter against the offer it answers, and against the interval of the suggestion."""

    difference: Decimal
    is_inside: bool | None
    places: int


def _request_of(request: HttpRequest, asked: AskedAdjustment) -> AdjustmentRow | None:
    """The request that is shown or answered, None where there is none yet. Two queries."""
    request_id = read_id(request.GET.get("request"))
    if request_id is None:
        return None
    seen = visible_adjustments(asked.actor, on=asked.today)
    found = with_steps(seen.filter(id=request_id, goal=asked.goal)).first()
    return adjustment_row(found) if found else None


def _against(row: AdjustmentRow, asked: AskedAdjustment, after: GoalTerms) -> Against | None:
    """None where nothing differs."""
    offered, told = read_terms(row.offer.terms or {}).base, row.suggestion
    if offered is None or after.base is None or after.base == offered:
        return None
    low, high = (Decimal(told[name]) if told.get(name) else None for name in ("low", "high"))
    difference = after.base - offered
    places = places_of(difference, decimals=asked.decimals)
    return Against(difference, is_inside(after.base, low=low, high=high), places)


def hindrances(asked: AskedAdjustment) -> list[str]:
    """Why nothing can be asked for now, in words; [] when it can. One query."""
    goal = asked.goal
    under_way = AdjustmentRequest.objects.filter(goal=goal, state__in=UNDER_WAY)
    ground = Ground(
        state=GoalState(goal.state),
        plan_state=PlanState(asked.plan.state) if asked.plan else None,
        period=Period(goal.from_on, goal.until_on),
        cycle=Period(goal.cycle.from_on, goal.cycle.until_on),
        has_counterpart=asked.plan is None or asked.plan.counterpart_id is not None,
        is_under_way=under_way.exists(),
    )
    return [say(problem) for problem in decide_ground(ground, today=asked.today)]


def _made(request: HttpRequest, asked: AskedAdjustment, form: AskForm) -> int | None:
    """The request with its files, or None with the reasons in the form: a file that is refused refuses all."""
    told = form.cleaned_data
    growth: Decimal | None = told.get("growth")
    stated = Stated(None if growth is None else growth / 100, told.get("growth_source", ""))
    try:
        with transaction.atomic():
            made = ask_adjustment(
                asked.goal.pk,
                wish=form.wish(),
                exception_reason=told.get("exception_reason", ""),
                stated=stated,
                actor=asked.actor,
                now=asked.moment,
            )
            for file in request.FILES.getlist("files"):
                attach(made, file, asked=asked)
    except AccessDenied as error:
        raise PermissionDenied from error
    except GoalRefused as error:
        form.refuse(error.problems)
        return None
    except FileRefused as error:
        form.add_error(None, say_file(error.problem))
        return None
    return made


def attach(request_id: int, file: "File[bytes]", *, asked: AskedAdjustment, note: str = "") -> None:
    """Keep an uploaded file with the request. Raises as `attach_evidence`."""
    attach_evidence(
        request_id,
        content=cast(BinaryIO, file.file),
        name=file.name or "",
        size=file.size or 0,
        note=note,
        actor=asked.actor,
        now=asked.moment,
    )


def _text_of(goal_id: int) -> GoalTerms:
    return terms_of(with_terms(Goal.objects.filter(id=goal_id)).get())


def _after(text: GoalTerms, form: OfferForm) -> GoalTerms:
    known: dict[str, Any] = dict(form.wish().changes)
    return replace(text, **known)
