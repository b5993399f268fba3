"""The goal editor: every change is kept as it is written, and the checks beside it follow."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sextant.engines.agreement import GoalTerms, diff, digest, plain
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.positions import Saved, accept_position, drop_goal, save_goal_position
from sextant.goals.contracts import GoalKind, GoalState, PlanGoal, PositionRow, RevisionIsStale
from sextant.goals.forms.plans import GoalForm, initial_of
from sextant.goals.messages.goals import KINDS
from sextant.goals.messages.plans import FIELDS, SIDES, say_value
from sextant.goals.policy.plan_checks import without_refused
from sextant.goals.policy.plan_kinds import FIELDS as FIELDS_OF
from sextant.goals.policy.plan_states import PlanAct
from sextant.goals.queries.plans import list_plan_goals, list_revisions
from sextant.goals.views.plan_parts import (
    AskedPlan,
    Difference,
    Names,
    ask_plan,
    ask_to_write,
    make_checks,
    make_lines,
    read_id,
    refusals_told,
    say_changes,
    say_term,
    sentences,
)
from sextant.goals.views.wording import tell_wording
from sextant.metrics.contracts import MetricRow
from sextant.metrics.queries import list_metrics

HISTORY_SHOWN = 8
BLANK_STEPS = 2
TITLE_LENGTH = 300
_NOT_TEXT = frozenset({"csrfmiddlewaretoken", "revision"})


@dataclass(frozen=True, slots=True)
class _Edited:
    """A goal in the editor: the plan it stands in, its text, and all goals beside it."""

    asked: AskedPlan
    goal: PlanGoal
    goals: list[PlanGoal]
    terms: GoalTerms

    @property
    def is_open(self) -> bool:
        """Whether the reader may write."""
        return self.asked.may(PlanAct.WRITE)


@needs(Permission.GOAL_READ)
@require_GET
def plan_goal(request: HttpRequest, plan_id: int, goal_id: int) -> HttpResponse:
    """The editor, or for who only reads the text."""
    edited = _edit(ask_plan(request, plan_id), goal_id)
    asked, goal = edited.asked, edited.goal
    metrics = list_metrics()
    form = _form(edited, metrics)
    context = {
        **_checks(edited, metrics),
        "may_write": edited.is_open and asked.side is not None,
        "is_leaving": goal.wants_dropped(asked.view_side),
        "is_leaving_there": goal.wants_dropped(asked.view_side.other),
        "form": form,
        "kind": GoalKind(edited.terms.kind),
        "tag": KINDS[GoalKind(edited.terms.kind)],
        "unit": next((one.unit_label for one in metrics if one.code == edited.terms.metric), ""),
        "steps": _steps(edited.terms),
        "has_steps": {"milestones", "actions"} & set(FIELDS_OF[GoalKind(edited.terms.kind)]),
        "lines": make_lines(edited.goals, asked=asked, units={}),
        "other": _other_side(edited, names := _names(edited, metrics)),
        "other_name": SIDES[asked.view_side.other],
        "history": _history(edited, names),
        "is_running": goal.state is GoalState.RUNNING,
    }
    return render(request, "goals/plans/goal.html", context)


@needs(Permission.PLAN_EDIT)
@require_POST
def save_goal(request: HttpRequest, plan_id: int, goal_id: int) -> HttpResponse:
    """Keep what is written. To a script answers the checks (409 with the difference on an older revision); without one
    leads back to the editor. A field that is refused keeps its last text, the others are saved."""
    edited = _edit(ask_to_write(request, plan_id), goal_id)
    metrics = list_metrics()
    form = _form(edited, metrics, data=request)
    wanted = form.terms_over(edited.terms)
    errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    revision = request.POST.get("revision", "")
    number = int(revision) if revision.isdecimal() else 0
    try:
        saved, problems = _save(edited, wanted, confidence=form.confidence_ratio, revision=number)
    except AccessDenied as error:
        raise PermissionDenied from error
    except RevisionIsStale as stale:
        return _stale(request, edited, stale, metrics)
    except GoalRefused as error:
        problems, saved = list(error.problems), None
    for problem in problems:
        errors.setdefault(str(problem.params.get("field", "")), []).extend(sentences([problem]))
    if not request.headers.get("X-Autosave"):
        for text in (one for texts in errors.values() for one in texts):
            messages.error(request, text)
        return redirect("goals:plan_goal", plan_id=plan_id, goal_id=goal_id)
    context = {**_checks(edited if saved is None else _after(edited, saved), metrics), "errors": errors}
    context |= {"may_write": True, "csrf_token": get_token(request)}
    # without the request: a fragment needs nothing of what the shell would read
    return HttpResponse(render_to_string("goals/plans/_saved.html", context), status=200 if saved else 422)


@needs(Permission.PLAN_EDIT)
@require_POST
def new_goal(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A new goal of a kind with a name, then its editor."""
    asked = ask_to_write(request, plan_id)
    kind = request.POST.get("kind", "")
    if kind not in {one.value for one in GoalKind}:
        return HttpResponseBadRequest()
    fitting = [one.code for one in asked.definition.dimensions if GoalKind(kind) in one.kinds]
    terms = GoalTerms(
        request.POST.get("title", "").strip(),
        kind,
        dimension=fitting[0] if fitting else "",
        curve=asked.definition.curve.value,
    )
    try:
        saved = save_goal_position(
            plan_id, goal_id=None, terms=terms, revision=asked.plan.revision, actor=asked.actor, now=asked.moment
        )
    except AccessDenied as error:
        raise PermissionDenied from error
    except GoalRefused as error:
        for text in sentences(error.problems):
            messages.error(request, text)
        return redirect("goals:plan", plan_id=plan_id)
    return redirect("goals:plan_goal", plan_id=plan_id, goal_id=saved.goal_id)


