"""Telling a finished split: what each share is made of, and how the whole came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sextant.engines.allocation.filling import Claim, Filled
from sextant.engines.allocation.order import Factor, Order, Recipient
from sextant.engines.allocation.result import Bound, FactorPart, Share
from sextant.engines.allocation.scores import WIDE, Scores, add_up
from sextant.engines.values import Step

_ZERO = Decimal("0.000000")


@dataclass(frozen=True, slots=True)
class Dealt:
    """Everything known once the pieces are dealt. `left` is what was not fixed; `claims`, `filled` and `whole` run in
    parallel over those who share it; `flat` is the even split, by key."""

    order: Order
    scores: Scores
    left: int
    claims: Sequence[Claim]
    filled: Filled
    whole: Sequence[int]
    flat: Mapping[str, int]

    def shares(self) -> tuple[Share, ...]:
        """A share a recipient, in the recipients' order."""
        weights = add_up(factor.weight for factor in self.scores.factors)
        exact = map(self.filled.share, range(len(self.claims)))
        dealt = iter(zip(self.claims, exact, self.whole, strict=True))
        return tuple(
            self._free(who, *next(dealt), weights) if who.fixed is None else self._fixed(who, who.fixed)
            for who in self.order.recipients
        )

    def _fixed(self, who: Recipient, amount: Decimal) -> Share:
        flat = self.order.unit * self.flat[who.key]
        return Share(who.key, amount, flat, _ZERO, _ZERO, _six(Fraction(amount)), Bound.FIXED, ())

    def _free(self, who: Recipient, claim: Claim, exact: Fraction, whole: int, weights: Decimal) -> Share:
        unit = Fraction(self.order.unit)
        portion = Fraction(claim.score, self.scores.whole)
        return Share(
            key=who.key,
            amount=self.order.unit * whole,
            flat=self.order.unit * self.flat[who.key],
            portion=_six(portion),
            proportional=_six(portion * self.left * unit),
            exact=_six(exact * unit),
            bound=_bound(claim, exact, by_factors=portion * self.left),
            parts=tuple(self._part(who, factor, weights) for factor in self.scores.factors),
        )

    def _part(self, who: Recipient, factor: Factor, weights: Decimal) -> FactorPart:
        value = who.factors[factor.key]
        portion = WIDE.divide(value, self.scores.sums[factor.key])
        points = WIDE.divide(WIDE.multiply(portion, factor.weight), weights)
        return FactorPart(factor.key, value, _places(portion), _places(points))


def trace_of(order: Order, scores: Scores, shares: Sequence[Share]) -> tuple[Step, ...]:
    """The split as a few steps, whatever the number of recipients: their own reasons are in the shares."""
    steps = [Step("allocation.total", {"unit": order.unit, "recipients": len(shares)}, order.total)]
    weights = add_up(factor.weight for factor in scores.factors)
    for factor in scores.factors:
        params = {"factor": factor.key, "weight": factor.weight, "sum": scores.sums[factor.key]}
        steps.append(Step("allocation.factor", params, _places(WIDE.divide(factor.weight, weights))))
    for bound, code in _BOUND_STEPS.items():
        held = [share.amount for share in shares if share.bound is bound]
        if held:
            steps.append(Step(code, {"recipients": len(held)}, add_up(held)))
    rounded = sum(share.amount != share.exact for share in shares)
    steps.append(Step("allocation.rounding", {"unit": order.unit, "recipients": rounded}, order.total))
    return tuple(steps)


_BOUND_STEPS = {Bound.FIXED: "allocation.fixed", Bound.FLOOR: "allocation.floors", Bound.CAP: "allocation.caps"}


def _bound(claim: Claim, exact: Fraction, *, by_factors: Fraction) -> Bound | None:
    """The bound a share stands at, unless the factors alone would have put it there."""
    if exact == by_factors:
        return None
    if claim.low and exact == claim.low:
        return Bound.FLOOR
    return Bound.CAP if claim.high is not None and exact == claim.high else None


def _six(exact: Fraction) -> Decimal:
    return _places(WIDE.divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def _places(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"), context=WIDE)
