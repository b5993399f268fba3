"""A split as people fill it in, and as the allocation engine reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sextant.engines.allocation import Factor, Order, Recipient
from sextant.engines.values import Problem, Severity

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


@dataclass(frozen=True, slots=True)
class Counted:
    """A split without those who cannot take part, and why they cannot: quota.left_out, one for each factor."""

    quota: Quota
    left_out: tuple[Problem, ...]


def without_missing(quota: Quota) -> Counted:
    """The split among those who have a value for every factor with weight, or a fixed share; the others are named with
    what they lack (`factor`, `keys`): a guess or a zero would be a target nobody set.

    >>> rows = (QuotaRow("u1", "上海", (Decimal(72),)), QuotaRow("u2", "苏北", (None,)))
    >>> counted = without_missing(Quota(Decimal(100), Decimal(1), (QuotaFactor("GDP", Decimal(100)),), rows))
    >>> [row.key for row in counted.quota.rows], counted.left_out[0].params["keys"]
    (['u1'], ('苏北',))
    """
    lacking = {
        factor.name: tuple(row.name for row in quota.rows if row.fixed is None and row.values[place] is None)
        for place, factor in enumerate(quota.factors)
        if factor.weight > 0
    }
    weighty = [place for place, factor in enumerate(quota.factors) if factor.weight > 0]
    rows = tuple(
        row for row in quota.rows if row.fixed is not None or all(row.values[place] is not None for place in weighty)
    )
    told = tuple(
        Problem("quota.left_out", {"factor": name, "keys": keys, "n": len(keys)}, Severity.WARNING)
        for name, keys in lacking.items()
        if keys
    )
    return Counted(replace(quota, rows=rows), told)


def with_values(
    quota: Quota, factors: Sequence[str], values: Mapping[str, Mapping[str, Decimal]], *, most: int
) -> Quota:
    """The split with values from elsewhere, by key and factor. A factor it does not have is added without weight, up to
    `most` in all; where nothing is said the value stays."""
    had = [factor.name for factor in quota.factors]
    added = [name for name in dict.fromkeys(factors) if name not in had][: max(most - len(had), 0)]
    names = [*had, *added]
    rows = tuple(
        replace(
            row,
            values=tuple(
                values.get(row.key, {}).get(name, row.values[place] if place < len(row.values) else None)
                for place, name in enumerate(names)
            ),
        )
        for row in quota.rows
    )
    more = tuple(QuotaFactor(name, Decimal(0)) for name in added)
    return replace(quota, factors=(*quota.factors, *more), rows=rows)


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
