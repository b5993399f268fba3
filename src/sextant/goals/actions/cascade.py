"""下发: one goal to many people or units at once, as the company's position in their draft plans.

However many recipients, the number of statements is the same: rows are made in memory and written a table at a time.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from sextant.engines.agreement import GoalTerms, digest, plain
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.goals.access import sight_of
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_notes import made_goal, note_revisions
from sextant.goals.contracts import GoalKind, GoalState, Side, Targets
from sextant.goals.models import Alignment, Cycle, Goal, GoalPosition, Plan
from sextant.goals.plan_terms import positions_of, with_terms
from sextant.goals.policy import decide_target_problems, goal_code
from sextant.goals.policy.cascade import Recipient, Verdict
from sextant.goals.policy.names import CODE_LENGTH
from sextant.goals.policy.plan_kinds import progress_source
from sextant.goals.queries.cascade import Owner, Push, PushLine, Reach, reach_of_push, read_push
from sextant.metrics.contracts import MetricRow
from sextant.metrics.queries import find_metric, row_of_metric

MOST_RECIPIENTS = 5_000


@dataclass(frozen=True, slots=True)
class PushOrder:
    """What is to be pushed. `terms.base` counts for recipients without a base of their own; dimension and weight of
    the terms do not count: the goal stands in the first dimension of each one's template that takes its kind, with
    `weight`, None = what is left there. `supports_id` None = the goal supports nothing yet; `how` says how it does."""

    cycle_id: int
    terms: GoalTerms
    recipients: Sequence[Recipient]
    supports_id: int | None = None
    how: str = ""
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did, a line a recipient in their order; `goal_ids` by the owner of each goal it made."""

    lines: tuple[PushLine, ...]
    goal_ids: Mapping[Owner, int]


def preview_push(
    order: PushOrder, *, actor: Actor, today: date, supports: Goal | None = None, reach: Reach | None = None
) -> tuple[PushLine, ...]:
    """What `push_goal` would do for each recipient, without doing it. Raises as `push_goal` does. `supports` (read with
    its cycle and metric) and `reach` where they are at hand for this actor and day: then they are not read again."""
    require(actor, Permission.GOAL_CASCADE)
    if supports is None or supports.pk != order.supports_id:
        supports = _supported(order, actor=actor, today=today)
    is_same = supports is not None and supports.cycle_id == order.cycle_id
    cycle = supports.cycle if supports is not None and is_same else Cycle.objects.get(id=order.cycle_id)
    push = _read(order, cycle=cycle, supports=supports)
    reach = reach or reach_of_push(actor, on=today)
    return tuple(read_push(push, reach=reach, plans=Plan.objects.all(), on=today))


def push_goal(order: PushOrder, *, actor: Actor, now: datetime, today: date) -> Pushed:
    """Give every recipient who lacks it the goal as a draft, as the company's position in their plan; a plan is opened
    where there is none. Who has such a goal, whose plan is proposed or signed, or who is not below the actor, is left
    as they are, and said so.

    Raises AccessDenied (the goal it supports is out of sight), GoalRefused (goals.title_missing, goals.metric_unknown,
    goals.metric_retired, cascade.nobody, cascade.too_many, those of the targets), Cycle.DoesNotExist.
    """
    require(actor, Permission.GOAL_CASCADE)
    with transaction.atomic():
        # the cycle first, as opening a plan does: two pushes at once would both find a plan missing
        cycle = Cycle.objects.select_for_update().get(id=order.cycle_id)
        push = _read(order, cycle=cycle, supports=_supported(order, actor=actor, today=today))
        plans = Plan.objects.select_for_update().order_by("id")
        lines = read_push(push, reach=reach_of_push(actor, on=today), plans=plans, on=today)
        chosen = [line for line in lines if line.verdict is Verdict.NEW]
        goal_ids = _write(push, chosen, actor=actor, now=now) if chosen else {}
        changes = {
            "cycle": cycle.code,
            "supports": order.supports_id,
            "metric": order.terms.metric,
            "goals": sorted(goal_ids.values()),
            "left": len(lines) - len(chosen),
        }
        record("push_goal", actor=actor, now=now, object_kind="cycle", object_id=cycle.pk, changes=changes)
    return Pushed(tuple(lines), goal_ids)


