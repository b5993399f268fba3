"""Progress p against a target and what was expected by a day: one branch per row of the table in the law."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.exact import exactly, six_places
from sextant.engines.evaluation.spec import GoalSpec
from sextant.engines.schedule import Elapsed


@dataclass(frozen=True, slots=True)
class Course:
    """A sound goal, its table row, and a moment of its period: enough to place any value."""

    goal: GoalSpec
    case: Case
    elapsed: Elapsed

    @property
    def expected_share(self) -> Fraction:
        """Progress expected by now: E for goals that grow with time, else 1."""
        return self.elapsed.share if self.case.follows_time else Fraction(1)

    @property
    def expected_value(self) -> Decimal | None:
        """The expectation in the metric's own unit; None for a range, which has no single one.

        A budget's is what may have been used by now, B·E; a level's is the base itself.
        """
        if self.case is Case.RANGE:
            return None
        base, share = _known(self.goal.base), self.elapsed.share
        if self.case is Case.TRAVEL:
            start = _known(self.goal.start)
            return six_places(start + (base - start) * share)
        return six_places(base * share if self.case in {Case.GROW, Case.BUDGET} else base)

    def progress(self, value: Decimal, *, target: Decimal | None, best: Decimal) -> Fraction:
        """p of `value` against `target` (base or stretch), neither floored nor capped.

        `best` stands for "beyond measure": a value of zero or less on the `ratio` curve. A range ignores `target`.
        """
        at = exactly(value)
        match self.case:
            case Case.RANGE:
                return self._range_progress(at)
            case Case.NOT_BELOW:
                return Fraction(at >= 0)
            case Case.NOT_ABOVE:
                return Fraction(at <= 0)
            case Case.TRAVEL:
                start = _known(self.goal.start)
                return (at - start) / (_known(target) - start)
            case Case.GROW | Case.LEVEL:
                return at / _known(target)
            case Case.FALL:
                return 2 - at / _known(target)
            case Case.INVERSE:
                return _known(target) / at if at > 0 else exactly(best)
            case Case.BUDGET:
                share = self.elapsed.share
                return 2 - at / (_known(target) * share) if share else Fraction(1)

    def rung(self, value: Decimal, *, stretch: Decimal) -> Fraction:
        """q = (V − B) / (S − B), how far beyond the base on the way to the stretch (curve `ladder`).

        A budget compares what may have been used by now, as its progress does: B·E and S·E stand for B and S, and q
        is 1 while nothing was expected yet.
        """
        base, far = _known(self.goal.base), exactly(stretch)
        if self.case is Case.BUDGET:
            if not self.elapsed.share:
                return Fraction(1)
            base, far = base * self.elapsed.share, far * self.elapsed.share
        return (exactly(value) - base) / (far - base)

    def _range_progress(self, at: Fraction) -> Fraction:
        low, high = _known(self.goal.range_low), _known(self.goal.range_high)
        distance = max(low - at, at - high, Fraction(0))
        tolerance = exactly(self.goal.tolerance or Decimal(0))
        if distance == 0:
            return Fraction(1)
        return 1 - distance / tolerance if tolerance else Fraction(0)


def clamp(share: Fraction, cap: Decimal) -> Fraction:
    """`share` floored at 0 and capped."""
    return min(max(share, Fraction(0)), exactly(cap))


def _known(amount: Decimal | None) -> Fraction:
    # check_goal has refused goals without the amounts their case needs
    assert amount is not None
    return exactly(amount)
