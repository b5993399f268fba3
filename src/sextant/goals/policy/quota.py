"""A split as people fill it in, and as the allocation engine reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sextant.engines.allocation import Factor, Order, Recipient
from sextant.engines.values import Problem

FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class QuotaFactor:
    """A factor: its name, per cent of the say it has, and whether more of it means a smaller share (反向)."""

    name: str
    weight: Decimal
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """Somebody who takes a share. `key` is the owner, u12 or p34; `values` run along the factors, None = missing."""

    key: str
    name: str
    values: tuple[Decimal | None, ...]
    floor: Decimal | None = None
    cap: Decimal | None = None
    fixed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """A whole split. `unit` is the smallest piece."""

    total: Decimal
    unit: Decimal
    factors: Sequence[QuotaFactor]
    rows: Sequence[QuotaRow] = field(default_factory=tuple)

    @property
    def weight_sum(self) -> Decimal:
        """What the weights come to; 100 when the split may be sent."""
        return sum((factor.weight for factor in self.factors), Decimal(0))


def order_of(quota: Quota) -> Order:
    """The order for the engine. Recipients are called by their names, so that its problems name them; factors without
    weight have no say and need no values.

    A reversed value is largest + smallest − value: the order turns round, the spread stays.

    >>> rows = (QuotaRow("u1", "上海", (Decimal(72),)), QuotaRow("u2", "苏北", (Decimal(38),)))
    >>> order = order_of(Quota(Decimal(100), Decimal(1), (QuotaFactor("竞品覆盖", Decimal(100), True),), rows))
    >>> [int(one.factors["竞品覆盖"]) for one in order.recipients]
    [38, 72]
    """
    weighty = [(place, factor) for place, factor in enumerate(quota.factors) if factor.weight > 0]
    turned = {place: _turning_point(quota.rows, place) for place, factor in weighty if factor.is_reversed}
    recipients = tuple(
        Recipient(row.name, _values(row, weighty, turned), row.floor, row.cap, row.fixed) for row in quota.rows
    )
    return Order(quota.total, recipients, tuple(Factor(one.name, one.weight) for _, one in weighty), quota.unit)


def decide_sending(quota: Quota) -> tuple[Problem, ...]:
    """What forbids to send a split, beside what the engine refuses: quota.weights_not_full (`total`).

    >>> half = Quota(Decimal(1), Decimal(1), (QuotaFactor("GDP", Decimal(50)),))
    >>> decide_sending(half)[0].params["total"]
    Decimal('50')
    """
    if quota.weight_sum == FULL:
        return ()
    return (Problem("quota.weights_not_full", {"total": quota.weight_sum}),)


def _values(
    row: QuotaRow, weighty: Sequence[tuple[int, QuotaFactor]], turned: Mapping[int, Decimal]
) -> dict[str, Decimal]:
    values = {}
    for place, factor in weighty:
        value = row.values[place]
        if value is not None:
            values[factor.name] = turned[place] - value if place in turned else value
    return values


def _turning_point(rows: Sequence[QuotaRow], place: int) -> Decimal:
    known = [value for row in rows if (value := row.values[place]) is not None]
    return max(known) + min(known) if known else Decimal(0)
