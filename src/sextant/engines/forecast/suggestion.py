"""The answer: a base target, its interval, and how well the method has done so far."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Method(StrEnum):
    """What the base was taken from, simplest first. A later one is used only where it was clearly better before."""

    MEAN = "mean"
    LAST = "last"
    RECENT = "recent"
    SMOOTH = "smooth"
    TREND = "trend"
    SEASON = "season"
    PEERS = "peers"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`base` is the suggested target. Between `low` and `high` the outcome falls in `coverage` of the cases, as far as
    the past tells; both None where there were too few periods to tell.

    `error` is the method's mean absolute error over `tests` past periods it had not seen, `error_of_last` that of "the
    same as last time" over the same periods; both None where nothing could be tested. `known` counts measured steps.
    """

    base: Decimal
    low: Decimal | None
    high: Decimal | None
    coverage: Decimal
    method: Method
    known: int
    tests: int
    error: Decimal | None
    error_of_last: Decimal | None
