"""Plans that wait for the one who answers for the company: whose turn it is, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from sextant.goals.contracts import PlanState, Side
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.models import Plan, PlanRevision, Signature
from sextant.people.models import Post


@dataclass(frozen=True, slots=True)
class AnsweredPlan:
    """A plan somebody answers for: where it is, whether it is their turn, and since when it stands there."""

    id: int
    owner_name: str
    cycle_name: str
    state: PlanState
    is_turn: bool
    since: datetime


def plans_to_answer(person_id: int, *, on: date) -> QuerySet[Plan]:
    """The plans under discussion or proposed that a person answers for, of cycles that are not over, annotated with
    `is_turn`: those it is their turn in first, then those that stand still the longest.

    Who wrote last waits for the other; a proposed plan waits for everyone who has not signed this revision. Whoever
    heads the unit speaks for it (`access.side_of`), and answers to nobody there.
    """
    heads = Post.objects.filter(unit_id=OuterRef("owner_unit_id"), person_id=person_id, is_head=True)
    last = PlanRevision.objects.filter(plan_id=OuterRef("pk")).order_by("-number").values("side")[:1]
    signed = Signature.objects.filter(
        plan_id=OuterRef("pk"), revision=OuterRef("revision"), side=Side.COUNTERPART.value
    )
    plans = (
        Plan.objects.filter(
            counterpart_id=person_id, state__in=(PlanState.DISCUSSION, PlanState.PROPOSED), cycle__until_on__gt=on
        )
        .exclude(Exists(heads.filter(valid_from__lte=on).exclude(valid_until__lte=on)))
        .annotate(last_side=Subquery(last), has_signed=Exists(signed))
    )
    turn = Case(
        When(state=PlanState.PROPOSED, then=Q(has_signed=False)),
        When(last_side=Side.OWNER.value, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return plans.annotate(is_turn=turn).order_by("-is_turn", "updated_at", "id")


def tell_plans_to_answer(plans: Iterable[Plan]) -> list[AnsweredPlan]:
    """`plans_to_answer`, read with cycle and owner, as a page lists them. No query."""
    return [
        AnsweredPlan(
            plan.pk,
            str(plan.owner_person or plan.owner_unit),
            name_of_cycle(plan.cycle.code, plan.cycle.name),
            PlanState(plan.state),
            bool(getattr(plan, "is_turn", False)),
            plan.updated_at,
        )
        for plan in plans
    ]
