"""Splitting a total: check, score, fill between bounds, round to whole pieces, explain."""

from sextant.engines.allocation.bounds import claim_of, find_infeasible, in_pieces
from sextant.engines.allocation.checking import check_order
from sextant.engines.allocation.codes import Code, problem
from sextant.engines.allocation.explaining import Dealt, trace_of
from sextant.engines.allocation.filling import Filled, fill, round_to_sum
from sextant.engines.allocation.order import Order
from sextant.engines.allocation.result import Allocation
from sextant.engines.allocation.scores import score_order
from sextant.engines.values import Outcome


def allocate(order: Order) -> Outcome[Allocation]:
    """Shares of `order.total` in whole units that sum to it exactly, keep every bound, and say why they are what they
    are; the same for any order of the recipients.

    A recipient's portion is Σ weight / Σ weights × value / Σ values over the factors. Fixed shares leave the total
    first; what is left is split by portion among the others, between their floors and caps: whoever meets a bound
    takes it, and the rest is split anew. Bounds that are no whole units are drawn inwards. A factor that is zero for
    everybody is left out with the warning `allocation.factor_zero`. All codes: `codes.Code`. Source: requirement G4.

    >>> from decimal import Decimal
    >>> from sextant.engines.allocation import Factor, Recipient
    >>> people = (
    ...     Recipient("Suzhou", {"customers": Decimal(60)}),
    ...     Recipient("Wuxi", {"customers": Decimal(30)}, floor=Decimal(35)),
    ...     Recipient("Nantong", {"customers": Decimal(10)}),
    ... )
    >>> split = allocate(Order(Decimal(100), people, (Factor("customers"),))).value
    >>> [(share.key, int(share.amount), int(share.flat), share.bound) for share in split.shares]
    [('Suzhou', 56, 33, None), ('Wuxi', 35, 33, <Bound.FLOOR: 'floor'>), ('Nantong', 9, 34, None)]
    """
    if refused := check_order(order):
        return Outcome(None, refused)
    scores, warnings = score_order(order)
    free = [who for who in order.recipients if who.fixed is None]
    if free and not scores.factors:
        return Outcome(None, tuple(problem(Code.FACTOR_ZERO, factor=factor.key) for factor in order.factors))
    pieces = in_pieces(order.total, order.unit)
    fixed = sum(in_pieces(who.fixed, order.unit) for who in order.recipients if who.fixed is not None)
    claims = [claim_of(who, score=scores.of[who.key], unit=order.unit) for who in free]
    if infeasible := find_infeasible(order, claims, left=pieces - fixed, fixed=fixed):
        return Outcome(None, (*warnings, infeasible))
    filled = fill(pieces - fixed, claims)
    whole = round_to_sum(pieces - fixed, [claim.key for claim in claims], filled)
    shares = Dealt(order, scores, pieces - fixed, claims, filled, whole, _flat(order, pieces)).shares()
    return Outcome(Allocation(order.total, order.unit, shares), warnings, trace_of(order, scores, shares))


def _flat(order: Order, pieces: int) -> dict[str, int]:
    """The even split nobody argued for: everybody the same, whatever factors, bounds and fixed shares say."""
    keys = [who.key for who in order.recipients]
    even = Filled((pieces,) * len(keys), len(keys))
    return dict(zip(keys, round_to_sum(pieces, keys, even), strict=True))
