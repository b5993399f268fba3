"""A histogram of people's values: round edges, few enough bins to read. The page and its CSV show the same bins."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

MOST_BINS = 12
SMALLEST_GROUP = 5
"""People whom the reader may not see by name enter a histogram only when they are at least so many."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Values from `low` up to, and without, `high`; the last bin holds its upper edge too."""

    low: Decimal
    high: Decimal
    count: int


def make_bins(values: Iterable[Decimal]) -> tuple[Bin, ...]:
    """Bins of equal, round width over `values`, empty ones between them included; () without values.

    >>> [(str(one.low), str(one.high), one.count) for one in make_bins(map(Decimal, ("0", "4", "5", "20")))]
    [('0', '2', 1), ('2', '4', 0), ('4', '6', 2), ('6', '8', 0), ('8', '10', 0), ('10', '12', 0), ('12', '14', 0), \
('14', '16', 0), ('16', '18', 0), ('18', '20', 1)]
    """
    found = sorted(values)
    if not found:
        return ()
    width = _width(found[-1] - found[0])
    low = (found[0] / width).to_integral_value(ROUND_FLOOR) * width
    number = max(int(-((low - found[-1]) // width)), 1)
    counts = [0] * number
    for value in found:
        counts[min(int((value - low) // width), number - 1)] += 1
    return tuple(
        Bin(_plain(low + width * place), _plain(low + width * (place + 1)), count) for place, count in enumerate(counts)
    )


def place_of(value: Decimal, bins: tuple[Bin, ...]) -> int:
    """The index of the bin that holds `value`."""
    width = bins[0].high - bins[0].low
    return min(int((value - bins[0].low) // width), len(bins) - 1)


def _width(span: Decimal) -> Decimal:
    """The smallest of 1, 2, 5 times a power of ten that cuts `span` into few enough bins.

    >>> str(_width(Decimal("11.9"))), str(_width(Decimal("11")))
    ('2.0', '1.0')
    """
    if span == 0:
        return Decimal(1)
    size = Decimal(10) ** ((span / MOST_BINS).adjusted())
    return next(size * step for step in (1, 2, 5, 10, 20) if size * step * (MOST_BINS - 1) >= span)


def _plain(value: Decimal) -> Decimal:
    return Decimal(f"{value.normalize():f}")


def median_of(values: Iterable[Decimal]) -> Decimal | None:
    """The middle value, or the mean of the two in the middle; None without values.

    >>> median_of(map(Decimal, (3, 1, 2))), median_of(map(Decimal, (1, 2)))
    (Decimal('2'), Decimal('1.5'))
    """
    found = sorted(values)
    if not found:
        return None
    half = len(found) // 2
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2
