"""Floors and caps in whole pieces, and whether they leave a split at all."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from sextant.engines.allocation.codes import Code, problem
from sextant.engines.allocation.filling import Claim
from sextant.engines.allocation.order import Order, Recipient
from sextant.engines.values import Problem

_NAMED = 5


def in_pieces(amount: Decimal, unit: Decimal) -> int:
    """How many whole units `amount` holds."""
    return int(Fraction(amount) // Fraction(unit))


def claim_of(who: Recipient, *, score: int, unit: Decimal) -> Claim:
    """The recipient's claim. Bounds are drawn inwards to whole pieces: with unit 1 a floor of 2.5 is three pieces, a
    cap of 2.5 is two."""
    low = -in_pieces(-who.floor, unit) if who.floor else 0
    return Claim(who.key, score, low, None if who.cap is None else in_pieces(who.cap, unit))


def find_infeasible(order: Order, claims: Sequence[Claim], *, left: int, fixed: int) -> Problem | None:
    """Why the bounds leave no split of the `left` pieces beside the `fixed` ones, with the numbers and those whose
    bounds weigh most; None when there is a split.

    Who has no score gets the floor and no more: room beyond that is nobody's reason.
    """
    unit = order.unit
    for claim in claims:
        if claim.high is not None and claim.low > claim.high:
            return problem(Code.FLOOR_ABOVE_CAP, key=claim.key, floor=claim.low * unit, cap=claim.high * unit)
    if left < 0:
        return problem(Code.FIXED_ABOVE_TOTAL, total=order.total, fixed=fixed * unit, missing=-left * unit)
    if not claims:
        over = problem(Code.FIXED_BELOW_TOTAL, total=order.total, fixed=fixed * unit, left=left * unit)
        return over if left else None
    return _too_high(order, claims, left=left, fixed=fixed) or _too_low(order, claims, left=left, fixed=fixed)


def _too_high(order: Order, claims: Sequence[Claim], *, left: int, fixed: int) -> Problem | None:
    floors = {claim.key: claim.low for claim in claims}
    missing = sum(floors.values()) - left
    if missing <= 0:
        return None
    return problem(
        Code.FLOORS_ABOVE_TOTAL,
        total=order.total,
        fixed=order.unit * fixed,
        floors=order.unit * (left + missing),
        missing=order.unit * missing,
        keys=_largest(floors),
    )


def _too_low(order: Order, claims: Sequence[Claim], *, left: int, fixed: int) -> Problem | None:
    room = {claim.key: claim.high if claim.score else claim.low for claim in claims}
    caps = {key: high for key, high in room.items() if high is not None}
    rest = left - sum(caps.values())
    if len(caps) < len(room) or rest <= 0:
        return None
    return problem(
        Code.CAPS_BELOW_TOTAL,
        total=order.total,
        fixed=order.unit * fixed,
        caps=order.unit * (left - rest),
        left=order.unit * rest,
        keys=_largest(caps),
    )


def _largest(pieces: Mapping[str, int]) -> tuple[str, ...]:
    bound = (key for key, count in pieces.items() if count)
    return tuple(sorted(bound, key=lambda key: (-pieces[key], key))[:_NAMED])