def _supported(order: PushOrder, *, actor: Actor, today: date) -> Goal | None:
    """The goal that is supported, with its cycle and metric. Raises AccessDenied where it is out of sight."""
    return None if order.supports_id is None else sight_of(actor, on=today).access(order.supports_id)


def _metric(order: PushOrder, supports: Goal | None) -> MetricRow | None:
    if supports is not None and supports.metric is not None and supports.metric.code == order.terms.metric:
        return row_of_metric(supports.metric)
    return find_metric(order.terms.metric) if order.terms.metric else None


def _read(order: PushOrder, *, cycle: Cycle, supports: Goal | None) -> Push:
    metric = _metric(order, supports)
    problems = []
    if not order.terms.title.strip():
        problems.append(Problem("goals.title_missing", {"field": "title", "value": ""}))
    if order.terms.metric and metric is None:
        problems.append(Problem("goals.metric_unknown", {"field": "metric", "value": order.terms.metric}))
    if metric is not None and metric.is_retired:
        problems.append(Problem("goals.metric_retired", {"field": "metric", "value": metric.name}))
    if not order.recipients:
        problems.append(Problem("cascade.nobody", {"field": "recipients"}))
    if len(order.recipients) > MOST_RECIPIENTS:
        problems.append(Problem("cascade.too_many", {"field": "recipients", "most": MOST_RECIPIENTS}))
    if metric is not None:
        for base in {one.base if one.base is not None else order.terms.base for one in order.recipients}:
            problems += decide_target_problems(
                _targets(replace(order.terms, base=base)), direction=metric.direction, aggregation=metric.aggregation
            )
    if problems:
        raise GoalRefused(list({problem.code: problem for problem in problems}.values()))
    return Push(cycle, order.terms, metric, supports, order.how.strip(), order.recipients, order.weight)


def _targets(terms: GoalTerms) -> Targets:
    names = ("base", "stretch", "start", "range_low", "range_high", "tolerance", "weight", "curve")
    return Targets(**{name: getattr(terms, name) for name in names})


def _write(push: Push, lines: Sequence[PushLine], *, actor: Actor, now: datetime) -> dict[Owner, int]:
    """The plans that are missing, the goals, what the company wants them to say, and the history of each plan."""
    plans = {line.recipient.owner: line.plan_id for line in lines if line.plan_id is not None}
    plans |= open_plans(push.cycle, [line for line in lines if line.plan_id is None], now=now)
    subject = push.metric.code if push.metric else push.terms.title
    codes = free_codes([(line.key, subject) for line in lines], period=push.cycle.code, now=now)
    goals = Goal.objects.bulk_create(
        [_goal(push, line, code, plans[line.recipient.owner], now=now) for line, code in zip(lines, codes, strict=True)]
    )
    terms = [_terms(push, line) for line in lines]
    GoalPosition.objects.bulk_create(
        GoalPosition(
            goal=goal,
            side=Side.COUNTERPART,
            terms=plain(text),
            terms_hash=digest(text),
            at=now,
            by_person_id=actor.person_id,
        )
        for goal, text in zip(goals, terms, strict=True)
    )
    if push.supports is not None and push.how:
        Alignment.objects.filter(child__in=goals, parent=push.supports).update(how=push.how)
    changes = {goal.plan_id: [made_goal(goal)] for goal in goals if goal.plan_id is not None}
    note_revisions(changes, actor=actor, now=now)
    return {line.recipient.owner: goal.pk for line, goal in zip(lines, goals, strict=True)}


