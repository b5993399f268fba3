"""How far a goal is that no metric measures: by the goals below it, by its steps, or as somebody says with proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sextant.engines.values import Problem, round_half_up
from sextant.goals.contracts import GoalState, ProgressFrom

MOST_RATIO = Decimal("1.5")
"""As far beyond the promise as a measured goal counts."""


@dataclass(frozen=True, slots=True)
class ChildProgress:
    """A goal below: its weight, and how much of it was reached (None: nobody knows)."""

    weight: Decimal
    ratio: Decimal | None


def progress_of_children(children: Sequence[ChildProgress]) -> Decimal | None:
    """The mean of the children, weighted; equal parts where no child has a weight. Children without progress are left
    out, not counted as zero; None when nobody knows anything.

    >>> progress_of_children([ChildProgress(Decimal(60), Decimal("0.5")), ChildProgress(Decimal(40), Decimal(1))])
    Decimal('0.700000')
    >>> progress_of_children([ChildProgress(Decimal(0), Decimal("0.5")), ChildProgress(Decimal(0), None)])
    Decimal('0.500000')
    """
    known = [(one.weight, one.ratio) for one in children if one.ratio is not None]
    if not known:
        return None
    if all(weight == 0 for weight, _ in known):
        known = [(Decimal(1), ratio) for _, ratio in known]
    total = sum((Fraction(weight) for weight, _ in known), Fraction(0))
    return _six(sum((Fraction(weight) * Fraction(ratio) for weight, ratio in known), Fraction(0)) / total)


def progress_of_steps(steps: Sequence[tuple[Decimal, bool]]) -> Decimal | None:
    """Points done of all points, 0…1, of (points, is done); half a milestone counts nothing. None without points.

    >>> progress_of_steps([(Decimal(40), True), (Decimal(60), False)])
    Decimal('0.400000')
    """
    total = sum((Fraction(points) for points, _ in steps), Fraction(0))
    if total == 0:
        return None
    return _six(sum((Fraction(points) for points, is_done in steps if is_done), Fraction(0)) / total)


def decide_extra_applies(ratio: Decimal | None, *, state: GoalState) -> bool:
    """Whether a bonus, penalty or veto item counts: it runs or is over, and somebody has shown that it happened, whole.

    >>> decide_extra_applies(Decimal(1), state=GoalState.RUNNING), decide_extra_applies(None, state=GoalState.RUNNING)
    (True, False)
    """
    return state in {GoalState.RUNNING, GoalState.CLOSED} and ratio is not None and ratio >= 1


def decide_progress(*, ratio: Decimal, evidence: str, source: ProgressFrom) -> tuple[Problem, ...]:
    """What forbids keeping a progress that somebody states; () = nothing. Codes: plan.progress_measured,
    plan.progress_range, plan.progress_evidence.

    >>> decide_progress(ratio=Decimal("0.4"), evidence=" ", source=ProgressFrom.TYPED)[0].code
    'plan.progress_evidence'
    """
    problems = []
    if source is not ProgressFrom.TYPED:
        problems.append(Problem("plan.progress_measured", {"field": "ratio"}))
    if not 0 <= ratio <= MOST_RATIO:
        problems.append(Problem("plan.progress_range", {"field": "ratio", "value": ratio}))
    if not evidence.strip():
        problems.append(Problem("plan.progress_evidence", {"field": "evidence"}))
    return tuple(problems)


def _six(value: Fraction) -> Decimal:
    return round_half_up(Decimal(value.numerator) / Decimal(value.denominator), 6)
