"""Reading plans: the row, its goals with both positions, its history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from sextant.engines.agreement import GoalTerms
from sextant.goals.contracts import (
    GoalState,
    PlanGoal,
    PlanRow,
    PlanState,
    PositionRow,
    RevisionRow,
    Side,
)
from sextant.goals.models import Goal, GoalPosition, Plan, PlanRevision
from sextant.goals.plan_definition import PlanDefinition
from sextant.goals.policy.plan_checks import CheckedGoal, MeasuredBy
from sextant.metrics.contracts import MetricRow
from sextant.metrics.queries import list_metrics
from sextant.people.models import Post


def plan_row(plan: Plan) -> PlanRow:
    """A plan read with its parts (`access.PLAN_PARTS`) as a row. No query."""
    owner = plan.owner_person or plan.owner_unit
    assert owner is not None  # the database holds exactly one owner
    return PlanRow(
        id=plan.id,
        owner_person_id=plan.owner_person_id,
        owner_unit_id=plan.owner_unit_id,
        owner_name=owner.name,
        cycle_id=plan.cycle_id,
        cycle_code=plan.cycle.code,
        cycle_name=plan.cycle.name,
        counterpart_id=plan.counterpart_id,
        counterpart_name=plan.counterpart.name if plan.counterpart else "",
        template_version_id=plan.template_version_id,
        template_name=plan.template_version.template.name,
        state=PlanState(plan.state),
        revision=plan.revision,
        updated_at=plan.updated_at,
    )


@dataclass(frozen=True, slots=True)
class UnitPlanRow:
    """A unit with its plan of a cycle; both None where it has none."""

    unit_id: int
    name: str
    plan_id: int | None
    state: PlanState | None


def list_unit_plans(person_id: int, *, cycle_id: int, on: date) -> list[UnitPlanRow]:
    """The units a person heads on the day, by name, each with its plan of the cycle. One query."""
    headed = Post.objects.filter(person_id=person_id, is_head=True, valid_from__lte=on).exclude(valid_until__lte=on)
    plans = Plan.objects.filter(owner_unit_id=OuterRef("unit_id"), cycle_id=cycle_id)
    found = headed.annotate(plan_id=Subquery(plans.values("id")[:1]), state=Subquery(plans.values("state")[:1]))
    columns = found.order_by("unit__name").values_list("unit_id", "unit__name", "plan_id", "state")
    return [UnitPlanRow(unit, name, plan, PlanState(state) if state else None) for unit, name, plan, state in columns]


def counterpart_has_left(plan: Plan, *, on: date) -> bool:
    """Whether who answers for the company is gone by the day. No query where the plan was read with its counterpart."""
    return plan.counterpart is not None and plan.counterpart.left_on is not None and plan.counterpart.left_on <= on


def definition_in_force(plan: Plan) -> PlanDefinition:
    """The definition the plan stands on. No query where the plan was read with its parts."""
    return PlanDefinition.model_validate(plan.template_version.definition)


def list_plan_goals(plan_id: int) -> list[PlanGoal]:
    """The plan's goals with both positions, in the order of their making; dropped ones are left out. Two queries."""
    goals = Goal.objects.filter(plan_id=plan_id).exclude(state=GoalState.DROPPED).order_by("id")
    return [plan_goal(goal) for goal in with_positions(goals)]


def with_positions(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    """`goals` read with what both sides say of them: one query more."""
    return goals.prefetch_related(Prefetch("positions", GoalPosition.objects.select_related("by_person")))


def plan_goal(goal: Goal) -> PlanGoal:
    """A goal read by `with_positions`. No query."""
    positions = {Side(one.side): _position(one) for one in goal.positions.all()}
    return PlanGoal(goal.id, goal.code, GoalState(goal.state), goal.confidence, positions)


def list_revisions(plan_id: int, *, after: int = 0, limit: int = 50) -> list[RevisionRow]:
    """Saves of the plan later than revision `after`, the latest first, at most `limit`. One query."""
    found = PlanRevision.objects.filter(plan_id=plan_id, number__gt=after).select_related("by_person")
    return [
        RevisionRow(one.number, Side(one.side), one.by_person.name if one.by_person else "", one.at, tuple(one.changes))
        for one in found.order_by("-number")[:limit]
    ]


def checked_goals(
    goals: Iterable[PlanGoal], *, side: Side, metrics: Iterable[MetricRow] | None = None
) -> list[CheckedGoal]:
    """The goals as one side has them, ready for `policy.plan_checks`; what that side wants dropped is left out, and so
    is what is suspended: it is out of the sums until it is resumed. One query, none where `metrics` are at hand."""
    texts = [
        (goal.id, terms)
        for goal in goals
        if goal.state is not GoalState.SUSPENDED and not goal.wants_dropped(side)
        for terms in [goal.terms(side)]
        if terms is not None
    ]
    return with_metrics(texts, metrics=metrics)


def with_metrics(
    texts: Sequence[tuple[int | None, GoalTerms]], *, metrics: Iterable[MetricRow] | None = None
) -> list[CheckedGoal]:
    """(goal, terms) with what their metrics are. One query, none without metrics or where they are at hand."""
    codes = {terms.metric for _, terms in texts if terms.metric}
    if metrics is None:
        metrics = list_metrics(codes=codes) if codes else ()
    known = {one.code: MeasuredBy(one.id, one.code, one.direction, one.aggregation) for one in metrics}
    return [CheckedGoal(id_, terms, known.get(terms.metric)) for id_, terms in texts]


def _position(one: GoalPosition) -> PositionRow:
    return PositionRow(
        goal_id=one.goal_id,
        side=Side(one.side),
        terms=one.terms,
        digest=one.terms_hash,
        at=one.at,
        by_name=one.by_person.name if one.by_person else "",
        wants_dropped=one.wants_dropped,
    )
