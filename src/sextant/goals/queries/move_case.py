"""One person's goals on the day they move: what is proposed for each, and what its two parts would be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Subquery

from sextant.engines.agreement import canonical_text, hash_of
from sextant.engines.evaluation import Aggregation
from sextant.engines.movement import Cause, Figures, GoalCase, Split, propose, split_figures
from sextant.engines.schedule import Pace
from sextant.engines.values import Outcome, Period
from sextant.goals.contracts import GoalKind, GoalState, PlanState
from sextant.goals.contracts.movement import MoveCase, MovingGoal, MovingPlan
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.models import Goal, Movement, Plan
from sextant.goals.policy.cascade import Place, choose_counterpart
from sextant.goals.policy.movement import list_choices, nature_of
from sextant.goals.queries.movements import live_goals, live_plans
from sextant.metrics.queries.paces import paces_of
from sextant.people.contracts import PersonRow
from sextant.people.queries import get_person, list_persons, list_unit_chain, list_units

MOST_COLLEAGUES = 200
_FIGURES = ("base", "stretch", "start", "range_low", "range_high", "tolerance")
_WATCHED = ("id", "state", *_FIGURES, "weight", "from_on", "until_on", "plan_id", "owner_person_id")


def read_case(
    person_id: int,
    *,
    cause: Cause,
    on: date,
    today: date,
    is_locked: bool = False,
) -> MoveCase:
    """Everything to decide about this person's goals from the day `on`. At most ten queries, however many goals. With
    `is_locked` the rows are, in the order of everyone who writes in a plan: plans, then goals. Raises
    Person.DoesNotExist."""
    person = get_person(person_id, on=today)
    mine = live_goals(on=on).filter(owner_person_id=person_id).values("id")
    own = live_plans(on=on).filter(owner_person_id=person_id).values("id")
    goals, plans = Goal.objects.filter(id__in=mine), Plan.objects.filter(id__in=own)
    if is_locked:
        goals, plans = goals.select_for_update(of=("self",)), plans.select_for_update(of=("self",))
    kept = list(plans.select_related("cycle", "counterpart").order_by("id"))
    moves = Movement.objects.filter(person_id=person_id).order_by("-id").values("id")[:1]
    rows = list(goals.select_related("metric", "cycle").annotate(last_id=Subquery(moves)).order_by("id"))
    paces = paces_of({goal.pk: goal.metric_id for goal in rows if goal.metric_id is not None})
    last = rows[0].last_id if rows else moves.values_list("id", flat=True).first()
    stays = cause in {Cause.LEFT, Cause.LEAVE}
    counterpart = Counterpart(None) if stays else counterpart_of(person, on=today)
    return MoveCase(
        person_id=person_id,
        number=person.number,
        name=person.name,
        cause=cause,
        on=on,
        goals=tuple(
            moving_goal(goal, cause=cause, on=on, pace=paces.get(goal.pk))
            for goal in sorted(rows, key=lambda one: (one.until_on, -one.weight, one.pk))
        ),
        plans=tuple(_plan(one, None if stays else counterpart) for one in kept),
        fingerprint=_fingerprint(rows, kept, counterpart.id),
        last_id=last or 0,
    )


def moving_goal(goal: Goal, *, cause: Cause, on: date, pace: Pace | None) -> MovingGoal:
    """A goal with its proposal; read with its metric. No query."""
    kind, state, period = GoalKind(goal.kind), GoalState(goal.state), Period(goal.from_on, goal.until_on)
    nature = nature_of(kind, is_measured=goal.metric_id is not None)
    case = GoalCase(
        nature,
        cause,
        period,
        on,
        is_draft=state is GoalState.DRAFT,
        is_paused=state is GoalState.SUSPENDED,
    )
    outcome = _split(goal, period, on, pace)
    choices = list_choices(
        cause,
        state=state,
        on=on,
        from_on=goal.from_on,
        until_on=goal.until_on,
        is_splittable=outcome is not None and outcome.value is not None,
    )
    proposal = propose(case)
    if proposal.decision not in choices:  # a figure too small to be split, say: the whole goes on elsewhere
        proposal = type(proposal)(next(one for one in choices if one.needs_successor), "movement.whole")
    metric = goal.metric
    return MovingGoal(
        id=goal.pk,
        code=goal.code,
        title=goal.title,
        kind=kind,
        state=state,
        cycle_id=goal.cycle_id,
        from_on=goal.from_on,
        until_on=goal.until_on,
        weight=goal.weight,
        unit_label=metric.unit_label if metric else "",
        decimals=metric.decimals if metric else 0,
        proposal=proposal,
        split=outcome.value if outcome else None,
        why_not=outcome.problems[0].code if outcome and outcome.problems else None,
        choices=choices,
    )


def figures_of(goal: Goal) -> Figures:
    """What the row is measured against."""
    return Figures(**{name: getattr(goal, name) for name in _FIGURES})


def _split(goal: Goal, period: Period, on: date, pace: Pace | None) -> Outcome[Split] | None:
    """Both parts of a measured goal, None for any other."""
    if goal.metric is None or pace is None:
        return None
    return split_figures(
        figures_of(goal),
        period,
        on,
        is_cumulative=Aggregation(goal.metric.aggregation).is_cumulative,
        decimals=goal.metric.decimals,
        pace=pace,
    )


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Who answers for the company; `id` None where nobody stands above."""

    id: int | None
    name: str = ""


