"""绩效契约: the page reads as a document; the PDF is the same, with its text attached."""

from decimal import Decimal
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sextant.engines.adjustment import used_of_plan
from sextant.engines.agreement import check_contract
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.goals.actions.contracts import remember_copy
from sextant.goals.contracts import ContractRow, GoalState, PlanState
from sextant.goals.documents.paper import write_paper
from sextant.goals.messages.agreement import say
from sextant.goals.models import Goal
from sextant.goals.queries.contracts import list_contracts
from sextant.goals.queries.elasticity import adjustment_terms
from sextant.goals.queries.negotiation import list_support
from sextant.goals.queries.targets import elasticity_used
from sextant.goals.views.plan_parts import AskedPlan, ask_plan


@needs(Permission.GOAL_READ)
@require_safe
def contract(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The contract in force, or an older one by `?version=`. Every reading checks it against its own digest."""
    asked, contracts, chosen = _contracts(request, plan_id)
    checked = check_contract(chosen.content, digest=chosen.digest)
    context = {
        "asked": asked,
        "plan": asked.row,
        "contract": chosen,
        "paper": write_paper(chosen.document),
        "doubts": [say(problem) for problem in checked.problems],
        "versions": contracts,
        "kept": [one for one in list_support(plan_id) if one.is_kept is not None],
        **_adjusting(asked),
    }
    return render(request, "goals/agreement/contract.html", context)


def _adjusting(asked: AskedPlan) -> dict[str, object]:
    """When the goals may be negotiated anew, how much of their elasticity this quarter's changes used, and which of
    them a side may ask for. Two queries."""
    terms = adjustment_terms(asked.plan.cycle, asked.plan)
    may_ask = asked.side is not None and PlanState(asked.plan.state) in (PlanState.SIGNED, PlanState.RUNNING)
    goals = list(
        Goal.objects.filter(plan=asked.plan, state__in=(GoalState.RUNNING, GoalState.SUSPENDED)).order_by("id")
    )
    used = elasticity_used([goal.pk for goal in goals], quarter=terms.quarter(asked.today))
    running = [goal for goal in goals if goal.state == GoalState.RUNNING and goal.until_on > asked.today]
    return {
        "limit": terms.limit,
        "used": used_of_plan((goal.weight, used.get(goal.pk, Decimal(0))) for goal in goals),
        "window": terms.window_from(asked.today),
        "is_open": terms.window_at(asked.today) is not None,
        "adjustable": [(goal.pk, goal.title) for goal in running] if may_ask else [],
    }


@needs(Permission.GOAL_READ)
@require_safe
def contract_pdf(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The contract as a file. What was handed out is remembered, so that a forged copy is told from it."""
    # typst is 80 MB of program: loaded where it is needed
    from sextant.goals.documents.typesetting import make_pdf

    asked, _all, chosen = _contracts(request, plan_id)
    pdf = make_pdf(chosen)
    remember_copy(chosen.id, sha256=sha256(pdf).hexdigest(), now=asked.moment)
    name = f"{chosen.number}-{chosen.version}.pdf"
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _contracts(request: HttpRequest, plan_id: int) -> tuple[AskedPlan, list[ContractRow], ContractRow]:
    asked = ask_plan(request, plan_id)
    contracts = list_contracts(plan_id)
    wanted = request.GET.get("version", "")
    chosen = next((one for one in contracts if str(one.version) == wanted or not wanted), None)
    if chosen is None:
        raise Http404
    return asked, contracts, chosen
