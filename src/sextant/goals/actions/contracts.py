"""绩效契约: the second signature makes one; its copies leave as PDF."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max

from sextant.engines.agreement import GoalTerms, PlanText, SignatureText, hash_of, write_contract
from sextant.foundation.audit.actions import record
from sextant.goals.actions.plan_writing import PlanWrite, finish
from sextant.goals.contracts import GoalState, PlanGoal, PlanState, Side, SignatureRow
from sextant.goals.models import Contract, ContractCopy, Goal, Plan
from sextant.goals.plan_terms import terms_of, with_terms, write_terms


def conclude(
    write: PlanWrite, text: PlanText, *, goals: Sequence[PlanGoal], signatures: Sequence[SignatureRow]
) -> Contract:
    """Make the contract of a plan both sides have signed, write what was agreed into its goals and let them run. The
    caller holds the plan's lock and has checked both signatures."""
    _write_goals(write, goals)
    contract = make_contract(write, text, signatures=signatures)
    finish(write, [], verb="conclude_plan", state=PlanState.RUNNING)
    return contract


def make_contract(write: PlanWrite, text: PlanText, *, signatures: Sequence[SignatureRow]) -> Contract:
    """The next contract of the plan: `text` with the signatures under it. The caller holds the plan's lock, has checked
    both signatures, and raises the plan's revision afterwards: a revision has at most one contract."""
    plan = write.plan
    serial, version = _next_number(plan)
    number = f"SX-{plan.cycle.code}-{serial:04d}"
    content = write_contract(
        text,
        number=number,
        version=version,
        signatures=tuple(_signature_text(one) for one in signatures),
        signed_at=write.now,
    )
    contract = Contract.objects.create(
        plan=plan,
        cycle_id=plan.cycle_id,
        serial=serial,
        version=version,
        number=number,
        revision=plan.revision,
        content=content,
        digest=hash_of(content),
        signed_at=write.now,
    )
    changes = {"number": number, "version": version, "digest": contract.digest}
    record(
        "make_contract",
        actor=write.actor,
        now=write.now,
        object_kind="contract",
        object_id=contract.pk,
        changes=changes,
    )
    return contract


def remember_copy(contract_id: int, *, sha256: str, now: datetime) -> None:
    """Note what a PDF handed out looks like, so that it can be told from one that was not. The same copy again changes
    nothing."""
    ContractCopy.objects.get_or_create(sha256=sha256, defaults={"contract_id": contract_id, "at": now})


def _write_goals(write: PlanWrite, goals: Sequence[PlanGoal]) -> None:
    """Rows say what was signed. Most do already, so only the others cost statements of their own."""
    agreed = {goal.id: goal for goal in goals}
    rows = with_terms(Goal.objects.filter(id__in=agreed).order_by("id")).select_for_update(of=("self",))
    gone, begun = [], []
    for row in rows:
        known = agreed[row.pk]
        terms = known.terms(Side.OWNER)
        if known.wants_dropped(Side.OWNER) or terms is None:
            gone.append(row.pk)
            continue
        if row.state == GoalState.DRAFT:
            begun.append(row.pk)
        if not _says(row, terms):
            write_terms(row, terms, now=write.now)
    Goal.objects.filter(id__in=gone).update(state=GoalState.DROPPED, updated_at=write.now)
    Goal.objects.filter(id__in=begun).update(state=GoalState.RUNNING, updated_at=write.now)


def _says(row: Goal, terms: GoalTerms) -> bool:
    """Whether the row says the same; days that are the cycle's are left out of both."""
    return terms_of(row) == terms


def _next_number(plan: Plan) -> tuple[int, int]:
    """(serial, version): a plan keeps its serial over all its contracts. Two plans of a cycle are numbered one after
    the other; this lock comes last of all, so nobody who holds it waits."""
    last = Contract.objects.filter(plan=plan).order_by("-version").first()
    if last is not None:
        return last.serial, last.version + 1
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sextant.goals.contract:{plan.cycle_id}"]
        )
    highest = Contract.objects.filter(cycle_id=plan.cycle_id).aggregate(highest=Max("serial"))["highest"]
    return (highest or 0) + 1, 1


def _signature_text(one: SignatureRow) -> SignatureText:
    return SignatureText(
        side=one.side.value,
        number=one.number,
        name=one.name,
        typed_name=one.typed_name,
        at=one.at,
        device=one.device,
        revision=one.revision,
        digest=one.digest,
    )