@needs(Permission.PLAN_EDIT)
@require_POST
def answer_goal(request: HttpRequest, plan_id: int, goal_id: int) -> HttpResponse:
    """Answer for one goal: `act` is accept (take over what the other side says), rewrite (call it as proposed), drop or
    keep."""
    edited = _edit(ask_to_write(request, plan_id), goal_id)
    asked, name = edited.asked, request.POST.get("act", "")
    common: dict[str, Any] = {"goal_id": goal_id, "actor": asked.actor, "now": asked.moment}
    common["revision"] = read_id(request.POST.get("revision")) or 0
    with refusals_told(request):
        if name == "accept":
            accept_position(plan_id, **common)
        elif name in {"drop", "keep"}:
            drop_goal(plan_id, is_dropped=name == "drop", **common)
        elif name == "rewrite" and (title := request.POST.get("title", "").strip()):
            named = replace(edited.terms, title=title[:TITLE_LENGTH])
            save_goal_position(plan_id, terms=named, confidence=edited.goal.confidence, sight=asked.sight, **common)
        else:
            return HttpResponseBadRequest()
    if request.POST.get("here") == "negotiate":
        return HttpResponseRedirect(f"{reverse('goals:negotiate', args=[plan_id])}#goal-{goal_id}")
    if name == "drop":
        return redirect("goals:plan", plan_id=plan_id)
    return redirect("goals:plan_goal", plan_id=plan_id, goal_id=goal_id)


def _edit(asked: AskedPlan, goal_id: int) -> _Edited:
    goals = list_plan_goals(asked.plan.id)
    goal = next((one for one in goals if one.id == goal_id), None)
    terms = goal.terms(asked.view_side) if goal else None
    if goal is None or terms is None:
        raise Http404
    return _Edited(asked, goal, goals, terms)


def _form(edited: _Edited, metrics: list[MetricRow], data: HttpRequest | None = None) -> GoalForm:
    kind, picked = GoalKind(edited.terms.kind), data.POST.get("kind", "") if data else ""
    if picked in {one.value for one in GoalKind}:
        kind = GoalKind(picked)
    return GoalForm(
        data.POST if data else None,
        kind=kind,
        definition=edited.asked.definition,
        metrics=metrics,
        initial=initial_of(edited.terms, confidence=edited.goal.confidence),
    )


def _save(
    edited: _Edited, wanted: GoalTerms, *, confidence: Decimal | None, revision: int
) -> tuple[Saved, list[Problem]]:
    """What was saved, and the problems of the fields that were not. Raises as `save_goal_position`, GoalRefused only
    when nothing at all could be saved."""
    asked = edited.asked

    def keep(terms: GoalTerms) -> Saved:
        return save_goal_position(
            asked.plan.id,
            goal_id=edited.goal.id,
            terms=terms,
            revision=revision,
            confidence=confidence,
            actor=asked.actor,
            now=asked.moment,
            sight=asked.sight,
        )

    try:
        return keep(wanted), []
    except GoalRefused as error:
        sound = without_refused(wanted, edited.terms, error.problems)
        if sound == wanted:
            raise
        return keep(sound), list(error.problems)


