"""签署: one transaction holds who signed, what they had read, and what follows."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sextant.engines.agreement import plan_digest
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.accounts.actions import confirm_identity
from sextant.foundation.accounts.contracts import SignInResult
from sextant.foundation.audit.actions import record
from sextant.goals.actions.contracts import conclude
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_notices import tell_in_force, tell_signed
from sextant.goals.actions.plan_writing import PlanWrite, begin
from sextant.goals.contracts import PlanState, Side, Signed, SupportAnswer
from sextant.goals.models import Signature
from sextant.goals.policy.plan_states import PlanAct
from sextant.goals.policy.signing import Table, decide_signature
from sextant.goals.queries.contracts import list_signatures, plan_text
from sextant.goals.queries.negotiation import list_support
from sextant.goals.queries.plans import list_plan_goals
from sextant.people.queries import names_of_persons


@dataclass(frozen=True, slots=True)
class Reading:
    """What the signer had before their eyes: the plan's revision, and the digest of its text."""

    revision: int
    digest: str


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody signs: their name as they typed it, their password, and where they sit."""

    typed_name: str
    password: str
    device: str
    address: str | None


def sign_plan(plan_id: int, *, reading: Reading, hand: Hand, actor: Actor, now: datetime) -> Signed:
    """Sign what was read, for the side the actor speaks for. The second signature makes the contract, writes what was
    agreed into the goals and lets the plan run, all in the same transaction.

    Raises AccessDenied, RevisionIsStale (with what others saved), GoalRefused (plan.state, sign.password, sign.locked
    with `until`, and the codes of `decide_signature`).
    """
    require(actor, Permission.PLAN_SIGN)
    if actor.user_id is None:
        raise AccessDenied("plan")
    with transaction.atomic():
        known = confirm_identity(actor.user_id, password=hand.password, address=hand.address, now=now)
        if known.user_id is not None:
            return _sign(plan_id, reading=reading, hand=hand, actor=actor, now=now)
    # outside the block: a wrong try must stay counted
    raise GoalRefused([not_confirmed(known)])


def _sign(plan_id: int, *, reading: Reading, hand: Hand, actor: Actor, now: datetime) -> Signed:
    write = begin(
        plan_id, act=PlanAct.SIGN, revision=reading.revision, actor=actor, now=now, permission=Permission.PLAN_SIGN
    )
    assert actor.person_id is not None  # who speaks for a side is a person
    goals, support = list_plan_goals(plan_id), list_support(plan_id)
    text = plan_text(write.plan, goals=goals, support=support)
    digest = plan_digest(text)
    before = list_signatures(plan_id, revision=reading.revision, digest=digest)
    waiting = sum(one.answer is SupportAnswer.OPEN for one in support)
    table = Table(PlanState(write.plan.state), digest, [one.side for one in before], waiting)
    name = names_of_persons([actor.person_id])[actor.person_id]
    problems = decide_signature(
        table, side=write.side, read_digest=reading.digest, typed_name=hand.typed_name, name=name
    )
    if problems:
        raise GoalRefused(problems)
    _put_down(write, person_id=actor.person_id, hand=hand, digest=digest)
    signatures = list_signatures(plan_id, revision=reading.revision, digest=digest)
    if {one.side for one in signatures} < set(Side):
        tell_signed(write)
        return Signed(contract_id=None)
    contract_id = conclude(write, text, goals=goals, signatures=signatures).pk
    tell_in_force(write, contract_id=contract_id)
    return Signed(contract_id)


def _put_down(write: PlanWrite, *, person_id: int, hand: Hand, digest: str) -> None:
    signature = Signature.objects.create(
        plan=write.plan,
        side=write.side,
        person_id=person_id,
        typed_name=hand.typed_name.strip()[:100],
        at=write.now,
        device=hand.device[:100],
        revision=write.plan.revision,
        digest=digest,
    )
    record(
        "sign_plan",
        actor=write.actor,
        now=write.now,
        object_kind="plan",
        object_id=write.plan.pk,
        changes={"signature": signature.pk, "side": write.side.value, "digest": digest},
    )


def not_confirmed(known: SignInResult) -> Problem:
    if known.locked_until is not None:
        return Problem("sign.locked", {"field": "password", "until": known.locked_until})
    return Problem("sign.password", {"field": "password"})
