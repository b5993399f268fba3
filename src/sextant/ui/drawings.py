"""Small drawings made on the server as SVG paths: they need no script and cost a few hundred bytes."""

from collections.abc import Sequence
from decimal import Decimal

EDGE = 2
"""Room for the line's own width."""


def draw_spark(values: Sequence[Decimal | None], *, width: int, height: int) -> str:
    """The `d` of a line through `values` in a box of width × height, first left, last right; None is a hole.

    A value with holes on both sides becomes a dot (a line of no length; round caps show it). "" without values.

    >>> draw_spark([Decimal(0), Decimal(10), None, Decimal(5)], width=34, height=14)
    'M2 12L12 2M32 7L32 7'
    """
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    step = Decimal(width - 2 * EDGE) / max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        part = (value - low) / (high - low) if high > low else Decimal("0.5")
        x, y = EDGE + step * index, EDGE + (1 - part) * (height - 2 * EDGE)
        runs[-1].append(f"{_short(x)} {_short(y)}")
    return "".join(f"M{run[0]}L{'L'.join(run[1:] or run)}" for run in runs if run)


def _short(number: Decimal) -> str:
    return f"{number:.1f}".removesuffix(".0")