def _after(edited: _Edited, saved: Saved) -> _Edited:
    """As `edited` once `saved` was kept: what is known need not be read again at every pause of the pen."""
    asked, terms = edited.asked, saved.terms
    asked.plan.revision, asked.plan.updated_at = saved.revision, asked.moment
    own = PositionRow(edited.goal.id, asked.view_side, plain(terms), digest(terms), asked.moment, "", False)
    goal = replace(edited.goal, positions={**edited.goal.positions, asked.view_side: own})
    return _Edited(asked, goal, [goal if one.id == goal.id else one for one in edited.goals], terms)


def _stale(request: HttpRequest, edited: _Edited, stale: RevisionIsStale, metrics: list[MetricRow]) -> HttpResponse:
    """The difference between what was read and what is there now, for this goal. To a script a fragment, its text stays
    in the form; without one a page that carries what was written, and may save it over the other."""
    context = {
        "revision": stale.revision,
        "who": stale.since[-1].by_name if stale.since else "",
        "changes": say_changes(stale.since, goal_id=edited.goal.id, names=_names(edited, metrics)),
        "asked": ask_plan(request, edited.asked.plan.id),
        "goal": edited.goal,
    }
    if request.headers.get("X-Autosave"):
        return render(request, "goals/plans/_stale.html", context, status=409)
    kept = [(name, one) for name, values in request.POST.lists() if name not in _NOT_TEXT for one in values]
    context |= {"plan": edited.asked.row, "terms": edited.terms, "kept": kept}
    return render(request, "goals/plans/stale.html", context, status=409)


def _checks(edited: _Edited, metrics: list[MetricRow]) -> dict[str, object]:
    return {
        "asked": edited.asked,
        "plan": edited.asked.row,
        "goal": edited.goal,
        "terms": edited.terms,
        "checks": make_checks(edited.goals, asked=edited.asked, metrics=metrics),
        "wording": tell_wording(edited.goals, asked=edited.asked, metrics=metrics).get(edited.goal.id),
        "is_open": edited.is_open,
    }


def _names(edited: _Edited, metrics: list[MetricRow]) -> Names:
    """What codes in texts stand for."""
    return {
        "metric": {one.code: one.name for one in metrics},
        "dimension": {one.code: one.name for one in edited.asked.definition.dimensions},
    }


def _other_side(edited: _Edited, names: Names) -> list[Difference]:
    """Where the other side says something else, mine → theirs; [] where it has said nothing, or the same."""
    side = edited.asked.view_side
    if side.other not in edited.goal.positions or side not in edited.goal.positions:
        return []
    changes = diff(edited.goal.terms(side), edited.goal.terms(side.other))
    return [
        Difference(
            str(FIELDS[one.field]), say_term(one.field, one.old, names=names), say_term(one.field, one.new, names=names)
        )
        for one in changes
    ]


def _history(edited: _Edited, names: Names) -> list[dict[str, Any]]:
    revisions = list_revisions(edited.asked.plan.id, limit=60)
    found = [(one, say_changes([one], goal_id=edited.goal.id, names=names)) for one in revisions]
    return [
        {"number": one.number, "who": one.by_name, "side": SIDES[one.side], "at": one.at, "changes": changes}
        for one, changes in found
        if changes
    ][:HISTORY_SHOWN]


def _steps(terms: GoalTerms) -> list[dict[str, Any]]:
    """Rows of milestones or actions with a few blank ones; [] for kinds without steps."""
    kind = GoalKind(terms.kind)
    if kind not in {GoalKind.MILESTONE, GoalKind.ACTION}:
        return []
    held = terms.milestones if kind is GoalKind.MILESTONE else terms.actions
    rows: list[dict[str, Any]] = [
        {"title": one.title, "points": say_value(one.points), "due_on": one.due_on, "person": one.person}
        for one in held
    ]
    return [*rows, *({"title": "", "points": "", "due_on": None, "person": ""} for _ in range(BLANK_STEPS))]
