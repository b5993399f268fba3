"""A number line: amounts on one scale, as drawings have them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sextant.ui.formats import write_number

EDGE = 12
"""What stays free at both ends, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value on the number line: `kind` decides its shape, `x` is where it stands; `row` 1 has its name one line
    higher, where another name would be in the way, and `anchor` keeps it inside the drawing."""

    kind: str
    name: str
    value: str
    x: str
    note: str = ""
    row: int = 0
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class NumberLine:
    """Marks on one scale; `band` is the interval as (x, width), None without one; `ticks` as (x, text)."""

    marks: tuple[Mark, ...]
    band: tuple[str, str] | None
    ticks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Amounts from `low` to `high` over the `width` of the drawing."""

    low: Decimal
    high: Decimal
    decimals: int
    width: int

    @classmethod
    def of(cls, values: Sequence[Decimal], *, decimals: int, width: int) -> "Scale":
        """A scale that holds all of `values`, with some room around them."""
        low, high = min(values), max(values)
        room = (high - low) / 20 or abs(high) / 10 or Decimal(1)
        return cls(low - room, high + room, decimals, width)

    def place(self, value: Decimal) -> Decimal:
        """Where an amount stands."""
        return EDGE + (value - self.low) / (self.high - self.low) * (self.width - 2 * EDGE)

    def x(self, value: Decimal) -> str:
        """The same as a drawing has it."""
        return f"{self.place(value):.1f}"

    def write(self, value: Decimal) -> str:
        """An amount as text."""
        return write_number(value, self.decimals)

    def ticks(self) -> Iterable[tuple[str, str]]:
        """The ends of the scale and three values between."""
        for part in range(5):
            value = self.low + (self.high - self.low) * part / 4
            yield self.x(value), self.write(value)

    def band(self, low: Decimal | None, high: Decimal | None) -> tuple[str, str] | None:
        """An interval as (x, width); None without one."""
        if low is None or high is None:
            return None
        start, end = self.place(low), self.place(high)
        return (f"{start:.1f}", f"{max(end - start, Decimal(1)):.1f}")
