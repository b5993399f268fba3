"""The figures of many standings without their weeks: what formulas over people read."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.values import Light
from sextant.metrics.models import Standing


@dataclass(frozen=True, slots=True)
class StandingFigures:
    """Figures of one goal, as in `contracts.StandingRow`; None where there was nothing to compute from."""

    attainment: Decimal | None
    completion: Decimal | None
    score: Decimal | None
    light: Light


def figures_of(goal_ids: Collection[int]) -> dict[int, StandingFigures]:
    """Figures of the goals that a run has looked at, by goal. One query, none without goals."""
    if not goal_ids:
        return {}
    found = Standing.objects.filter(goal_id__in=goal_ids)
    rows = found.values_list("goal_id", "attainment", "completion", "score", "light")
    return {goal_id: StandingFigures(*figures, Light(light)) for goal_id, *figures, light in rows}
