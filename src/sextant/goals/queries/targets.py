"""What goals were measured against, and from which day on."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum

from sextant.engines.adjustment import Target
from sextant.engines.values import Period
from sextant.goals.contracts import AGREED_ADJUSTMENTS, GoalRow, TargetRow
from sextant.goals.models import AdjustmentRequest, Goal, GoalTarget
from sextant.goals.queries.specs import TARGETS


def list_targets(goal_ids: Collection[int]) -> dict[int, list[TargetRow]]:
    """The targets of each goal that was ever adjusted, in the order they came into force: what was first signed, then
    each adjustment; other goals are absent. One query, none without goals."""
    found: dict[int, list[TargetRow]] = {}
    if goal_ids:
        for one in GoalTarget.objects.filter(goal_id__in=goal_ids).order_by("goal_id", "from_on", "id"):
            found.setdefault(one.goal_id, []).append(_row(one))
    return found


def targets_of(goal: Goal | GoalRow, rows: Collection[TargetRow]) -> list[Target]:
    """The targets of a goal as the engine reads them; of one that was never adjusted its row is the only one."""
    if rows:
        names = ("from_on", "until_on", *TARGETS)
        return [Target(**{name: getattr(row, name) for name in names}) for row in rows]
    told = {name: getattr(goal, name, None) for name in TARGETS}
    return [Target(goal.from_on, goal.until_on, **told)]


def elasticity_used(goal_ids: Collection[int], *, quarter: Period) -> dict[int, Decimal]:
    """The share of its elasticity each goal used by agreed changes that came or come into force in the quarter; goals
    without any are absent. One query, none without goals."""
    if not goal_ids:
        return {}
    agreed = AdjustmentRequest.objects.filter(
        goal_id__in=goal_ids,
        state__in=AGREED_ADJUSTMENTS,
        effective_on__gte=quarter.from_on,
        effective_on__lt=quarter.until_on,
    )
    return dict(agreed.order_by().values("goal_id").annotate(used=Sum("use")).values_list("goal_id", "used"))


def first_target(goal: Goal) -> Target:
    """What was signed at the beginning. One query."""
    rows = list_targets([goal.pk]).get(goal.pk, [])
    return targets_of(goal, rows)[0]


def _row(one: GoalTarget) -> TargetRow:
    return TargetRow(
        goal_id=one.goal_id,
        from_on=one.from_on,
        until_on=one.until_on,
        request_id=one.request_id,
        **{name: getattr(one, name) for name in TARGETS},
    )
