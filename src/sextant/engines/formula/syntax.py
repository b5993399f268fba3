"""The tree as written: leaves and branches with positions, before names and types are looked at."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from sextant.engines.formula import limits
from sextant.engines.formula.codes import Code


class LeafKind(Enum):
    """What a leaf was written as. BARE is a name without brackets, NAME stands in [brackets]."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    NAME = "name"
    BARE = "bare"


class LimitExceeded(Exception):
    """Stops the reader in the middle; `reading.py` turns it into a problem. Never leaves this package."""

    def __init__(self, code: Code, at: int, limit: int) -> None:
        super().__init__(code.value)
        self.code, self.at, self.limit = code, at, limit


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number, a text, TRUE/FALSE or a name."""

    at: int
    kind: LeafKind
    value: Decimal | str | bool
    size: int = 1
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """An operator or a function with what it is applied to.

    `symbol` is the sign of an operator (`-` alone means minus in front of one operand: a subtraction is read as
    adding the negative) or the function's name as written. `size` counts nodes,
    `depth` levels of branches, both with this one.
    """

    at: int
    symbol: str
    parts: tuple["Syntax", ...]
    is_operator: bool
    size: int
    depth: int


Syntax: TypeAlias = Leaf | Branch


def branch(symbol: str, *, at: int, parts: tuple[Syntax, ...], is_operator: bool = True) -> Branch:
    """A branch inside the limits, or LimitExceeded."""
    size = 1 + sum(part.size for part in parts)
    depth = 1 + max((part.depth for part in parts), default=0)
    if size > limits.NODES:
        raise LimitExceeded(Code.TOO_MANY_NODES, at, limits.NODES)
    if depth > limits.DEPTH:
        raise LimitExceeded(Code.TOO_DEEP, at, limits.DEPTH)
    return Branch(at=at, symbol=symbol, parts=parts, is_operator=is_operator, size=size, depth=depth)


def chain(symbol: str, *, at: int, left: Syntax, right: Syntax) -> Branch:
    """`left symbol right`, as one flat branch when `left` is such a chain already.

    Flat, so that a sum of two hundred names is one level deep instead of two hundred.
    """
    if isinstance(left, Branch) and left.is_operator and left.symbol == symbol:
        return branch(symbol, at=left.at, parts=(*left.parts, right))
    return branch(symbol, at=at, parts=(left, right))
