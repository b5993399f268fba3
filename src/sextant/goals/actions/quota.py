"""Sending a split: the shares become the company's position in everybody's draft plan, the reasons are kept."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from sextant.engines.agreement import GoalTerms
from sextant.engines.allocation import Allocation, allocate
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.goals.access import access_goal
from sextant.goals.actions.cascade import Pushed, PushOrder, push_goal
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import GoalKind
from sextant.goals.models import Goal
from sextant.goals.models.quota import QuotaSplit
from sextant.goals.policy.cascade import Recipient
from sextant.goals.policy.quota import Quota, decide_sending, order_of, without_missing
from sextant.goals.policy.quota_schemes import factor_document, text_of
from sextant.goals.queries.lines import answers_for
from sextant.metrics.queries import metric_map


@dataclass(frozen=True, slots=True)
class SentSplit:
    """What came of sending a split. `left_out` lacked a value of a factor."""

    split_id: int
    pushed: Pushed
    left_out: tuple[str, ...]


def send_split(
    goal_id: int, quota: Quota, *, how: str, snapshot_on: date, actor: Actor, now: datetime, today: date
) -> SentSplit:
    """Send every share to its owner as a draft goal that supports `goal_id`, and keep the split: factors, weights, the
    values as of `snapshot_on`, bounds and shares. Who lacks the value of a factor takes no part.

    Computed here anew: what the page showed was a preview. Raises AccessDenied (out of sight, or not `may_split`),
    GoalRefused (quota.no_metric, quota.weights_not_full, `allocation.*`, those of `push_goal`).
    """
    require(actor, Permission.GOAL_CASCADE)
    goal = access_goal(actor, goal_id=goal_id, on=today)
    if not may_split(actor, goal, on=today):
        raise AccessDenied(Permission.GOAL_CASCADE)
    metric = metric_map([goal.metric_id]).get(goal.metric_id) if goal.metric_id else None
    if metric is None:
        raise GoalRefused([Problem("quota.no_metric")])
    counted = without_missing(quota)
    outcome = allocate(order_of(counted.quota))
    problems = (*decide_sending(quota), *(() if outcome.value else outcome.problems))
    if problems or outcome.value is None:
        raise GoalRefused(problems)
    shares = {row.key: share.amount for row, share in zip(counted.quota.rows, outcome.value.shares, strict=True)}
    recipients = tuple(recipient_of(key, amount) for key, amount in shares.items() if amount > 0)
    terms = GoalTerms(goal.title, GoalKind.KPI.value, metric=metric.code, curve=goal.curve)
    order = PushOrder(goal.cycle_id, terms, recipients, supports_id=goal.pk, how=how)
    with transaction.atomic():
        split = QuotaSplit.objects.create(
            goal=goal,
            total=quota.total,
            unit=quota.unit,
            snapshot_on=snapshot_on,
            document=_document(quota, outcome.value),
            sent_at=now,
            sent_by=actor.label,
        )
        left_out = tuple(row.name for row in quota.rows if row.key not in shares)
        return SentSplit(split.pk, push_goal(order, actor=actor, now=now, today=today), left_out)


def may_split(actor: Actor, goal: Goal, *, on: date) -> bool:
    """Whether the actor may share this goal out: for a page that offers it."""
    return may(actor, Permission.GOAL_CASCADE) and answers_for(actor, goal, on=on)


def recipient_of(key: str, amount: Decimal | None = None) -> Recipient:
    """The owner behind a key: u12 or p34."""
    number = int(key[1:])
    return Recipient(unit_id=number, base=amount) if key.startswith("u") else Recipient(person_id=number, base=amount)


def _document(quota: Quota, split: Allocation) -> dict[str, object]:
    shares = {share.key: share for share in split.shares}
    return {
        "factors": [factor_document(one) for one in quota.factors],
        "rows": [
            {
                "owner": row.key,
                "values": [text_of(value) for value in row.values],
                "floor": text_of(row.floor),
                "cap": text_of(row.cap),
                "fixed": text_of(row.fixed),
                # None: took no part
                "share": str(share.amount) if share else None,
                "flat": str(share.flat) if share else None,
                "bound": share.bound if share else None,
            }
            for row in quota.rows
            for share in [shares.get(row.name)]
        ],
    }
