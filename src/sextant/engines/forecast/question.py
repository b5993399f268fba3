"""What a suggestion is made from."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sextant.engines.evaluation import Direction


class Combine(StrEnum):
    """How the steps of a period make its value: amounts add up, levels are averaged, states count at the end."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class History:
    """One number a step (a week, a month, a quarter), oldest first, without a step left out: None is a step nobody
    measured, which is not zero. `season` is the number of steps after which the year repeats; None where no season is
    to be looked for."""

    values: tuple[Decimal | None, ...]
    season: int | None = None


@dataclass(frozen=True, slots=True)
class Peers:
    """What colleagues reached over a period of the length asked for: their `mean` and how many they are."""

    mean: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Question:
    """The target wanted: over the `horizon` steps that follow the history.

    `length` is the period's length over the steps' (a quarter of 92 days asked as 13 weeks is 92/91): sums are
    multiplied by it. `growth` is the industry's growth over the period as HR states it (0.03 = 3 %), `limit` the best
    value that can be had at all; None where nobody said. `coverage` is the share of cases in which the interval is to
    hold the outcome. `decimals` is how the answer is rounded.
    """

    horizon: int = 1
    combine: Combine = Combine.SUM
    decimals: int = 0
    coverage: Decimal = Decimal("0.8")
    direction: Direction = Direction.HIGHER
    length: Decimal = Decimal(1)
    peers: Peers | None = None
    growth: Decimal | None = None
    limit: Decimal | None = None

    def __post_init__(self) -> None:
        if self.horizon < 1:
            raise ValueError(f"a target over {self.horizon} steps")
        if not 0 < self.coverage < 1:
            raise ValueError(f"an interval that holds {self.coverage} of the outcomes")
