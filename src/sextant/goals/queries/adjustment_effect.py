"""What a changed target does: where the goal would stand, what its parent lacks then, and how each stretch went."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from sextant.engines.adjustment import Part, Reading, Target, by_days, split
from sextant.engines.adjustment.prorata import list_stretches
from sextant.engines.agreement import GoalTerms
from sextant.engines.evaluation import Aggregation, GoalSpec
from sextant.goals.models import Goal
from sextant.goals.queries.scope import in_force
from sextant.goals.queries.specs import TARGETS, spec_from, spec_on
from sextant.metrics.contracts import MetricRow
from sextant.metrics.queries.what_if import Judgement, judge_goals


@dataclass(frozen=True, slots=True)
class Effect:
    """Where the goal stands, and would stand with the change: both None for a goal that is not measured."""

    now: Judgement | None
    then: Judgement | None


@dataclass(frozen=True, slots=True)
class Gap:
    """What the goals below a goal sum to with the change, against its own base. `missing` above 0: they no longer
    reach it."""

    title: str
    base: Decimal
    below: Decimal

    @property
    def missing(self) -> Decimal:
        """What the parent's base has more than its children."""
        return self.base - self.below


def find_effect(goal: Goal, after: GoalTerms, *, on: date) -> Effect:
    """Where the goal stands on a day, and would stand with the text `after`. One reading of the ledger."""
    day = min(on, goal.until_on)
    spec = spec_on(goal, day)
    if spec is None:
        return Effect(None, None)
    changed = replace(spec, until_on=after.until_on or goal.cycle.until_on, **_numbers(after))
    found = judge_goals([(spec, day), (changed, day)])
    return Effect(*found) if found else Effect(None, None)


def find_gap(goal: Goal, after: GoalTerms, *, visible: QuerySet[Goal]) -> Gap | None:
    """What the parent lacks when the goal changes; None without a parent of the same metric in sight of the reader.
    Only what adds up is compared. At most two queries."""
    if goal.parent_id is None or goal.metric_id is None or after.base is None:
        return None
    parent = visible.filter(id=goal.parent_id, metric_id=goal.metric_id).select_related("metric").first()
    if parent is None or parent.base is None or parent.metric is None:
        return None
    if not Aggregation(parent.metric.aggregation).is_cumulative:
        return None
    below = in_force(Goal.objects.filter(parent_id=parent.pk, metric_id=goal.metric_id)).exclude(id=goal.pk)
    others = below.aggregate(total=Sum("base"))["total"] or Decimal(0)
    return Gap(parent.title, parent.base, others + after.base)


@dataclass(frozen=True, slots=True)
class Stretches:
    """How each stretch of a goal went under its own target. `by_days` is the base of the whole period by days, `value`
    what the whole brought by now, `attainment` their ratio so far as days have passed; None where not known."""

    parts: tuple[Part, ...]
    by_days: Decimal | None


def find_stretches(goal: Goal, targets: Sequence[Target], metric: MetricRow, *, on: date) -> Stretches:
    """The stretches of a measured goal that have begun by `on`. One reading of the ledger."""
    spec = spec_from(goal)
    assert spec is not None  # the caller asks for measured goals
    asked = [
        (_with(spec, target), min(period.last_on, on))
        for period, target in list_stretches(targets)
        if period.from_on <= on
    ]
    readings = {one.as_of: Reading(one.value, one.attainment) for one in judge_goals(asked)}
    is_cumulative = Aggregation(metric.aggregation).is_cumulative
    parts = split(targets, on=on, readings=readings, is_cumulative=is_cumulative)
    return Stretches(parts, by_days(targets) if is_cumulative else None)


def _with(spec: GoalSpec, target: Target) -> GoalSpec:
    return replace(spec, until_on=target.until_on, **_numbers(target))


def _numbers(told: GoalTerms | Target) -> dict[str, Any]:
    return {name: getattr(told, name) for name in TARGETS}
