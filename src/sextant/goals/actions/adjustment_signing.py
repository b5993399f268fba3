"""同意并签署: both sides sign the plan with the change in it; an exception waits for somebody who is neither."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.accounts.actions import confirm_identity
from sextant.goals.actions.adjustment_effect import conclude
from sextant.goals.actions.adjustment_news import tell
from sextant.goals.actions.adjustment_table import AnswerTable, add_step, close_request, come_to_answer
from sextant.goals.actions.adjustments import goal_changed
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.signing import Hand, not_confirmed
from sextant.goals.contracts import AdjustmentAct, AdjustmentState, Side, SignatureRow
from sextant.goals.models import AdjustmentSignature
from sextant.goals.policy.adjustment import decide_reason
from sextant.goals.policy.signing import decide_hand
from sextant.goals.queries.adjusted_text import adjusted_digest
from sextant.goals.queries.adjustments import list_adjustment_signatures
from sextant.people.queries import names_of_persons


@dataclass(frozen=True, slots=True)
class OfferReading:
    """What the signer had before their eyes: the number of the last step, and the digest of the text to be signed."""

    step: int
    digest: str


def sign_adjustment(
    request_id: int, *, reading: OfferReading, hand: Hand, actor: Actor, now: datetime
) -> AdjustmentState:
    """Sign the offer that stands, for the side the actor speaks for; where the request is then. The other side's
    signature accepts the offer. With both it comes into force on its day, or waits for who approves exceptions.

    Raises AccessDenied, AdjustmentMoved, GoalRefused (sign.password, sign.locked with `until`, sign.moved,
    sign.already, sign.name, adjust.goal_changed, codes of `decide_step`).
    """
    require(actor, Permission.GOAL_ADJUST)
    if actor.user_id is None:
        raise AccessDenied("adjustment")
    with transaction.atomic():
        known = confirm_identity(actor.user_id, password=hand.password, address=hand.address, now=now)
        if known.user_id is not None:
            return _sign(request_id, reading=reading, hand=hand, actor=actor, now=now)
    # outside the block: a wrong try must stay counted
    raise GoalRefused([not_confirmed(known)])


def approve_adjustment(request_id: int, *, read: int, note: str = "", actor: Actor, now: datetime) -> AdjustmentState:
    """Let an exception pass that both sides have signed; where the request is then.

    For who may approve and is neither side. Raises AccessDenied, AdjustmentMoved, GoalRefused (codes of `decide_step`,
    adjust.signatures_void: the plan changed since, both have to sign again).
    """
    with transaction.atomic():
        answer = come_to_answer(
            request_id,
            act=AdjustmentAct.APPROVE,
            read=read,
            actor=actor,
            now=now,
            permission=Permission.ADJUSTMENT_APPROVE,
        )
        signatures = signatures_now(answer)
        if problems := goal_changed(answer):
            raise GoalRefused(problems)
        if len({one.side for one in signatures}) < len(Side):
            raise GoalRefused([Problem("adjust.signatures_void")])
        answer.request.approver_id = answer.base.speaker
        add_step(answer.request, AdjustmentAct.APPROVE, actor=actor, now=now, note=note)
        return conclude(answer, signatures)


def decline_adjustment(request_id: int, *, reason: str, read: int, actor: Actor, now: datetime) -> None:
    """Do not let an exception pass, and say why: the target stays. Raises as `approve_adjustment`, and GoalRefused
    (codes of `decide_reason`)."""
    with transaction.atomic():
        answer = come_to_answer(
            request_id,
            act=AdjustmentAct.DECLINE,
            read=read,
            actor=actor,
            now=now,
            permission=Permission.ADJUSTMENT_APPROVE,
        )
        if problems := decide_reason(reason):
            raise GoalRefused(problems)
        answer.request.approver_id = answer.base.speaker
        answer.request.save(update_fields=["approver"])
        close_request(answer.request, AdjustmentState.REFUSED, now=now)
        add_step(answer.request, AdjustmentAct.DECLINE, actor=actor, now=now, note=reason)
        tell(answer.base, answer.request)


def signatures_now(answer: AnswerTable) -> list[SignatureRow]:
    """The signatures that still count: under the offer that stands and the text it would make today."""
    plan = answer.base.plan
    digest = adjusted_digest(answer.row, plan=plan, code=answer.base.goal.code)
    revision = plan.revision if plan else 0
    offer = answer.row.offer.number
    return list(list_adjustment_signatures(answer.request.pk, step=offer, revision=revision, digest=digest))


def _sign(request_id: int, *, reading: OfferReading, hand: Hand, actor: Actor, now: datetime) -> AdjustmentState:
    answer = come_to_answer(request_id, act=AdjustmentAct.SIGN, read=reading.step, actor=actor, now=now)
    table, plan = answer.base, answer.base.plan
    digest = adjusted_digest(answer.row, plan=plan, code=table.goal.code)
    signed = {one.side for one in signatures_now(answer)}
    name = names_of_persons([table.speaker])[table.speaker]
    problems = goal_changed(answer)
    problems += decide_hand(
        read_digest=reading.digest,
        digest=digest,
        has_signed=table.speaks_for in signed,
        typed_name=hand.typed_name,
        name=name,
    )
    if problems:
        raise GoalRefused(problems)
    AdjustmentSignature.objects.create(
        request=answer.request,
        step=answer.row.offer.number,
        side=table.speaks_for.value,
        person_id=table.speaker,
        typed_name=hand.typed_name.strip()[:100],
        at=now,
        device=hand.device[:100],
        revision=plan.revision if plan else 0,
        digest=digest,
    )
    add_step(answer.request, AdjustmentAct.SIGN, actor=actor, now=now, side=table.side)
    return _after_signature(answer)


def _after_signature(answer: AnswerTable) -> AdjustmentState:
    signatures, request = signatures_now(answer), answer.request
    state = AdjustmentState(request.state)
    if len({one.side for one in signatures}) == len(Side):
        if not answer.row.exceptions:
            return conclude(answer, signatures)
        state = AdjustmentState.WAITING
        request.state = state.value
        request.save(update_fields=["state"])
    tell(answer.base, request)
    return state
