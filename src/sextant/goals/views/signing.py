"""签署: the form of a signature, sent."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from sextant.foundation.access.address import address_of
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.foundation.accounts.agents import describe_agent
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.signing import Hand, Reading, sign_plan
from sextant.goals.contracts import RevisionIsStale
from sextant.goals.messages.agreement import say
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.views.plan_parts import AskedPlan, ask_plan, say_changes


@needs(Permission.PLAN_SIGN)
@sensitive_post_parameters("password")
@require_POST
def sign(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Sign what was read. The second signature leads to the contract."""
    asked = ask_plan(request, plan_id)
    if asked.side is None:  # whoever only reads is not asked for a password
        raise PermissionDenied
    hand = Hand(
        typed_name=request.POST.get("typed_name", ""),
        password=request.POST.get("password", ""),
        device=describe_agent(request.headers.get("User-Agent", "")),
        address=address_of(request),
    )
    try:
        signed = sign_plan(plan_id, reading=_reading(request), hand=hand, actor=asked.actor, now=asked.moment)
    except AccessDenied as error:
        raise PermissionDenied from error
    except RevisionIsStale as stale:
        return _moved(request, asked, stale)
    except GoalRefused as error:
        for problem in error.problems:
            messages.error(request, say(problem))
        return redirect("goals:negotiate", plan_id=plan_id)
    if signed.contract_id is None:
        messages.success(request, _("已签。对方签署后生效。"))
        return redirect("goals:negotiate", plan_id=plan_id)
    messages.success(request, _("双方已签，目标开始执行。"))
    return redirect("goals:contract", plan_id=plan_id)


def _reading(request: HttpRequest) -> Reading:
    revision = request.POST.get("revision", "")
    number = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    return Reading(number, request.POST.get("digest", ""))


def _moved(request: HttpRequest, asked: AskedPlan, stale: RevisionIsStale) -> HttpResponse:
    """Nothing was signed: what others changed since the page was read, goal by goal."""
    goals = [(goal.terms(asked.view_side), goal.id) for goal in list_plan_goals(asked.plan.pk)]
    changed = [
        (terms.title, changes)
        for terms, goal_id in goals
        if terms is not None and (changes := say_changes(stale.since, goal_id=goal_id))
    ]
    context = {"asked": asked, "plan": asked.row, "changed": changed, "since": stale.since}
    return render(request, "goals/agreement/moved.html", context, status=409)
