"""方案得分: one person's score over a cycle, from the scores of the goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from sextant.engines.evaluation.exact import exactly, six_places
from sextant.engines.values import Outcome, Problem, Severity, Step

_WARNING = Severity.WARNING

LEAST_COVERAGE = Decimal("0.5")
"""Below this share of weight with a score, a plan has none."""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A goal in a plan. `score` None means missing, which is not zero. `days` of `cycle_days` are those the goal lived:
    a goal of part of the cycle counts with that share of its weight."""

    goal_id: int
    weight: Decimal
    score: Decimal | None
    is_suspended: bool = False
    days: int = 1
    cycle_days: int = 1

    @property
    def effective_weight(self) -> Fraction:
        """Weight × share of days."""
        return exactly(self.weight) * Fraction(self.days, self.cycle_days)


class ExtraKind(StrEnum):
    """What stands beside the weighted goals."""

    BONUS = "bonus"
    PENALTY = "penalty"
    VETO = "veto"


@dataclass(frozen=True, slots=True)
class PlanExtra:
    """Points added (bonus) or taken (penalty) after the mean, both given as positive points; or a veto that fired,
    whose `points` cap the result."""

    kind: ExtraKind
    points: Decimal


@dataclass(frozen=True, slots=True)
class PlanScore:
    """`points` None when too little of the plan is known. `coverage` is the share of weight that had a score, 0…1."""

    points: Decimal | None
    coverage: Decimal


def score_plan(
    items: Sequence[PlanItem], extras: Sequence[PlanExtra] = (), *, least_coverage: Decimal = LEAST_COVERAGE
) -> Outcome[PlanScore]:
    """Σ w·score / Σ w over the goals that have a score, then bonus and penalty, then vetoes.

    Suspended goals leave both sums; missing ones leave the mean and lower the coverage. Problem codes, as the reason
    for `points` None: `plan.no_weight` (nothing to weigh), `plan.coverage_low`. Source: design/evaluation.md, "Plan".

    >>> known, missing = PlanItem(1, Decimal(60), Decimal(90)), PlanItem(2, Decimal(40), None)
    >>> score_plan([known, missing]).value
    PlanScore(points=Decimal('90.000000'), coverage=Decimal('0.600000'))
    >>> full, veto = [known, PlanItem(2, Decimal(40), Decimal(70))], PlanExtra(ExtraKind.VETO, Decimal(60))
    >>> score_plan(full).value.points, score_plan(full, [veto]).value.points
    (Decimal('82.000000'), Decimal('60.000000'))
    """
    counted = [item for item in items if not item.is_suspended]
    total = sum((item.effective_weight for item in counted), Fraction(0))
    present = [item for item in counted if item.score is not None]
    known = sum((item.effective_weight for item in present), Fraction(0))
    if total == 0 or known == 0:
        code = "plan.no_weight" if total == 0 else "plan.coverage_low"
        nothing = PlanScore(None, Decimal("0.000000"))
        return Outcome(nothing, (Problem(code, {"coverage": nothing.coverage, "least": least_coverage}, _WARNING),))
    coverage = six_places(known / total)
    if coverage < least_coverage:
        problem = Problem("plan.coverage_low", {"coverage": coverage, "least": least_coverage}, _WARNING)
        return Outcome(PlanScore(None, coverage), (problem,))
    mean = sum((item.effective_weight * exactly(item.score or Decimal(0)) for item in present), Fraction(0)) / known
    points = _with_extras(mean, extras)
    trace = (
        *(
            Step("plan.item", {"goal_id": item.goal_id, "weight": six_places(item.effective_weight)}, item.score)
            for item in counted
        ),
        Step("plan.mean", {"coverage": coverage}, six_places(mean)),
        *(Step(f"plan.{extra.kind}", {}, extra.points) for extra in extras),
        Step("plan.score", {"coverage": coverage}, six_places(points)),
    )
    return Outcome(PlanScore(six_places(points), coverage), trace=trace)


def _with_extras(mean: Fraction, extras: Sequence[PlanExtra]) -> Fraction:
    sign = {ExtraKind.BONUS: 1, ExtraKind.PENALTY: -1, ExtraKind.VETO: 0}
    points = mean + sum((sign[extra.kind] * exactly(extra.points) for extra in extras), Fraction(0))
    caps = [exactly(extra.points) for extra in extras if extra.kind is ExtraKind.VETO]
    return min([points, *caps])