def counterpart_of(person: PersonRow, *, on: date) -> Counterpart:
    """Who answers for the company in this person's plans on the day: their manager, else the nearest head above. No
    query where there is a manager, else three."""
    if person.manager_id is not None or person.unit_id is None:
        return Counterpart(person.manager_id, person.manager_name or "")
    units = list_units(on=on, ids=[unit.id for unit in list_unit_chain(person.unit_id)])
    places = {unit.id: Place(unit.parent_id, unit.head_id) for unit in units}
    chosen = choose_counterpart(person.id, manager_id=None, unit_id=person.unit_id, places=places)
    return Counterpart(chosen, next((unit.head_name or "" for unit in units if unit.head_id == chosen), ""))


def list_successors(person: PersonRow, *, on: date, ids: Collection[int] | None) -> list[PersonRow]:
    """Who may be offered to take over from somebody, given as they were before they moved: their manager first, then
    the colleagues of the unit by name. `ids` None: anybody, else only these. One query or two."""
    offered = list_persons(on=on, unit_ids=[person.unit_id] if person.unit_id else [], limit=MOST_COLLEAGUES)
    if person.manager_id is not None and person.manager_id not in {one.id for one in offered}:
        offered += list_persons(on=on, ids=[person.manager_id], limit=1)
    able = [one for one in offered if one.id != person.id and (one.left_on is None or one.left_on > on)]
    return sorted((one for one in able if ids is None or one.id in ids), key=lambda one: one.id != person.manager_id)


def before_move(person_id: int, *, on: date) -> PersonRow:
    """The person on the last day before they moved: unit and manager are those who know the goals. One query."""
    return get_person(person_id, on=on - timedelta(days=1))


def _plan(plan: Plan, counterpart: Counterpart | None) -> MovingPlan:
    former = plan.counterpart.name if plan.counterpart else ""
    return MovingPlan(
        id=plan.pk,
        cycle_name=name_of_cycle(plan.cycle.code, plan.cycle.name),
        state=PlanState(plan.state),
        former_id=plan.counterpart_id,
        counterpart_id=plan.counterpart_id if counterpart is None else counterpart.id,
        former_name=former,
        counterpart_name=former if counterpart is None else counterpart.name,
    )


def _fingerprint(goals: Sequence[Goal], plans: Sequence[Plan], counterpart: int | None) -> str:
    told = [[str(getattr(goal, name)) for name in _WATCHED] for goal in goals]
    held = [[plan.pk, plan.state, plan.revision, plan.counterpart_id] for plan in plans]
    return hash_of(canonical_text([told, held, counterpart]))
