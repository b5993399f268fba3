"""What is asked of the allocation: a total, who shares it, and by what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Factor:
    """Something shares follow: customers, sales of last year, headcount. `weight` is its importance beside the other
    factors, on any scale (60 and 40 say the same as 3 and 2)."""

    key: str
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who takes a share.

    `factors` holds a value for each factor of the order, zero or more; an absent one is an error, because missing is
    not zero. `floor` and `cap` bound the share, None leaves that side open. `fixed` is a share settled beforehand: it
    leaves the total first, and its owner's factors then count for nothing (and may be absent).
    """

    key: str
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    floor: Decimal | None = None
    cap: Decimal | None = None
    fixed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A split to be made. `unit` is the smallest piece there is: 1 for whole visits, 0.1 for tenths of 万元."""

    total: Decimal
    recipients: tuple[Recipient, ...]
    factors: tuple[Factor, ...]
    unit: Decimal = Decimal(1)