def open_plans(cycle: Cycle, lines: Sequence[PushLine], *, now: datetime) -> dict[Owner, int]:
    """A draft plan for each, by owner, with the goals the owner has in the cycle already, as `open_plan` does for one.
    The caller holds the lock of the cycle. Seven statements, however many."""
    if not lines:
        return {}
    made = Plan.objects.bulk_create(
        Plan(
            owner_person_id=line.recipient.person_id,
            owner_unit_id=line.recipient.unit_id,
            cycle=cycle,
            template_version_id=line.template_version_id or 0,  # who has no template was left out
            counterpart_id=line.counterpart_id,
            created_at=now,
            updated_at=now,
        )
        for line in lines
    )
    plan_ids = [plan.pk for plan in made]
    with connection.cursor() as cursor:
        cursor.execute(_ADOPT, [plan_ids])
    adopted = with_terms(Goal.objects.filter(plan_id__in=plan_ids))
    GoalPosition.objects.bulk_create(
        [one for goal in adopted for one in positions_of(goal, now=now, sides=(Side.OWNER,))]
    )
    with connection.cursor() as cursor:
        cursor.execute(_AGREE, [Side.COUNTERPART, plan_ids, Side.OWNER])
    return {(plan.owner_person_id, plan.owner_unit_id): plan.pk for plan in made}


_ADOPT = """
    UPDATE goals_goal goal SET plan_id = plan.id FROM goals_plan plan
     WHERE plan.id = ANY(%s) AND goal.plan_id IS NULL AND goal.state <> 'dropped' AND goal.cycle_id = plan.cycle_id
       AND goal.owner_person_id IS NOT DISTINCT FROM plan.owner_person_id
       AND goal.owner_unit_id IS NOT DISTINCT FROM plan.owner_unit_id
"""
# both sides say the same: what was sent once the database copies
_AGREE = """
    INSERT INTO goals_goalposition (goal_id, side, terms, terms_hash, wants_dropped, at, by_person_id)
    SELECT said.goal_id, %s, said.terms, said.terms_hash, said.wants_dropped, said.at, said.by_person_id
      FROM goals_goalposition said JOIN goals_goal goal ON goal.id = said.goal_id
     WHERE goal.plan_id = ANY(%s) AND said.side = %s
"""


def _goal(push: Push, line: PushLine, code: str, plan_id: int, *, now: datetime) -> Goal:
    terms = _terms(push, line)
    names = ("title", "kind", "dimension", "description", "deliverable", "base", "stretch", "start", "range_low")
    more = ("range_high", "tolerance", "curve", "weight", "due_on")
    return Goal(
        **{name: getattr(terms, name) for name in (*names, *more)},
        code=code,
        cycle=push.cycle,
        owner_person_id=line.recipient.person_id,
        owner_unit_id=line.recipient.unit_id,
        metric_id=push.metric.id if push.metric else None,
        parent=push.supports,
        plan_id=plan_id,
        state=GoalState.DRAFT,
        progress_from=progress_source(GoalKind(terms.kind), is_measured=push.metric is not None),
        from_on=push.cycle.from_on,
        until_on=push.cycle.until_on,
        created_at=now,
        updated_at=now,
    )


def _terms(push: Push, line: PushLine) -> GoalTerms:
    base: Decimal | None = push.terms.base if line.recipient.base is None else line.recipient.base
    return replace(push.terms, base=base, dimension=line.place.dimension, weight=line.place.weight)


def free_codes(named: Sequence[tuple[str, str]], *, period: str, now: datetime) -> list[str]:
    """A code for each goal, named by its owner's key and its subject; where one is taken (a goal once dropped had it)
    the moment tells them apart. One query."""
    codes = [goal_code(period=period, owner=key, subject=subject) for key, subject in named]
    taken = set(Goal.objects.filter(code__in=codes).values_list("code", flat=True))
    return [_other_code(code, now) if code in taken else code for code in codes]


def _other_code(code: str, now: datetime) -> str:
    mark = hashlib.sha256(f"{code} {now.isoformat()}".encode()).hexdigest()[:8]
    return f"{code[: CODE_LENGTH - 9]}-{mark}"
