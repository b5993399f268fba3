"""One request for adjustment: what is asked, what the data say, what was shown, what was said."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sextant.engines.agreement import read_terms
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.foundation.access.policy import may
from sextant.foundation.files.contracts import FileGone
from sextant.foundation.files.responses import send
from sextant.goals.contracts import AdjustmentAct, AdjustmentState, AdjustmentStepRow, Side
from sextant.goals.forms.adjustment import EvidenceForm, OfferForm
from sextant.goals.messages.adjustment import EXCEPTIONS, STATES, TONES, say_act, say_change, say_window_left
from sextant.goals.messages.agreement import ROLES
from sextant.goals.messages.plans import FIELDS
from sextant.goals.policy.adjustment import decide_step
from sextant.goals.queries.adjustments import list_evidence
from sextant.goals.queries.elasticity import budget_of
from sextant.goals.views.adjustment_parts import AskedAdjustment, ask_adjustment_page, moves_of, show_card


@needs(Permission.GOAL_ADJUST)
@require_safe
def detail(request: HttpRequest, request_id: int) -> HttpResponse:
    """The page of a request."""
    return render(request, "goals/adjustment/detail.html", page_of(ask_adjustment_page(request, request_id)))


@needs(Permission.GOAL_ADJUST)
@require_safe
def evidence(request: HttpRequest, request_id: int, file_id: int) -> HttpResponseBase:
    """A file, for those who may read its request."""
    asked = ask_adjustment_page(request, request_id)
    found = next((one for one in list_evidence(asked.request.id) if one.id == file_id), None)
    if found is None:
        raise Http404
    try:
        return send(found.file_id, name=found.name)
    except FileGone as error:
        raise Http404 from error


def page_of(asked: AskedAdjustment, *, form: OfferForm | None = None) -> dict[str, object]:
    """Everything the page of a request shows; `form`: a counter that was refused. At most three queries."""
    row = asked.request
    before, after = read_terms(row.before), read_terms(row.offer.terms or {})
    moves = moves_of(before, after, decimals=asked.decimals)
    base = next(iter(moves), None)
    text = before if row.state.is_open else after
    return {
        "asked": asked,
        "row": row,
        "goal": asked.goal,
        "metric": asked.metric,
        "state_name": STATES[row.state],
        "state_tone": TONES.get(row.state, ""),
        "headline": say_change(base.old, base.new) if base else "",
        "moves": moves,
        "others": _other_changes(row.offer),
        "budget": budget_of(
            asked.goal, asked.terms, before=before, after=after, on=row.offer.effective_on or asked.today
        )
        if row.use is None
        else None,
        "limit": asked.terms.limit,
        "window": asked.terms.window_from(asked.today if row.state.is_open else asked.goal.from_on),
        "window_left": _window_left(asked),
        "exceptions": [EXCEPTIONS[one] for one in row.exceptions],
        "card": show_card(asked),
        "evidence": list_evidence(row.id),
        "steps": [(say_act(one.act, by=one.by_name), one) for one in reversed(row.steps)],
        "signed": _signed(asked),
        "effect_url": _effect_url(asked),
        "form": form or OfferForm(None, offered=asked.offered(text), start=after),
        "evidence_form": EvidenceForm(),
        **_rights(asked),
    }


def _rights(asked: AskedAdjustment) -> dict[str, object]:
    """What the reader may do now."""
    row = asked.request

    def can(act: AdjustmentAct) -> bool:
        return not decide_step(
            act,
            state=row.state,
            side=asked.side,
            asked_by=row.side,
            offered_by=row.offer.side or row.side,
            is_over=asked.today >= row.expires_on,
        )

    speaks = asked.side is not None
    approves = not speaks and may(asked.actor, Permission.ADJUSTMENT_APPROVE) and asked.actor.person_id is not None
    # whoever signed may have to sign again, where the plan has moved since: the form of the signature says
    may_sign, may_answer = speaks and can(AdjustmentAct.SIGN), speaks and can(AdjustmentAct.COUNTER)
    answers = [("sign", _("同意"), "")] if may_sign else []
    return {
        "may_answer": may_answer,
        "may_sign": may_sign,
        "answers": [*answers, ("counter", _("还价"), ""), ("refuse", _("不同意"), "")],
        "first_answer": "sign" if may_sign else "counter",
        "may_withdraw": speaks and can(AdjustmentAct.WITHDRAW),
        "may_attach": speaks and can(AdjustmentAct.SIGN),
        "may_approve": approves and can(AdjustmentAct.APPROVE),
        "waits_for": _waits_for(asked),
    }


def _waits_for(asked: AskedAdjustment) -> str:
    """Whom the request waits for, as a role; "" where it waits for nobody."""
    row = asked.request
    if row.state is AdjustmentState.WAITING or not row.state.is_open:
        return ""
    signed = {one.side for one in _signatures(asked)}
    offered_by = row.offer.side or row.side
    return str(ROLES[offered_by if offered_by.other in signed else offered_by.other])


def _signatures(asked: AskedAdjustment) -> list[AdjustmentStepRow]:
    """Who signed the offer that stands. Whether the plan has moved since, the form of the signature says."""
    row = asked.request
    return [one for one in row.steps if one.act is AdjustmentAct.SIGN and one.number > row.offer.number]


def _signed(asked: AskedAdjustment) -> list[tuple[object, AdjustmentStepRow | None]]:
    signed = {one.side: one for one in _signatures(asked)}
    return [(ROLES[side], signed.get(side)) for side in Side]


def _window_left(asked: AskedAdjustment) -> str:
    open_now = asked.terms.window_at(asked.today)
    if open_now is None or not asked.request.state.is_open:
        return ""
    return say_window_left((open_now.until_on - asked.today).days)


def _other_changes(offer: AdjustmentStepRow) -> list[tuple[str, object, object]]:
    """Changes of days, field by field; numbers stand in the figures."""
    days = ("until_on", "due_on")
    return [(str(FIELDS[one["field"]]), one["old"], one["new"]) for one in offer.changes if one["field"] in days]


def _effect_url(asked: AskedAdjustment) -> str:
    """Where what the offer does is computed; "" where it is over or nothing is measured."""
    row = asked.request
    if asked.metric is None or not row.state.is_open:
        return ""
    after = read_terms(row.offer.terms or {})
    told = {name: f"{getattr(after, name):f}" for name in asked.offered(after).names}
    return f"{reverse('goals:adjust_effect', args=[asked.goal.pk])}?{urlencode({'request': str(row.id), **told})}"
