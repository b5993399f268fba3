"""拆开看: which part of a goal's figures lags, by what the source system says about each measurement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class Split:
    """The figures of a goal by one dimension: (what it is, its sum), the largest first; `rest` is the sum of what came
    without it or is too small to list."""

    dimension: str
    parts: tuple[tuple[str, Decimal], ...]
    rest: Decimal

    @property
    def total(self) -> Decimal:
        """Everything."""
        return sum((value for _, value in self.parts), self.rest)


def split_by_dimension(rows: Iterable[tuple[Decimal, Mapping[str, str]]]) -> Split | None:
    """Figures with what is known of each, put together by the dimension that tells most of them apart; None where none
    has at least two values.

    >>> rows = [(Decimal(3), {"客户": "老"}), (Decimal(1), {"客户": "新"}), (Decimal(2), {})]
    >>> found = split_by_dimension(rows)
    >>> found.dimension, found.parts, found.rest
    ('客户', (('老', Decimal('3')), ('新', Decimal('1'))), Decimal('2'))
    """
    sums: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    known: defaultdict[str, int] = defaultdict(int)
    total = Decimal(0)
    for value, dimensions in rows:
        total += value
        for name, text in dimensions.items():
            sums[name][text] += value
            known[name] += 1
    # one value says nothing, and as many values as rows are names of records, no kinds
    telling = [name for name, parts in sums.items() if 2 <= len(parts) <= max(known[name] // 2, 2)]
    if not telling:
        return None
    best = max(telling, key=lambda name: (known[name], -len(sums[name]), name))
    parts = sorted(sums[best].items(), key=lambda one: (-one[1], one[0]))[:MOST_PARTS]
    return Split(best, tuple(parts), total - sum((value for _, value in parts), Decimal(0)))
