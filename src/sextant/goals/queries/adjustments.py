"""Reading requests for adjustment: the row, its steps, files and signatures."""

from collections.abc import Iterable, Sequence

from django.db.models import Prefetch, QuerySet

from sextant.goals.contracts import (
    OPEN_ADJUSTMENTS,
    AdjustmentAct,
    AdjustmentException,
    AdjustmentRow,
    AdjustmentState,
    AdjustmentStepRow,
    EvidenceRow,
    Side,
    SignatureRow,
)
from sextant.goals.models import AdjustmentFile, AdjustmentRequest, AdjustmentSignature, AdjustmentStep
from sextant.people.models import Post

PARTS = (
    "goal__metric",
    "goal__cycle",
    "goal__owner_person",
    "goal__owner_unit",
    "plan__counterpart",
    "counterpart",
    "asked_by",
    "approver",
)


def with_steps(requests: QuerySet[AdjustmentRequest]) -> QuerySet[AdjustmentRequest]:
    """`requests` read with everything a row is made of: one query more, however many; two where units own goals."""
    steps = AdjustmentStep.objects.select_related("by_person").order_by("number")
    heads = Post.objects.filter(is_head=True, valid_until=None)
    return requests.select_related(*PARTS).prefetch_related(
        Prefetch("steps", steps), Prefetch("goal__owner_unit__posts", heads)
    )


def list_adjustments(requests: QuerySet[AdjustmentRequest], *, limit: int = 200) -> list[AdjustmentRow]:
    """`requests` as rows: open ones first, then the latest. Two queries."""
    found = [adjustment_row(one) for one in with_steps(requests).order_by("-asked_at", "-id")[:limit]]
    return sorted(found, key=lambda row: row.state not in OPEN_ADJUSTMENTS)


def adjustment_row(one: AdjustmentRequest) -> AdjustmentRow:
    """A request read by `with_steps` as a row. No query."""
    owner = one.goal.owner_person or one.goal.owner_unit
    assert owner is not None  # the database holds exactly one owner
    steps = tuple(step_row(step) for step in one.steps.all())
    counterpart_id = one.plan.counterpart_id if one.plan else one.counterpart_id
    return AdjustmentRow(
        id=one.pk,
        goal_id=one.goal_id,
        plan_id=one.plan_id,
        goal_title=one.goal.title,
        owner_name=owner.name,
        side=Side(one.side),
        asked_by=one.asked_by.name,
        asked_at=one.asked_at,
        state=AdjustmentState(one.state),
        reason=one.reason,
        before=one.before,
        offer=standing_offer(steps),
        exceptions=tuple(AdjustmentException(code) for code in one.exceptions),
        exception_reason=one.exception_reason,
        expires_on=one.expires_on,
        approver_name=one.approver.name if one.approver else "",
        effective_on=one.effective_on,
        use=one.use,
        suggestion=one.suggestion,
        steps=steps,
        owner_ids=_owners(one),
        counterpart_ids=frozenset(id_ for id_ in (counterpart_id,) if id_ is not None),
    )


def _owners(one: AdjustmentRequest) -> frozenset[int]:
    """The owner, or whoever heads the unit now."""
    unit = one.goal.owner_unit
    if unit is None:
        return frozenset(id_ for id_ in (one.goal.owner_person_id,) if id_ is not None)
    return frozenset(post.person_id for post in unit.posts.all())  # heads alone were read


def step_row(step: AdjustmentStep) -> AdjustmentStepRow:
    """A step as a row; a query for its person unless it was read with it."""
    return AdjustmentStepRow(
        number=step.number,
        act=AdjustmentAct(step.act),
        side=Side(step.side) if step.side else None,
        by_name=step.by_person.name if step.by_person else step.by_label,
        at=step.at,
        note=step.note,
        terms=step.terms,
        changes=tuple(step.changes),
        effective_on=step.effective_on,
    )


def standing_offer(steps: Iterable[AdjustmentStepRow]) -> AdjustmentStepRow:
    """The last step that says what the goal is to become. There is always one: asking is the first."""
    return [one for one in steps if one.terms is not None][-1]


def list_evidence(request_id: int) -> list[EvidenceRow]:
    """The files of a request in the order they came. One query."""
    found = AdjustmentFile.objects.filter(request_id=request_id).select_related("by_person").order_by("at", "id")
    return [EvidenceRow(one.pk, one.file_id, one.name, one.note, one.by_person.name, one.at) for one in found]


def list_adjustment_signatures(request_id: int, *, step: int, revision: int, digest: str) -> Sequence[SignatureRow]:
    """The signatures under exactly this offer and text, in the order they were given; others are void. One query."""
    found = AdjustmentSignature.objects.filter(request_id=request_id, step=step, revision=revision, digest=digest)
    return [_signature(one) for one in found.select_related("person").order_by("at", "id")]


def _signature(one: AdjustmentSignature) -> SignatureRow:
    return SignatureRow(
        side=Side(one.side),
        person_id=one.person_id,
        number=one.person.number,
        name=one.person.name,
        typed_name=one.typed_name,
        at=one.at,
        device=one.device,
        revision=one.revision,
        digest=one.digest,
    )
