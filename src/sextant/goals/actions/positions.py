"""What one side wants the goals of a plan to say: written, taken over from the other side, or dropped."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from sextant.engines.agreement import GoalTerms, diff, digest, plain, read_terms
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.goals.access import Sight
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_writing import PlanWrite, begin, changes_of, finish
from sextant.goals.contracts import GoalState, Side
from sextant.goals.models import Goal, GoalPosition
from sextant.goals.plan_terms import TermsUnreadable, write_terms
from sextant.goals.policy.plan_checks import decide_goal_problems, forbids_saving
from sextant.goals.policy.plan_states import PlanAct
from sextant.goals.queries.plans import definition_in_force, plan_goal, with_metrics, with_positions


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save left behind: the goal, its text, the plan's revision now, and whether anything differed from
    before."""

    goal_id: int
    terms: GoalTerms
    revision: int
    has_changed: bool


def save_goal_position(
    plan_id: int,
    *,
    goal_id: int | None,
    terms: GoalTerms,
    revision: int,
    confidence: Decimal | None = None,
    actor: Actor,
    now: datetime,
    sight: Sight | None = None,
) -> Saved:
    """Keep what the actor's side wants a goal to say; `goal_id` None makes a new goal of the plan.

    `revision` is the plan's when the text was read: on an older one nothing is saved. What is incomplete is kept, what
    could never be judged (a base of 0, a stretch below the base) is refused. A draft's row says the latest text of
    either side; a running goal's row changes by signature alone. The same text again changes nothing. `sight` is the
    actor's on this day, where it is at hand.

    Raises AccessDenied, RevisionIsStale, GoalRefused (errors of `policy.plan_checks`, plan.state,
    goals.metric_unknown, plan.metric_promised, plan.person_unknown).
    """
    with transaction.atomic():
        write = begin(plan_id, act=PlanAct.WRITE, revision=revision, actor=actor, now=now, sight=sight)
        goal = _new_goal(write) if goal_id is None else _locked(write, [goal_id])[0]
        before = _terms_before(goal, write.side)
        changes = diff(before, terms)
        own = None if goal.id is None else plan_goal(goal).positions.get(write.side)
        is_kept = own is not None and not own.wants_dropped
        if is_kept and not changes and goal.confidence == confidence:
            return Saved(goal.id, terms, write.plan.revision, has_changed=False)
        metric_id = _refuse_unsound(write, goal, terms, changed={one.field for one in changes})
        goal.confidence = confidence
        _write_row(goal, terms, metric_id=metric_id, now=now)
        _keep(write, goal, terms)
        number = finish(write, changes_of(goal.id, changes), verb="save_goal_position")
    return Saved(goal.id, terms, number, has_changed=True)


def accept_positions(plan_id: int, *, goal_ids: Iterable[int], revision: int, actor: Actor, now: datetime) -> int:
    """Take over what the other side says of these goals; the plan's revision then. Goals on which both agree already,
    or of which the other side has said nothing, stay as they are.

    Raises AccessDenied (also for a goal of another plan), RevisionIsStale, GoalRefused (plan.state).
    """
    with transaction.atomic():
        write = begin(plan_id, act=PlanAct.WRITE, revision=revision, actor=actor, now=now)
        changes: list[dict[str, object]] = []
        for goal in _locked(write, list(goal_ids)):
            changes += _accept(write, goal)
        if not changes:
            return write.plan.revision
        return finish(write, changes, verb="accept_positions")


def accept_position(plan_id: int, *, goal_id: int, revision: int, actor: Actor, now: datetime) -> int:
    """`accept_positions` for one goal."""
    return accept_positions(plan_id, goal_ids=[goal_id], revision=revision, actor=actor, now=now)


def drop_goal(
    plan_id: int, *, goal_id: int, revision: int, is_dropped: bool = True, actor: Actor, now: datetime
) -> int:
    """Say that the actor's side wants the goal gone, or with `is_dropped` False that it stays; the plan's revision
    then. A goal the other side has never spoken of goes at once, otherwise it goes when both want it.

    Raises AccessDenied, RevisionIsStale, GoalRefused (plan.state).
    """
    with transaction.atomic():
        write = begin(plan_id, act=PlanAct.WRITE, revision=revision, actor=actor, now=now)
        goal = _locked(write, [goal_id])[0]
        terms = _terms_before(goal, write.side)
        if terms is None:
            raise AccessDenied("goal")
        change = {"goal": goal.id, "field": "wants_dropped", "old": not is_dropped, "new": is_dropped}
        _keep(write, goal, terms, wants_dropped=is_dropped)
        _drop_when_both_want(write, goal)
        return finish(write, [change], verb="drop_goal")


