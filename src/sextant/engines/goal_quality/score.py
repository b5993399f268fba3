"""How good a goal is written, as a number: what is missing is taken off, nothing is ever added."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sextant.engines.goal_quality.codes import Code
from sextant.engines.values import Problem, round_half_up

FULL = Decimal(100)
PLACES = 1

DEDUCTIONS: Mapping[Code, int] = {
    Code.NO_MEASURE: 30,
    Code.NO_RESULTS: 30,
    Code.NO_STANDARD: 30,
    Code.NO_NUMBER: 25,
    Code.NO_DELIVERABLE: 25,
    Code.NO_OWNER: 20,
    Code.DUPLICATE_METRIC: 20,
    Code.DUPLICATE_TITLE: 20,
    Code.BEYOND_LIMIT: 20,
    Code.NO_DATE: 15,
    Code.VAGUE_VERB: 15,
    Code.NO_UNIT: 10,
    Code.NEVER_REACHED: 10,
}
"""Points a finding takes off, once however often it is met. The heaviest are those without which nobody can say in the
end whether the goal was reached. Source: requirement G9; the figures are ours (decision 0120)."""


def score_goal(findings: Iterable[Problem]) -> Decimal:
    """100 less the deductions, never below 0.

    >>> from sextant.engines.goal_quality.codes import finding
    >>> score_goal([finding(Code.NO_MEASURE, field="metric"), finding(Code.VAGUE_VERB, field="title", word="提升")])
    Decimal('55')
    """
    return max(FULL - sum(DEDUCTIONS[code] for code in {Code(one.code) for one in findings}), Decimal(0))


def score_plan(scores: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The mean of (score, weight) pairs at one place; where no goal has a weight all count the same. None without any.

    >>> score_plan([(Decimal(100), Decimal(60)), (Decimal(55), Decimal(40))])
    Decimal('82.0')
    """
    if not scores:
        return None
    total = sum((weight for _, weight in scores), Decimal(0))
    if total == 0:
        return round_half_up(sum((score for score, _ in scores), Decimal(0)) / len(scores), PLACES)
    return round_half_up(sum((score * weight for score, weight in scores), Decimal(0)) / total, PLACES)


def score_unit(plans: Iterable[Decimal | None]) -> Decimal | None:
    """The plain mean of the scores of a unit's plans at one place, so that everybody counts once however many goals
    they have. Plans without goals have no score and are left out; None where none has one.

    >>> score_unit([Decimal("82.0"), None, Decimal("91.5")])
    Decimal('86.8')
    """
    known = [score for score in plans if score is not None]
    return round_half_up(sum(known, Decimal(0)) / len(known), PLACES) if known else None
