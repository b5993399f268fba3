"""复制上一周期: last cycle's goals as drafts of the next, as the company's position, for one person or a whole branch.

However many owners and goals, the number of statements is the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from sextant.engines.agreement import GoalTerms, digest, plain
from sextant.engines.evaluation import Aggregation
from sextant.engines.values import Period, Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.goals.actions.alignment import one_change_at_a_time
from sextant.goals.actions.cascade import free_codes, open_plans
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_notes import made_goal, note_revisions
from sextant.goals.contracts import GoalKind, GoalState, Side
from sextant.goals.models import ActionItem, Cycle, Goal, GoalPosition, Milestone, Plan
from sextant.goals.plan_terms import PLAIN_TERMS, terms_of
from sextant.goals.policy.cascade import Recipient
from sextant.goals.policy.copying import MOST_PERCENT, copied_terms
from sextant.goals.policy.plan_kinds import progress_source
from sextant.goals.queries.cascade import reach_of_push
from sextant.goals.queries.copying import CopyLine, find_parents, primary_links, read_copy

_PARENTS = """
    UPDATE goals_goal SET parent_id = told.parent_id
      FROM unnest(%s::bigint[], %s::bigint[]) AS told (id, parent_id) WHERE goals_goal.id = told.id
"""
_LINKS = """
    UPDATE goals_alignment AS link SET how = told.how, contribution = told.contribution
      FROM unnest(%s::bigint[], %s::text[], %s::numeric[]) AS told (child_id, how, contribution)
     WHERE link.child_id = told.child_id AND link.is_primary
"""


@dataclass(frozen=True, slots=True)
class CopyOrder:
    """From which cycle into which, for whom, and at how many per cent of what was promised."""

    former_id: int
    cycle_id: int
    owners: Sequence[Recipient]
    percent: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A goal of the former cycle, its text for the next, and whose it is."""

    source: Goal
    terms: GoalTerms
    line: CopyLine


def preview_copy(order: CopyOrder, *, actor: Actor, today: date) -> list[CopyLine]:
    """What `copy_goals` would do for each owner, without doing it. Raises as `copy_goals` does."""
    require(actor, Permission.GOAL_CASCADE)
    former, cycle = Cycle.objects.get(id=order.former_id), Cycle.objects.get(id=order.cycle_id)
    _refuse(order, former, cycle, today=today)
    reach = reach_of_push(actor, on=today)
    return read_copy(order.owners, former=former, cycle=cycle, reach=reach, plans=Plan.objects.all(), on=today)


def copy_goals(order: CopyOrder, *, actor: Actor, now: datetime, today: date) -> list[CopyLine]:
    """Give every owner below the actor the goals they had in the former cycle as drafts of the cycle; a plan is opened
    where there is none. Doing it again makes nothing. What was proposed or signed is left alone, and so is a goal that
    is there already.

    Raises AccessDenied, GoalRefused (copy.same_cycle, copy.cycle_over, copy.percent with `most`, copy.nobody),
    Cycle.DoesNotExist.
    """
    require(actor, Permission.GOAL_CASCADE)
    with transaction.atomic():
        one_change_at_a_time()
        # the cycle first, as opening a plan does: two who copy at once would both find a goal missing
        cycle = Cycle.objects.select_for_update().get(id=order.cycle_id)
        former = Cycle.objects.get(id=order.former_id)
        _refuse(order, former, cycle, today=today)
        plans = Plan.objects.select_for_update(of=("self",)).order_by("id")
        reach = reach_of_push(actor, on=today)
        lines = read_copy(order.owners, former=former, cycle=cycle, reach=reach, plans=plans, on=today)
        chosen = [line for line in lines if line.is_new]
        made = _write(order, chosen, former, cycle, actor=actor, now=now) if chosen else []
        changes = {"from": former.code, "percent": f"{order.percent:f}", "goals": len(made), "owners": len(chosen)}
        record("copy_goals", actor=actor, now=now, object_kind="cycle", object_id=cycle.pk, changes=changes)
    return lines


def _refuse(order: CopyOrder, former: Cycle, cycle: Cycle, *, today: date) -> None:
    problems = []
    if former.pk == cycle.pk:
        problems.append(Problem("copy.same_cycle", {"field": "cycle"}))
    if cycle.until_on <= today:
        problems.append(Problem("copy.cycle_over", {"field": "cycle", "cycle": cycle.name}))
    if not 0 < order.percent <= MOST_PERCENT:
        problems.append(Problem("copy.percent", {"field": "percent", "most": MOST_PERCENT}))
    if not order.owners:
        problems.append(Problem("copy.nobody", {"field": "people"}))
    if problems:
        raise GoalRefused(problems)


