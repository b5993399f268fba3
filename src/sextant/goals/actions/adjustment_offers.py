"""An offer: the goal's text with the wished fields in it, whether it may be made, and what it goes beyond."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sextant.engines.agreement import GoalTerms, diff
from sextant.engines.values import Problem
from sextant.goals.actions.adjustment_news import tell
from sextant.goals.actions.adjustment_table import AdjustTable, add_step
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import AdjustmentAct, GoalState, Targets
from sextant.goals.models import AdjustmentRequest, Goal
from sextant.goals.plan_terms import terms_of
from sextant.goals.policy import decide_target_problems
from sextant.goals.policy.adjustment import Wish, decide_reason, decide_wish, exceptions_of
from sextant.goals.queries.elasticity import adjustment_terms, budget_of
from sextant.metrics.queries import metric_map


def wished(before: GoalTerms, wish: Wish) -> GoalTerms:
    """The text with the wished fields in it; one that may not change is found by `decide_wish`."""
    known: dict[str, Any] = {name: value for name, value in wish.changes.items() if hasattr(before, name)}
    return replace(before, **known)


def offer_problems(table: AdjustTable, wish: Wish, *, before: GoalTerms, after: GoalTerms) -> list[Problem]:
    """What forbids the offer: codes of `decide_wish`, else those of `policy.targets` and adjust.same_period (another
    goal of the owner has this metric for these days). At most three queries."""
    problems = list(decide_wish(wish, before=before, after=after, ground=table.ground(), today=table.today))
    return problems or [*_target_problems(table.goal, after), *_period_problems(table.goal, after)]


def exceptions_in(table: AdjustTable, after: GoalTerms, wish: Wish, *, is_in_window: bool) -> list[str]:
    """Codes of what the offer goes beyond, as the request keeps them. Two queries."""
    terms = adjustment_terms(table.goal.cycle, table.plan)
    on = wish.effective_on or table.today
    budget = budget_of(table.goal, terms, before=terms_of(table.goal), after=after, on=on)
    return [one.value for one in exceptions_of(budget, is_in_window=is_in_window)]


def check_exception_reason(request: AdjustmentRequest) -> None:
    """GoalRefused (adjust.exception_reason, adjust.reason_long) where an exception has no reason."""
    told = {"code": "adjust.exception_reason", "field": "exception_reason"}
    if request.exceptions and (problems := decide_reason(request.exception_reason, **told)):
        raise GoalRefused(problems)


def put_offer(
    table: AdjustTable, request: AdjustmentRequest, act: AdjustmentAct, *, wish: Wish, texts: Sequence[GoalTerms]
) -> None:
    """Keep the offer as a step of the request, and tell the other side. `texts` are those before and after."""
    before, after = texts
    add_step(
        request,
        act,
        actor=table.actor,
        now=table.now,
        side=table.side,
        note=wish.note,
        terms=after,
        changes=diff(before, after),
        effective_on=wish.effective_on,
    )
    tell(table, request)


def _target_problems(goal: Goal, after: GoalTerms) -> list[Problem]:
    metric = metric_map([goal.metric_id]).get(goal.metric_id) if goal.metric_id else None
    if metric is None:
        return []
    targets = Targets(**{name: getattr(after, name) for name in Targets.__dataclass_fields__})
    return list(decide_target_problems(targets, direction=metric.direction, aggregation=metric.aggregation))


def _period_problems(goal: Goal, after: GoalTerms) -> list[Problem]:
    until_on = after.until_on or goal.cycle.until_on
    if goal.metric_id is None or until_on == goal.until_on:
        return []
    alike = Goal.objects.filter(metric_id=goal.metric_id, from_on=goal.from_on, until_on=until_on)
    alike = alike.filter(owner_person_id=goal.owner_person_id, owner_unit_id=goal.owner_unit_id)
    taken = alike.exclude(state=GoalState.DROPPED).exists()
    return [Problem("adjust.same_period", {"field": "until_on"})] if taken else []
