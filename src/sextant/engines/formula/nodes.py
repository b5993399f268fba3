"""The typed tree: what a formula means once every name and type is known. Plain values, comparable and printable."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from sextant.engines.formula.types import FormulaType, Value


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the formula. Two trees are equal whatever the positions `at`."""

    at: int = field(compare=False)
    value: Value
    type: FormulaType


@dataclass(frozen=True, slots=True)
class Reference:
    """A named value of the row."""

    at: int = field(compare=False)
    name: str
    type: FormulaType


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator applied to arguments; `function` is its English name or its sign in the table."""

    at: int = field(compare=False)
    function: str
    args: tuple["Node", ...]
    type: FormulaType


Node: TypeAlias = Literal | Reference | Call


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in the order of the text."""
    yield node
    if isinstance(node, Call):
        for arg in node.args:
            yield from walk(arg)


def names_in(node: Node) -> frozenset[str]:
    """The names the formula reads."""
    return frozenset(each.name for each in walk(node) if isinstance(each, Reference))
