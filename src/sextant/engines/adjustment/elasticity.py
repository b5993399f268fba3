"""弹性额度: how far a goal may move in a quarter without asking somebody who is neither side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.adjustment.target import Target
from sextant.engines.values import ratio


@dataclass(frozen=True, slots=True)
class Budget:
    """The elasticity of a goal in one quarter, all three as shares of what was first signed: how much there is, how
    much agreed changes took, and what the change in question would take.

    >>> Budget(Decimal("0.15"), Decimal("0.1"), Decimal("0.05")).is_exceeded
    False
    >>> Budget(Decimal("0.15"), Decimal("0.1"), Decimal("0.050001")).is_exceeded
    True
    """

    limit: Decimal
    used: Decimal
    use: Decimal

    @property
    def total(self) -> Decimal:
        """What would be used with the change."""
        return self.used + self.use

    @property
    def left(self) -> Decimal:
        """What may still be used before the change; not below 0."""
        return max(self.limit - self.used, Decimal(0))

    @property
    def is_exceeded(self) -> bool:
        """Whether the change asks for more than is left. Exactly all of it is allowed."""
        return self.total > self.limit


def use_of(before: Target, after: Target, *, signed: Target) -> Decimal:
    """The share of the elasticity that going from `before` to `after` takes; 0 for no change.

    Measured against what was `signed` at the beginning of the cycle, so that ten small steps cost what one large step
    costs, and without sign: down 10 % and up 10 % take 20 %. Of several numbers that move, the one that moves furthest
    counts: the base by the signed base (a base of 0 by its way from the start), the stretch by the signed stretch, the
    ends of a range by the signed width, the tolerance by the signed one, the end of the goal by its signed days. A
    number that was not there and appears, or goes, takes everything (1). Over a quarter the shares of agreed changes
    add up. Source: requirement G8.

    Signed 1,000 / 1,200; first 1,000 → 950, then 950 → 920 with the stretch to 1,140: 5 % and then 5 %, not 3 %,
    because the stretch moved 60 of 1,200.

    >>> from datetime import date
    >>> from dataclasses import replace
    >>> signed = Target(date(2026, 10, 1), date(2027, 1, 1), Decimal(1000), Decimal(1200))
    >>> once = replace(signed, base=Decimal(950))
    >>> twice = replace(once, base=Decimal(920), stretch=Decimal(1140))
    >>> use_of(signed, once, signed=signed), use_of(once, twice, signed=signed)
    (Decimal('0.050000'), Decimal('0.050000'))
    """
    return max(_shares(before, after, signed), default=Decimal(0))


def used_of_plan(goals: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """How much of its elasticity a plan has used, from (weight, share used) of its goals: the mean by weight; without
    any weight the plain mean, 0 without goals.

    60 % of the plan moved by 10 %, 40 % by nothing:

    >>> used_of_plan([(Decimal(60), Decimal("0.1")), (Decimal(40), Decimal(0))])
    Decimal('0.060000')
    """
    told = list(goals)
    if not sum((weight for weight, _ in told), Decimal(0)):
        told = [(Decimal(1), used) for _, used in told]
    whole = sum((weight for weight, _ in told), Decimal(0))
    return ratio(sum((weight * used for weight, used in told), Decimal(0)), whole) or Decimal("0.000000")


def _shares(before: Target, after: Target, signed: Target) -> Iterator[Decimal]:
    width = None
    if signed.range_low is not None and signed.range_high is not None:
        width = signed.range_high - signed.range_low
    measures = {
        "base": signed.base or _way(signed),
        "stretch": signed.stretch,
        "range_low": width,
        "range_high": width,
        "tolerance": signed.tolerance,
        "start": _way(signed),
    }
    for name, measure in measures.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield _share(old, new, measure)
    if before.until_on != after.until_on:
        days = Decimal((signed.until_on - signed.from_on).days)
        yield _share(Decimal(0), Decimal((after.until_on - before.until_on).days), days)


def _share(old: Decimal | None, new: Decimal | None, measure: Decimal | None) -> Decimal:
    if old is None or new is None or not measure:
        return Decimal("1.000000")
    return ratio(abs(new - old), abs(measure)) or Decimal("0.000000")


def _way(target: Target) -> Decimal | None:
    return None if target.base is None or target.start is None else target.base - target.start
