"""A finished split, with what each share is made of."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Bound(StrEnum):
    """What decided a share instead of its factors."""

    FLOOR = "floor"
    CAP = "cap"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class FactorPart:
    """One factor's say in a share: the recipient's `value`, its `portion` of all values (0…1), and `points`, the
    portion times the factor's share of the weights; the points of a recipient add up to `Share.portion`."""

    factor: str
    value: Decimal
    portion: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """One recipient's share.

    `amount` is the share. `flat` is what an even split of the same total would give, for comparison. `portion` (0…1)
    is what the factors say, `proportional` that portion of what is not fixed, before floors and caps; `exact` the share
    after them and before rounding. `bound` names the bound that decided, None where the factors did. A fixed share has
    no parts. Ratios and amounts before rounding are shown at six places.
    """

    key: str
    amount: Decimal
    flat: Decimal
    portion: Decimal
    proportional: Decimal
    exact: Decimal
    bound: Bound | None
    parts: tuple[FactorPart, ...]


@dataclass(frozen=True, slots=True)
class Allocation:
    """The shares in the order of the recipients. Their amounts sum to `total`, and so do their flat amounts."""

    total: Decimal
    unit: Decimal
    shares: tuple[Share, ...]
