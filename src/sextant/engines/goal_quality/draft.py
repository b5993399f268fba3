"""A goal as the check reads it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sextant.engines.evaluation import Direction


class Shape(StrEnum):
    """What makes a goal of a kind decidable: a number, something handed over, the results below it, or a standard by
    which somebody says yes or no."""

    MEASURED = "measured"
    DELIVERED = "delivered"
    DIRECTION = "direction"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known about what can be reached: the owner's `own` best over a period as long, the `best` of everyone,
    how many `peers` that looked at, and a `limit` beyond which nothing can be measured. None = unknown."""

    own: Decimal | None = None
    best: Decimal | None = None
    peers: int = 0
    limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A goal. "" and None mean: not filled in.

    `metric` and `unit` are names as people read them. `due_on` is the day it is to be done by, `last_on` the last day
    of its period. `results` counts the key results below an objective, `steps` the dated milestones or actions inside a
    goal. `weight` is per cent of the plan.
    """

    key: int
    shape: Shape
    title: str
    description: str = ""
    owner: str = ""
    metric: str = ""
    unit: str = ""
    direction: Direction = Direction.HIGHER
    base: Decimal | None = None
    start: Decimal | None = None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    deliverable: str = ""
    due_on: date | None = None
    last_on: date | None = None
    results: int = 0
    steps: int = 0
    weight: Decimal = Decimal(0)
    reach: Reach | None = None

    @property
    def has_target(self) -> bool:
        """Whether a number was agreed in the fields for it."""
        return self.base is not None or (self.range_low is not None and self.range_high is not None)

    @property
    def text(self) -> str:
        """Everything written in words."""
        return f"{self.title}\n{self.description}"
