"""Pieces of SQL text. What enters a text is a constant of ours or a validated number, never what a user typed."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sextant.engines.evaluation.exact import to_micro

AMOUNT = "DECIMAL(38, 6)"


def micro(value: Decimal) -> int:
    """A constant of the thresholds in millionths, for whole-number arithmetic."""
    return to_micro(value)


def nearest(numerator: str, denominator: str) -> str:
    """The whole number next to numerator / denominator, halves away from zero. Both are HUGEINT expressions that name
    columns (they are repeated); the denominator must be positive.

    DuckDB divides decimals as doubles, so quotients are made from whole numbers.
    """
    return f"(sign({numerator}) * ((2 * abs({numerator}) + {denominator}) // (2 * {denominator})))"


def to_whole(amount: str) -> str:
    """An amount as millionths."""
    return f"(({amount}) * 1000000)::HUGEINT"


def to_amount(whole: str) -> str:
    """Millionths as an amount."""
    return f"(({whole}) * 0.000001::DECIMAL(7, 6))::{AMOUNT}"


class Pipeline:
    """Nested selects: each stage sees every column of the stages before it, so that nothing is written out twice."""

    def __init__(self, source: str) -> None:
        self.text = source

    def stage(self, columns: Mapping[str, str]) -> "Pipeline":
        """Add columns."""
        listed = ",\n  ".join(f"{expression} AS {name}" for name, expression in columns.items())
        self.text = f"SELECT *,\n  {listed}\nFROM ({self.text})"
        return self

    def keep(self, condition: str) -> "Pipeline":
        """Drop rows."""
        self.text = f"SELECT * FROM ({self.text}) WHERE {condition}"
        return self


def joined(parts: Iterable[str], separator: str = ", ") -> str:
    """Parts of a list, or NULL when there is none."""
    return separator.join(parts) or "NULL"
