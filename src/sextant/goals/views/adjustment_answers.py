"""Answers to a request: counter, no, signature, approval of an exception, withdrawal, one more file."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sextant.engines.agreement import read_terms
from sextant.foundation.access.address import address_of
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.foundation.accounts.agents import describe_agent
from sextant.foundation.files.contracts import FileRefused
from sextant.foundation.files.messages import say as say_file
from sextant.goals.actions.adjustment_signing import (
    OfferReading,
    approve_adjustment,
    decline_adjustment,
    sign_adjustment,
)
from sextant.goals.actions.adjustments import counter_adjustment, refuse_adjustment, withdraw_adjustment
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.signing import Hand
from sextant.goals.contracts import AdjustmentMoved, AdjustmentState
from sextant.goals.forms.adjustment import EvidenceForm, OfferForm
from sextant.goals.messages.adjustment import say, say_act
from sextant.goals.queries.adjusted_text import adjusted_digest
from sextant.goals.queries.adjustments import list_adjustment_signatures
from sextant.goals.views.adjustment import page_of
from sextant.goals.views.adjustment_asking import attach as keep
from sextant.goals.views.adjustment_parts import AskedAdjustment, ask_adjustment_page
from sextant.goals.views.plan_parts import read_id
from sextant.ui.whole_page import name_part


@needs(Permission.GOAL_ADJUST)
@require_POST
def answer(request: HttpRequest, request_id: int) -> HttpResponse:
    """A counter, or a no."""
    asked = _ask_to_speak(request, request_id)
    if request.POST.get("act") == "refuse":
        with refusals_told(request):
            refuse_adjustment(
                request_id,
                reason=request.POST.get("reason", ""),
                read=_read(request),
                actor=asked.actor,
                now=asked.moment,
            )
            messages.success(request, _("已答复，目标不变。"))
        return _back(request_id)
    form = OfferForm(request.POST, offered=asked.offered(read_terms(asked.request.before)))
    if form.is_valid() and _countered(request, asked, form):
        return _back(request_id)
    context = {**page_of(asked, form=form), "first_answer": "counter"}
    return render(request, "goals/adjustment/detail.html", context, status=422)


@needs(Permission.GOAL_ADJUST)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, request_id: int) -> HttpResponse:
    """What a signature would stand under, and the signature."""
    asked = _ask_to_speak(request, request_id)
    if request.method != "POST":
        name_part(request, title=_("签署校调"))
        return render(request, "goals/adjustment/_sign.html", _to_sign(asked))
    hand = Hand(
        typed_name=request.POST.get("typed_name", ""),
        password=request.POST.get("password", ""),
        device=describe_agent(request.headers.get("User-Agent", "")),
        address=address_of(request),
    )
    reading = OfferReading(_read(request), request.POST.get("digest", ""))
    with refusals_told(request):
        state = sign_adjustment(request_id, reading=reading, hand=hand, actor=asked.actor, now=asked.moment)
        messages.success(request, _said(state))
    return _back(request_id)


@needs(Permission.ADJUSTMENT_APPROVE)
@require_POST
def approve(request: HttpRequest, request_id: int) -> HttpResponse:
    """Let an exception pass, or not."""
    asked = ask_adjustment_page(request, request_id)
    words = request.POST.get("note", "")
    with refusals_told(request):
        if request.POST.get("act") == "approve":
            state = approve_adjustment(request_id, read=_read(request), note=words, actor=asked.actor, now=asked.moment)
            messages.success(request, _said(state))
        else:
            decline_adjustment(request_id, read=_read(request), reason=words, actor=asked.actor, now=asked.moment)
            messages.success(request, _("已答复，目标不变。"))
    return _back(request_id)


@needs(Permission.GOAL_ADJUST)
@require_POST
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take back what one's own side asked for."""
    asked = _ask_to_speak(request, request_id)
    with refusals_told(request):
        reason = request.POST.get("reason", "")
        withdraw_adjustment(request_id, read=_read(request), reason=reason, actor=asked.actor, now=asked.moment)
        messages.success(request, _("已撤回，目标不变。"))
    return _back(request_id)


@needs(Permission.GOAL_ADJUST)
@require_POST
def attach(request: HttpRequest, request_id: int) -> HttpResponse:
    """One more file."""
    asked = _ask_to_speak(request, request_id)
    form, files = EvidenceForm(request.POST), request.FILES.getlist("files")
    if not files or not form.is_valid():
        messages.error(request, _("没有选择文件。"))
        return _back(request_id)
    with refusals_told(request):
        for file in files:
            keep(request_id, file, asked=asked, note=form.cleaned_data["note"])
        messages.success(request, _("已附上。"))
    return _back(request_id)


def _countered(request: HttpRequest, asked: AskedAdjustment, form: OfferForm) -> bool:
    """Whether the answer is given; False where the form says what is wrong with it."""
    with refusals_told(request):
        try:
            counter_adjustment(
                asked.request.id,
                wish=form.wish(),
                read=_read(request),
                exception_reason=form.cleaned_data.get("exception_reason", ""),
                actor=asked.actor,
                now=asked.moment,
            )
        except GoalRefused as error:
            form.refuse(error.problems)
            return False
        messages.success(request, _("还价已发给对方。"))
    return True


def _ask_to_speak(request: HttpRequest, request_id: int) -> AskedAdjustment:
    """The request, for who speaks for one of its sides: PermissionDenied for who only reads."""
    asked = ask_adjustment_page(request, request_id)
    if asked.side is None:
        raise PermissionDenied
    return asked


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """What an action on a request refuses, as messages of the next page; what is not the reader's to do is a 403."""
    try:
        yield
    except AccessDenied as error:
        raise PermissionDenied from error
    except AdjustmentMoved as moved:
        done = _("、").join(say_act(one.act, by=one.by_name) for one in moved.since)
        messages.error(request, _("刚刚有变化：%(done)s。请看过再答复。") % {"done": done})
    except FileRefused as error:
        messages.error(request, say_file(error.problem))
    except GoalRefused as error:
        for problem in error.problems:
            messages.error(request, say(problem))


def _to_sign(asked: AskedAdjustment) -> dict[str, object]:
    row, plan = asked.request, asked.plan
    digest = adjusted_digest(row, plan=plan, code=asked.goal.code)
    revision = plan.revision if plan else 0
    signatures = list_adjustment_signatures(row.id, step=row.offer.number, revision=revision, digest=digest)
    return {
        "row": row,
        "asked": asked,
        "digest": digest,
        "read": row.steps[-1].number,
        "has_signed": asked.side in {one.side for one in signatures},
        "page": page_of(asked),
    }


def _said(state: AdjustmentState) -> str:
    match state:
        case AdjustmentState.WAITING:
            return _("双方已签，等待例外审批。")
        case AdjustmentState.AGREED:
            return _("双方已签，到日子生效。")
        case AdjustmentState.IN_FORCE:
            return _("已生效，目标按新的数计。")
        case _:
            return _("已签。对方签署后生效。")


def _read(request: HttpRequest) -> int:
    return read_id(request.POST.get("read")) or 0


def _back(request_id: int) -> HttpResponse:
    return redirect("goals:adjustment", request_id=request_id)
