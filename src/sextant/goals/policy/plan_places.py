"""Where in a plan a goal stands that somebody else puts there."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sextant.goals.contracts import GoalKind
from sextant.goals.plan_definition import PlanDefinition


@dataclass(frozen=True, slots=True)
class PlanPlace:
    """A dimension of a plan, "" = none takes the goal, and the weight that is proposed for it there."""

    dimension: str
    name: str
    weight: Decimal


NOWHERE = PlanPlace("", "", Decimal(0))


def choose_place(
    definition: PlanDefinition, *, kind: GoalKind, weights: Mapping[str, Decimal], wanted: Decimal | None
) -> PlanPlace:
    """The first dimension that takes the kind, with the weight `wanted`; None = what is left of the dimension's own
    beside the `weights` that goals have in it already.

    >>> from sextant.goals.plan_definition import read_definition
    >>> parts = [("kpi", 70, "kpi"), ("gs", 30, "gs")]
    >>> dimensions = [{"code": code, "name": code, "weight_pct": pct, "kinds": [kind]} for code, pct, kind in parts]
    >>> definition = read_definition({"dimensions": dimensions})
    >>> choose_place(definition, kind=GoalKind.KPI, weights={"kpi": Decimal(45)}, wanted=None)
    PlanPlace(dimension='kpi', name='kpi', weight=Decimal('25'))
    >>> choose_place(definition, kind=GoalKind.KPI, weights={"kpi": Decimal(90)}, wanted=None).weight
    Decimal('0')
    """
    dimension = next((one for one in definition.dimensions if kind in one.kinds), None)
    if dimension is None:
        return PlanPlace("", "", wanted or NOWHERE.weight)
    left = max(dimension.weight_pct - weights.get(dimension.code, Decimal(0)), Decimal(0))
    return PlanPlace(dimension.code, dimension.name, left if wanted is None or dimension.is_extra else wanted)
