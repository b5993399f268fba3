"""What a replay answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a case: `value` as the engines computed it, `source` as the source tells it ("" where it tells
    none), both in `unit`."""

    name: str
    value: Decimal | None
    unit: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """A case as it was replayed. `pages` are where it can be looked at: what is seen there → path."""

    case: str
    title: str
    people: int
    figures: tuple[Figure, ...]
    pages: Mapping[str, str]