def _accept(write: PlanWrite, goal: Goal) -> list[dict[str, object]]:
    known = plan_goal(goal)
    theirs = known.positions.get(write.side.other)
    if theirs is None or known.is_agreed:
        return []
    terms = read_terms(theirs.terms)
    changes = changes_of(goal.id, diff(known.terms(write.side), terms))
    own = known.positions.get(write.side)
    had_wish = own is not None and own.wants_dropped
    if own is None:
        changes.append({"goal": goal.id, "field": "accepted", "old": False, "new": True})
    if had_wish != theirs.wants_dropped:
        changes.append({"goal": goal.id, "field": "wants_dropped", "old": had_wish, "new": theirs.wants_dropped})
    _write_row(goal, terms, metric_id=None, now=write.now)
    _keep(write, goal, terms, wants_dropped=theirs.wants_dropped)
    _drop_when_both_want(write, goal)
    return changes


def _locked(write: PlanWrite, goal_ids: Sequence[int]) -> list[Goal]:
    """These goals of the plan under their locks, with both positions. AccessDenied when one is not in the plan."""
    goals = Goal.objects.filter(plan=write.plan, id__in=goal_ids).exclude(state=GoalState.DROPPED).order_by("id")
    found = list(with_positions(goals).select_for_update(of=("self",)))
    if len(found) != len(set(goal_ids)):
        raise AccessDenied("goal")
    for goal in found:
        goal.cycle = write.plan.cycle  # what is known need not be read again
    return found


def _new_goal(write: PlanWrite) -> Goal:
    plan = write.plan
    return Goal(
        # revisions are counted under the lock: no two goals of a plan are made on the same one
        code=f"P{plan.id}-{plan.revision + 1}",
        plan=plan,
        cycle=plan.cycle,
        owner_person_id=plan.owner_person_id,
        owner_unit_id=plan.owner_unit_id,
        state=GoalState.DRAFT,
        created_at=write.now,
    )


def _terms_before(goal: Goal, side: Side) -> GoalTerms | None:
    return None if goal.id is None else plan_goal(goal).terms(side)


def _refuse_unsound(write: PlanWrite, goal: Goal, terms: GoalTerms, *, changed: Collection[str]) -> int | None:
    """Id of the metric of sound terms; GoalRefused for any others."""
    checked = with_metrics([(goal.id, terms)])[0]
    if terms.metric and checked.metric is None:
        raise GoalRefused([Problem("goals.metric_unknown", {"field": "metric", "value": terms.metric})])
    if problems := forbids_saving(decide_goal_problems(checked, definition=definition_in_force(write.plan))):
        raise GoalRefused(problems)
    if terms.metric and {"metric", "from_on", "until_on"} & set(changed) and _is_promised(goal, terms):
        raise GoalRefused([Problem("plan.metric_promised", {"field": "metric", "value": terms.metric})])
    return checked.metric.id if checked.metric else None


def _is_promised(goal: Goal, terms: GoalTerms) -> bool:
    """Whether another goal of the owner promises the metric over the same days: the database refuses a second."""
    days = {"from_on": terms.from_on or goal.cycle.from_on, "until_on": terms.until_on or goal.cycle.until_on}
    owner = {"owner_person_id": goal.owner_person_id, "owner_unit_id": goal.owner_unit_id}
    alike = Goal.objects.filter(metric__code=terms.metric, **owner, **days).exclude(state=GoalState.DROPPED)
    return alike.exclude(id=goal.id).exists() if goal.id else alike.exists()


def _write_row(goal: Goal, terms: GoalTerms, *, metric_id: int | None, now: datetime) -> None:
    if goal.state != GoalState.DRAFT:
        return
    # the row says what one of the two wrote last: helpers in neither text are not in the row
    had_helpers = goal.id is not None and any(one.terms.get("collaborators") for one in goal.positions.all())
    try:
        write_terms(goal, terms, metric_id=metric_id, had_helpers=had_helpers, now=now)
    except TermsUnreadable as error:
        raise GoalRefused([error.problem]) from error


def _keep(write: PlanWrite, goal: Goal, terms: GoalTerms, *, wants_dropped: bool = False) -> None:
    """The side's position as it is now: one upsert."""
    GoalPosition.objects.bulk_create(
        [
            GoalPosition(
                goal=goal,
                side=write.side,
                terms=plain(terms),
                terms_hash=digest(terms),
                wants_dropped=wants_dropped,
                at=write.now,
                by_person_id=write.actor.person_id,
            )
        ],
        update_conflicts=True,
        unique_fields=["goal", "side"],
        update_fields=["terms", "terms_hash", "wants_dropped", "at", "by_person"],
    )


def _drop_when_both_want(write: PlanWrite, goal: Goal) -> None:
    others = goal.positions.exclude(side=write.side)
    wishes = [*others.values_list("wants_dropped", flat=True)]
    own = goal.positions.get(side=write.side).wants_dropped
    # a running goal was agreed: that both want it gone takes effect when they sign
    if own and all(wishes) and goal.state == GoalState.DRAFT:
        Goal.objects.filter(id=goal.id).update(state=GoalState.DROPPED, updated_at=write.now)
