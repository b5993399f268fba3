"""Shares between floors and caps, and whole pieces that sum exactly. All in whole numbers: exact, and quick."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Claim:
    """A recipient as the arithmetic sees it: `score` is what the factors say on a common scale; `low` and `high` are
    whole pieces, `high` None without a cap."""

    key: str
    score: int
    low: int = 0
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """Exact shares of the claims, in pieces, all over one `denominator`."""

    numerators: tuple[int, ...]
    denominator: int

    def share(self, place: int) -> Fraction:
        """The exact share of the claim at `place`."""
        return Fraction(self.numerators[place], self.denominator)


def fill(pieces: int, claims: Sequence[Claim]) -> Filled:
    """The share of each claim, proportional to its score where no bound holds. The bounds must leave a split.

    There is one number λ for which every share is λ · score, or the bound that λ · score would break, and all sum to
    `pieces`; this finds it. Each round splits what is left over those still free. Where floors take more than caps
    give back, λ can only fall, so that who is below a floor stays there; and the other way round. The result does
    not depend on the order of the claims. Source: the rule that resolves flexible lengths in CSS, §9.7.

    >>> fill(10, [Claim("a", 1, low=4), Claim("b", 1), Claim("c", 2)])
    Filled(numerators=(12, 6, 12), denominator=3)
    >>> fill(10, [Claim("a", 1), Claim("b", 3, high=5)])
    Filled(numerators=(5, 5), denominator=1)
    """
    bound = {place: claim.low for place, claim in enumerate(claims) if not claim.score}
    free = [(place, claim) for place, claim in enumerate(claims) if claim.score]
    while True:
        left = pieces - sum(bound.values())
        whole = sum(claim.score for _place, claim in free) or 1
        below = {place: claim.low for place, claim in free if left * claim.score < claim.low * whole}
        above = {
            p: claim.high for p, claim in free if claim.high is not None and left * claim.score > claim.high * whole
        }
        if not below and not above:
            break
        excess = sum(low * whole - left * claims[place].score for place, low in below.items())
        excess -= sum(left * claims[place].score - high * whole for place, high in above.items())
        bound |= (below if excess >= 0 else {}) | (above if excess <= 0 else {})
        free = [(place, claim) for place, claim in free if place not in bound]
    shares = {place: left * claim.score for place, claim in free}
    return Filled(tuple(shares.get(place, bound.get(place, 0) * whole) for place in range(len(claims))), whole)


def round_to_sum(pieces: int, keys: Sequence[str], filled: Filled) -> list[int]:
    """Whole pieces that sum to `pieces`: each gets the whole part, the rest goes one by one to the largest fractions;
    of equal ones the smaller key comes first.

    Nobody moves by a piece or more, so that whole floors and caps still hold. A share that grows while the others
    shrink never loses a piece. Source: largest remainder (Hamilton, 1792).

    >>> round_to_sum(10, ["b", "a", "c"], Filled((10, 10, 10), 3))
    [3, 4, 3]
    """
    divided = [divmod(numerator, filled.denominator) for numerator in filled.numerators]
    whole = [part for part, _rest in divided]
    by_rest = sorted(range(len(divided)), key=lambda place: (-divided[place][1], keys[place]))
    for place in by_rest[: pieces - sum(whole)]:
        whole[place] += 1
    return whole
