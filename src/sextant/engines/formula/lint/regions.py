"""Sets of values of one expression: where it can still lie after the conditions on the way to a branch.

A region is a tuple of spans, in order and apart. A span runs from one cut to another; a cut lies just before or just
after a value, so "less than 5" ends at the cut before 5 and "at most 5" at the cut after it. Numbers, dates, texts
and booleans all have an order, which is all that is needed.
"""

from typing import Any, TypeAlias

Cut: TypeAlias = tuple[Any, ...]
Region: TypeAlias = tuple[tuple[Cut, Cut], ...]

_START: Cut = (-1,)
_END: Cut = (1,)

EVERYTHING: Region = ((_START, _END),)
NOTHING: Region = ()


def _before(value: Any) -> Cut:
    return (0, value, 0)


def _after(value: Any) -> Cut:
    return (0, value, 1)


def compared(sign: str, value: Any) -> Region:
    """Values that stand in this relation to `value`.

    >>> compared("<", 5) == meet(compared("<=", 5), compared("<>", 5))
    True
    """
    if sign == "=":
        return ((_before(value), _after(value)),)
    if sign == "<>":
        return ((_START, _before(value)), (_after(value), _END))
    if sign in ("<", "<="):
        return ((_START, _before(value) if sign == "<" else _after(value)),)
    return ((_after(value) if sign == ">" else _before(value), _END),)


def between(low: Any, high: Any) -> Region:
    """Values from `low` to `high`, both included; None is no bound."""
    start = _START if low is None else _before(low)
    end = _END if high is None else _after(high)
    return ((start, end),) if start < end else NOTHING


def meet(one: Region, other: Region) -> Region:
    """Values in both.

    >>> meet(compared("<", 5), compared(">=", 5))
    ()
    """
    spans = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return tuple((start, end) for start, end in spans if start < end)


def outside(region: Region) -> Region:
    """Values that are not in it.

    >>> outside(compared("<", 5)) == compared(">=", 5)
    True
    """
    starts = [_START, *(end for _, end in region)]
    ends = [*(start for start, _ in region), _END]
    return tuple((start, end) for start, end in zip(starts, ends, strict=True) if start < end)


def join(one: Region, other: Region) -> Region:
    """Values in either."""
    return outside(meet(outside(one), outside(other)))


def holds(region: Region, value: Any) -> bool:
    """Whether the value is in it."""
    return bool(meet(region, compared("=", value)))