def _write(
    order: CopyOrder, lines: Sequence[CopyLine], former: Cycle, cycle: Cycle, *, actor: Actor, now: datetime
) -> list[Goal]:
    plans = {line.line.recipient.owner: line.line.plan_id for line in lines if line.line.plan_id is not None}
    plans |= open_plans(cycle, [line.line for line in lines if line.line.plan_id is None], now=now)
    pairs = [_Pair(goal, _terms(goal, order.percent, former, cycle), line) for line in lines for goal in line.goals]
    named = [(one.line.line.key, one.source.metric.code if one.source.metric else one.source.title) for one in pairs]
    codes = free_codes(named, period=cycle.code, now=now)
    goals = Goal.objects.bulk_create(
        _goal(one, code, cycle, plans[one.line.line.recipient.owner], now=now)
        for one, code in zip(pairs, codes, strict=True)
    )
    made = {one.source.pk: goal for one, goal in zip(pairs, goals, strict=True)}
    _write_parts(pairs, made, actor=actor, now=now)
    _align(pairs, made, cycle)
    changes: dict[int, list[dict[str, object]]] = {}
    for goal in goals:
        changes.setdefault(goal.plan_id or 0, []).append(made_goal(goal))
    note_revisions(changes, actor=actor, now=now)
    return goals


def _terms(goal: Goal, percent: Decimal, former: Cycle, cycle: Cycle) -> GoalTerms:
    metric = goal.metric
    return copied_terms(
        terms_of(goal),
        percent=percent,
        decimals=metric.decimals if metric else 0,
        is_cumulative=metric is not None and Aggregation(metric.aggregation).is_cumulative,
        former=Period(former.from_on, former.until_on),
        period=Period(cycle.from_on, cycle.until_on),
    )


def _goal(one: _Pair, code: str, cycle: Cycle, plan_id: int | None, *, now: datetime) -> Goal:
    source = one.source
    return Goal(
        **{name: getattr(one.terms, name) for name in PLAIN_TERMS},
        code=code,
        cycle=cycle,
        owner_person_id=source.owner_person_id,
        owner_unit_id=source.owner_unit_id,
        metric_id=source.metric_id,
        plan_id=plan_id,
        state=GoalState.DRAFT,
        progress_from=progress_source(GoalKind(source.kind), is_measured=source.metric_id is not None),
        from_on=cycle.from_on,
        until_on=cycle.until_on,
        created_at=now,
        updated_at=now,
    )


def _write_parts(pairs: Sequence[_Pair], made: Mapping[int, Goal], *, actor: Actor, now: datetime) -> None:
    """What the company wants the goals to say, their steps and their helpers: four statements."""
    GoalPosition.objects.bulk_create(
        GoalPosition(
            goal=made[one.source.pk],
            side=Side.COUNTERPART,
            terms=plain(one.terms),
            terms_hash=digest(one.terms),
            at=now,
            by_person_id=actor.person_id,
        )
        for one in pairs
    )
    Milestone.objects.bulk_create(
        Milestone(goal=made[one.source.pk], position=place, title=step.title, points=step.points, due_on=step.due_on)
        for one in pairs
        for place, step in enumerate(one.terms.milestones)
    )
    ActionItem.objects.bulk_create(
        ActionItem(
            goal=made[one.source.pk], position=item.position, title=item.title, person_id=item.person_id, due_on=due_on
        )
        for one in pairs
        for item, due_on in _action_items(one)
    )
    helpers = Goal.collaborators.through
    helpers.objects.bulk_create(
        helpers(goal_id=made[one.source.pk].pk, person_id=person.pk)
        for one in pairs
        for person in one.source.collaborators.all()
    )


def _action_items(one: _Pair) -> list[tuple[ActionItem, date | None]]:
    items = sorted(one.source.action_items.all(), key=lambda item: item.position)
    return [(item, step.due_on) for item, step in zip(items, one.terms.actions, strict=True)]


def _align(pairs: Sequence[_Pair], made: Mapping[int, Goal], cycle: Cycle) -> None:
    """Each goal supports what it supported, in the new cycle: a copy, the same goal made before, or the year's own."""
    above = find_parents([one.source for one in pairs], cycle=cycle)
    above |= {source_id: goal.pk for source_id, goal in made.items()}
    told = [
        (made[one.source.pk].pk, above[one.source.parent_id], one.source.pk)
        for one in pairs
        if one.source.parent_id in above
    ]
    links = primary_links([source_id for _, _, source_id in told])
    kept = [(child, links[source_id]) for child, _, source_id in told if source_id in links]
    with connection.cursor() as cursor:
        cursor.execute(_PARENTS, [[child for child, _, _ in told], [parent for _, parent, _ in told]])
        cursor.execute(
            _LINKS,
            [[child for child, _ in kept], [link.how for _, link in kept], [link.contribution for _, link in kept]],
        )
