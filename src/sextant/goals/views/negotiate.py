"""目标共商: two texts side by side, what is said about them, what is promised, and what is left until both can sign."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import DateField, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sextant.engines.agreement import plan_digest
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.goals.actions.comments import add_comment
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.support import ask_support, judge_support, promise_support, refuse_support
from sextant.goals.contracts import CommentRow, PlanGoal, PlanState, Side, SignatureRow, SupportAnswer, SupportKind
from sextant.goals.contracts import SupportRow as Support
from sextant.goals.messages.agreement import ROLES, SUPPORT_KINDS, say
from sextant.goals.messages.plans import STATES, say_plan
from sextant.goals.policy.plan_states import PlanAct
from sextant.goals.policy.signing import Table, decide_readiness
from sextant.goals.queries.contracts import list_contracts, list_signatures, plan_text
from sextant.goals.queries.negotiation import list_comments, list_support
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.views.agreement_parts import negotiated
from sextant.goals.views.plan_parts import AskedPlan, Checks, ask_plan, make_checks
from sextant.goals.views.wording import tell_wording
from sextant.metrics.queries import list_metrics
from sextant.people.queries import resolve_persons

OPEN = frozenset({PlanState.DRAFT, PlanState.DISCUSSION})
"""While goals are written."""
TALKED = OPEN | {PlanState.PROPOSED}
"""While support is asked and answered."""


@needs(Permission.GOAL_READ)
@require_safe
def negotiate(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The page of both sides; whoever may read the plan reads along."""
    asked = ask_plan(request, plan_id)
    state = PlanState(asked.plan.state)
    goals, comments, support = list_plan_goals(plan_id), list_comments(plan_id), list_support(plan_id)
    context = {
        "asked": asked,
        "plan": asked.row,
        "state_name": STATES[state],
        "goals": _goals(asked, goals, comments),
        "about_all": [one for one in comments if one.goal_id is None],
        "support": [(one, SUPPORT_KINDS[one.kind]) for one in support],
        "support_kinds": [(one.value, words) for one, words in SUPPORT_KINDS.items()],
        "may_talk": asked.side is not None and state is not PlanState.CLOSED,
        "may_ask": asked.side is Side.OWNER and state in TALKED,
        "may_answer": asked.side is Side.COUNTERPART and state in TALKED,
        "may_judge": asked.side is Side.OWNER and state not in TALKED,
        "roles": ROLES,
        **{f"may_{act.value}": asked.may(act) for act in PlanAct},
        **_signing(asked, goals, support),
    }
    return render(request, "goals/agreement/negotiate.html", context)


def _goals(asked: AskedPlan, goals: Sequence[PlanGoal], comments: Sequence[CommentRow]) -> list[Any]:
    codes = {str(one.terms["metric"]) for goal in goals for one in goal.positions.values() if one.terms.get("metric")}
    metrics = {one.code: one for one in list_metrics(codes=codes)} if codes else {}
    is_open = PlanState(asked.plan.state) in OPEN
    wording = tell_wording(goals, asked=asked, metrics=metrics.values()) if asked.may(PlanAct.WRITE) else {}
    found = negotiated(goals, asked=asked, metrics=metrics, comments=comments, is_open=is_open)
    return [(one, wording.get(one.id)) for one in found]


def _signing(asked: AskedPlan, goals: Sequence[PlanGoal], support: Sequence[Support]) -> dict[str, Any]:
    """The right column: checks while the text is open, then who has signed which text. A text that may still change has
    no digest to sign."""
    state = PlanState(asked.plan.state)
    checks = make_checks(goals, asked=asked) if state in OPEN else None
    digest, signatures = "", []
    if state is PlanState.PROPOSED:
        digest = plan_digest(plan_text(asked.plan, goals=goals, support=support))
        signatures = list_signatures(asked.plan.pk, revision=asked.plan.revision, digest=digest)
    contracts = list_contracts(asked.plan.pk) if state not in TALKED else []
    return {
        "checks": checks,
        "digest": digest,
        "people": _people(asked, signatures),
        "left": _left(asked, goals, support, checks=checks, signatures=signatures, digest=digest),
        "contract": contracts[0] if contracts else None,
        "is_deciding": state in TALKED,
    }


