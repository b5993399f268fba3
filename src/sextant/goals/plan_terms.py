"""Between rows and terms: what a goal's row says as terms, and terms written into the row."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from sextant.engines.agreement import GoalTerms, StepTerms, canonical_text, hash_of, plain
from sextant.engines.values import Problem
from sextant.goals.contracts import GoalKind, Side
from sextant.goals.models import ActionItem, Goal, GoalPosition, Milestone
from sextant.goals.policy.plan_kinds import progress_source
from sextant.metrics.queries import find_metric
from sextant.people.queries import resolve_persons

PLAIN_TERMS = (
    "title",
    "kind",
    "dimension",
    "description",
    "deliverable",
    "base",
    "stretch",
    "start",
    "range_low",
    "range_high",
    "tolerance",
    "curve",
    "weight",
    "due_on",
)
"""Terms that are columns of the row under the same name."""


class TermsUnreadable(Exception):
    """Terms name something that does not exist; `problem` says what."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def with_terms(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    """`goals` read with everything their terms are made of: three statements more, however many goals."""
    return goals.select_related("metric", "cycle").prefetch_related(
        "milestones", "action_items__person", "collaborators"
    )


def terms_of(goal: Goal) -> GoalTerms:
    """What the row of a goal says. Read it by `with_terms`, or every goal costs three statements."""
    milestones = sorted(goal.milestones.all(), key=lambda one: one.position)
    actions = sorted(goal.action_items.all(), key=lambda one: one.position)
    return GoalTerms(
        **{name: getattr(goal, name) for name in PLAIN_TERMS},
        metric=goal.metric.code if goal.metric else "",
        from_on=goal.from_on if goal.from_on != goal.cycle.from_on else None,
        until_on=goal.until_on if goal.until_on != goal.cycle.until_on else None,
        collaborators=tuple(sorted(person.number for person in goal.collaborators.all())),
        milestones=tuple(StepTerms(one.title, one.points, one.due_on) for one in milestones),
        actions=tuple(
            StepTerms(one.title, due_on=one.due_on, person=one.person.number if one.person else "") for one in actions
        ),
    )


def positions_of(goal: Goal, *, now: datetime, sides: Sequence[Side] = tuple(Side)) -> list[GoalPosition]:
    """Unsaved positions of `sides`, each saying what the row says: nobody wrote them, so they are nobody's."""
    text = plain(terms_of(goal))
    terms_hash = hash_of(canonical_text(text))
    return [GoalPosition(goal=goal, side=side, terms=text, terms_hash=terms_hash, at=now) for side in sides]


def metric_id_of(terms: GoalTerms) -> int | None:
    """Id of the metric the terms name, None where they name none. Raises TermsUnreadable (goals.metric_unknown)."""
    metric = find_metric(terms.metric) if terms.metric else None
    if terms.metric and metric is None:
        raise TermsUnreadable(Problem("goals.metric_unknown", {"field": "metric", "value": terms.metric}))
    return metric.id if metric else None


def write_terms(
    goal: Goal, terms: GoalTerms, *, metric_id: int | None = None, had_helpers: bool = True, now: datetime
) -> None:
    """Make the row say what `terms` say, steps and helpers included, and save it; a step that stays keeps the day it
    was done. `metric_id` and `had_helpers` False spare a look where the caller knows. The caller holds the locks of
    plan and goal, and has asked the policies.

    Raises TermsUnreadable (goals.metric_unknown, plan.person_unknown).
    """
    had = GoalKind(goal.kind) if goal.id else None
    for name in PLAIN_TERMS:
        setattr(goal, name, getattr(terms, name))
    goal.metric_id = metric_id or metric_id_of(terms)
    goal.from_on = terms.from_on or goal.cycle.from_on
    goal.until_on = terms.until_on or goal.cycle.until_on
    goal.progress_from = progress_source(GoalKind(terms.kind), is_measured=goal.metric_id is not None)
    goal.updated_at = now
    goal.save()
    persons = _persons([*terms.collaborators, *(step.person for step in terms.actions if step.person)])
    # a save happens at every pause of the pen: what the kind cannot have is not even looked for
    if terms.collaborators or had_helpers:
        _write_helpers(goal, [persons[number] for number in terms.collaborators])
    if terms.milestones or had is GoalKind.MILESTONE:
        _write_milestones(goal, terms.milestones)
    if terms.actions or had is GoalKind.ACTION:
        _write_actions(goal, terms.actions, persons)


def _write_helpers(goal: Goal, person_ids: Sequence[int]) -> None:
    if set(goal.collaborators.values_list("id", flat=True)) != set(person_ids):
        goal.collaborators.set(person_ids)


def _persons(numbers: Iterable[str]) -> dict[str, int]:
    wanted = set(numbers)
    found = resolve_persons(wanted, by="number") if wanted else {}
    for number in sorted(wanted):
        if found.get(number) is None:
            raise TermsUnreadable(Problem("plan.person_unknown", {"field": "actions", "value": number}))
    return {number: id_ for number, id_ in found.items() if id_ is not None}


def _write_milestones(goal: Goal, steps: Sequence[StepTerms]) -> None:
    there = list(goal.milestones.order_by("position"))
    if [(one.title, one.points, one.due_on) for one in there] == [(one.title, one.points, one.due_on) for one in steps]:
        return
    done = {one.title: one.done_on for one in there}
    goal.milestones.all().delete()
    Milestone.objects.bulk_create(
        Milestone(
            goal=goal,
            position=place,
            title=step.title,
            points=step.points,
            due_on=step.due_on,
            done_on=done.get(step.title),
        )
        for place, step in enumerate(steps)
    )


def _write_actions(goal: Goal, steps: Sequence[StepTerms], persons: dict[str, int]) -> None:
    there = list(goal.action_items.order_by("position"))
    wanted = [(step.title, persons.get(step.person), step.due_on) for step in steps]
    if [(one.title, one.person_id, one.due_on) for one in there] == wanted:
        return
    done = {one.title: one.done_on for one in there}
    goal.action_items.all().delete()
    ActionItem.objects.bulk_create(
        ActionItem(goal=goal, position=place, title=title, person_id=person_id, due_on=due_on, done_on=done.get(title))
        for place, (title, person_id, due_on) in enumerate(wanted)
    )
