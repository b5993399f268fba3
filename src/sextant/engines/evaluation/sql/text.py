"""Pieces of SQL text. What enters a text is a constant of ours or a validated number, never what a user typed.

Amounts inside the arms are whole millionths in 64 bits; products of them are made in 128. Both are exact, and the
128-bit division, which is twenty-five times slower, is met only where 64 bits do not suffice.
"""

from collections.abc import Mapping

NARROW = "DECIMAL(18, 6)"
UNKNOWN = r"\N"
"""An unknown value in a canonical row."""

LARGEST_AMOUNT = 5 * 10**11
"""Amounts below this, and differences of two of them, fit the arms. A goal beyond it takes the row path."""
LARGEST_WHOLE = LARGEST_AMOUNT * 10**6


def to_whole(amount: str) -> str:
    """An amount below `LARGEST_AMOUNT` as millionths. Integer and fractional part apart: the product of a narrow
    decimal with a million would not fit it, and that of a wide one is divided in 128 bits."""
    narrow = f"({amount})::{NARROW}"
    return f"(trunc({narrow})::BIGINT * 1000000 + (({narrow} % 1)::DECIMAL(7, 6) * 1000000::DECIMAL(7, 0))::BIGINT)"


def bar_of(threshold: int) -> str:
    """2T − 1 for a threshold of T millionths: x / y, rounded to millionths, is below T where 2·10⁶·x < (2T − 1)·y.
    Nothing is below 0: NULL."""
    return str(2 * threshold - 1) if threshold > 0 else "NULL"


def to_amount(whole: str) -> str:
    """Millionths as an amount with six places; NULL stays NULL."""
    return f"((({whole}) * 0.000001::DECIMAL(7, 6))::{NARROW})"


def to_text(whole: str) -> str:
    """Millionths as canonical text with six places; NULL stays NULL."""
    return f"{to_amount(whole)}::VARCHAR"


def nearest(top: str, under: str, *, scale: int = 1, within: str | None = None) -> str:
    """The whole number next to scale · top / under for 0 <= top and 0 < under, halves upwards.

    `within` is a condition under which 2 · scale · top + under fits 64 bits; without one the division is made in 128.
    """
    small = f"({2 * scale} * {top} + {under}) // (2 * {under})"
    if within == "TRUE":
        return f"({small})"
    large = f"({2 * scale}::HUGEINT * {top} + {under}) // (2 * {under}::HUGEINT)"
    return f"({large})" if within is None else f"(CASE WHEN {within} THEN ({small})::HUGEINT ELSE {large} END)"


def nearest_signed(top: str, under: str, *, scale: int = 1, within: str | None = None) -> str:
    """The same for any sign of both, halves away from zero; NULL where `under` is 0."""
    quotient = nearest(f"abs({top})", f"nullif(abs({under}), 0)", scale=scale, within=within)
    return f"(sign({top}) * sign({under}) * {quotient})"


class Pipeline:
    """Nested selects: each stage sees every column of the stages before it, so that nothing is written out twice."""

    def __init__(self, source: str) -> None:
        self.text = source

    def stage(self, columns: Mapping[str, str]) -> None:
        """Add columns."""
        listed = ",\n  ".join(f"{expression} AS {name}" for name, expression in columns.items())
        self.text = f"SELECT *,\n  {listed}\nFROM ({self.text})"

    def join(self, relation: str, using: str) -> None:
        """Add the columns of another relation."""
        self.text = f"SELECT * FROM ({self.text}) JOIN {relation} USING ({using})"

    def keep(self, condition: str) -> None:
        """Drop rows."""
        self.text = f"SELECT * FROM ({self.text}) WHERE {condition}"
