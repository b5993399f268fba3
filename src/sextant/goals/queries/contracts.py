"""Reading contracts, signatures, and the text of a plan as it would be signed now."""

import json
from collections.abc import Sequence

from sextant.engines.agreement import GoalText, Party, PlanText, SupportText, plan_digest
from sextant.goals.contracts import ContractRow, PlanGoal, Side, SignatureRow, SupportAnswer, SupportRow
from sextant.goals.models import Contract, ContractCopy, Plan, Signature
from sextant.goals.queries.negotiation import list_support
from sextant.goals.queries.plans import definition_in_force, list_plan_goals
from sextant.metrics.queries import list_metrics


def plan_text(plan: Plan, *, goals: Sequence[PlanGoal], support: Sequence[SupportRow]) -> PlanText:
    """What both would sign: `plan` read with its parts, its goals as the owner's side has them (in a proposed plan both
    say the same), without those both want gone; answered support. One query, for the metrics."""
    definition = definition_in_force(plan)
    counterpart = plan.counterpart
    return PlanText(
        owner=_owner(plan),
        counterpart=Party(counterpart.number, counterpart.name) if counterpart else Party("", ""),
        cycle=plan.cycle.code,
        cycle_name=plan.cycle.name,
        from_on=plan.cycle.from_on,
        until_on=plan.cycle.until_on,
        template=plan.template_version.template.name,
        template_version=plan.template_version.number,
        base_share=definition.base_share,
        stretch_share=definition.stretch_share,
        goals=_goal_texts(goals),
        support=tuple(_support_text(one) for one in support if one.answer is not SupportAnswer.OPEN),
    )


def plan_digest_now(plan: Plan) -> str:
    """The digest a signature of this plan would name now. Four queries; `plan` read with its parts."""
    return plan_digest(plan_text(plan, goals=list_plan_goals(plan.pk), support=list_support(plan.pk)))


def list_signatures(plan_id: int, *, revision: int, digest: str) -> list[SignatureRow]:
    """The signatures under exactly this text, in the order they were given; those under an older one are void. One
    query."""
    rows = Signature.objects.filter(plan_id=plan_id, revision=revision, digest=digest).select_related("person")
    return [_signature(row) for row in rows.order_by("at", "id")]


def list_contracts(plan_id: int) -> list[ContractRow]:
    """The contracts of the plan, the latest first. One query."""
    return [contract_row(row) for row in Contract.objects.filter(plan_id=plan_id).order_by("-version")]


def find_contract(number: str, *, version: int) -> ContractRow | None:
    """The contract people call `number`, in this version, or None."""
    row = Contract.objects.filter(number=number, version=version).first()
    return contract_row(row) if row else None


def is_known_copy(contract_id: int, *, sha256: str) -> bool:
    """Whether a file with this hash was handed out for the contract."""
    return ContractCopy.objects.filter(contract_id=contract_id, sha256=sha256).exists()


def contract_row(row: Contract) -> ContractRow:
    """A contract as pages and neighbours read it. No query."""
    return ContractRow(
        id=row.pk,
        plan_id=row.plan_id,
        number=row.number,
        version=row.version,
        revision=row.revision,
        content=row.content,
        digest=row.digest,
        signed_at=row.signed_at,
        document=json.loads(row.content),
    )


def _owner(plan: Plan) -> Party:
    if plan.owner_person is not None:
        return Party(plan.owner_person.number, plan.owner_person.name)
    assert plan.owner_unit is not None  # the database holds exactly one owner
    return Party(plan.owner_unit.code, plan.owner_unit.name)


def _goal_texts(goals: Sequence[PlanGoal]) -> tuple[GoalText, ...]:
    kept = [(goal.code, goal.terms(Side.OWNER)) for goal in goals if not goal.wants_dropped(Side.OWNER)]
    texts = [(code, terms) for code, terms in kept if terms is not None]
    codes = {terms.metric for _, terms in texts if terms.metric}
    metrics = {one.code: one for one in list_metrics(codes=codes)} if codes else {}
    return tuple(
        GoalText(code, terms, metric.name if metric else "", metric.unit_label if metric else "")
        for code, terms in texts
        for metric in [metrics.get(terms.metric)]
    )


def _support_text(one: SupportRow) -> SupportText:
    return SupportText(
        kind=one.kind.value,
        ask=one.ask,
        is_promised=one.answer is SupportAnswer.PROMISED,
        answer=one.answer_text,
        responsible=one.responsible_name,
        due_on=one.due_on,
        goal=one.goal_code,
    )


def _signature(row: Signature) -> SignatureRow:
    return SignatureRow(
        side=Side(row.side),
        person_id=row.person_id,
        number=row.person.number,
        name=row.person.name,
        typed_name=row.typed_name,
        at=row.at,
        device=row.device,
        revision=row.revision,
        digest=row.digest,
    )