def _people(asked: AskedPlan, signatures: Sequence[SignatureRow]) -> list[dict[str, Any]]:
    by_side = {one.side: one for one in signatures}
    owner = asked.plan.owner_person or asked.plan.owner_unit
    parties = ((Side.OWNER, owner), (Side.COUNTERPART, asked.plan.counterpart))
    return [{"party": party, "role": ROLES[side], "signature": by_side.get(side)} for side, party in parties if party]


def _left(
    asked: AskedPlan,
    goals: Sequence[PlanGoal],
    support: Sequence[Support],
    *,
    checks: Checks | None,
    signatures: Sequence[SignatureRow],
    digest: str,
) -> list[str]:
    """What keeps the reader from signing, in words; [] = they may."""
    waiting = sum(one.answer is SupportAnswer.OPEN for one in support)
    table = Table(PlanState(asked.plan.state), digest, [one.side for one in signatures], waiting)
    left = []
    differing = sum(not goal.is_agreed for goal in goals)
    if checks is not None and checks.todos:
        left.append(_("处理完 %(n)s 项检查。") % {"n": len(checks.todos)})
    if differing:
        left.append(_("还有 %(n)s 个目标双方写法不同。") % {"n": differing})
    left += [say(problem) for problem in decide_readiness(table)]
    if asked.side in table.signed:
        left.append(_("您已签，等对方。"))
    return left


@needs(Permission.PLAN_EDIT)
@require_POST
def comment(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Say something about a goal, or about the whole plan."""
    goal_id = _id(request.POST.get("goal"))

    def write(asked: AskedPlan) -> None:
        text = request.POST.get("text", "")
        add_comment(plan_id, goal_id=goal_id, text=text, actor=asked.actor, now=asked.moment)

    return _answer(request, plan_id, write, anchor=f"goal-{goal_id}" if goal_id else "words")


@needs(Permission.PLAN_EDIT)
@require_POST
def support(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask for support: the owner's side."""

    def write(asked: AskedPlan) -> None:
        kind = request.POST.get("kind", "")
        known = SupportKind(kind) if kind in set(SupportKind) else SupportKind.OTHER
        ask = request.POST.get("ask", "")
        ask_support(plan_id, kind=known, ask=ask, actor=asked.actor, now=asked.moment)

    return _answer(request, plan_id, write, anchor="support")


@needs(Permission.PLAN_EDIT)
@require_POST
def answer_support(request: HttpRequest, plan_id: int, item_id: int) -> HttpResponse:
    """Answer one item: `act` is promise, refuse (the company), kept or broken (the owner)."""
    act, text = request.POST.get("act", ""), request.POST.get("text", "")

    def write(asked: AskedPlan) -> None:
        who: dict[str, Any] = {"item_id": item_id, "actor": asked.actor, "now": asked.moment}
        if act == "promise":
            due_on, responsible_id = _day(request.POST.get("due_on", "")), _person(request.POST.get("responsible", ""))
            promise_support(plan_id, text=text, due_on=due_on, responsible_id=responsible_id, **who)
        elif act == "refuse":
            refuse_support(plan_id, reason=text, **who)
        else:
            judge_support(plan_id, is_kept=act == "kept", **who)

    return _answer(request, plan_id, write, anchor="support")


def _answer(request: HttpRequest, plan_id: int, write: Callable[[AskedPlan], None], *, anchor: str) -> HttpResponse:
    """Do it, and back to the place on the page where it was done; what was refused is said there."""
    asked = ask_plan(request, plan_id)
    try:
        write(asked)
    except AccessDenied as error:
        raise PermissionDenied from error
    except GoalRefused as error:
        for problem in error.problems:
            messages.error(request, say_plan(problem) if problem.code.startswith("plan.") else say(problem))
    response = redirect("goals:negotiate", plan_id=plan_id)
    response["Location"] += f"#{anchor}"
    return response


def _person(number: str) -> int | None:
    """Who sees to it, by number; None leaves it to who answers."""
    if not (number := number.strip()):
        return None
    found = resolve_persons([number], by="number").get(number)
    if found is None:
        raise GoalRefused([Problem("plan.person_unknown", {"field": "responsible", "value": number})])
    return found


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _day(text: str) -> Any:
    try:
        return DateField(required=False).clean(text)
    except ValidationError:
        return None
