"""A parent shows its own light, and beside it the riskiest child."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.values import Light


@dataclass(frozen=True, slots=True)
class Child:
    """A goal that supports the parent; `completion` is None when undefined."""

    goal_id: int
    light: Light
    completion: Decimal | None


def find_riskiest(children: Iterable[Child]) -> Child | None:
    """The child with the worst light; among equals the lowest completion, then the lowest id. None without children.

    Grey is not a risk but ignorance: it is named only when nothing else is known.

    >>> slow, slower = Child(1, Light.YELLOW, Decimal("0.6")), Child(3, Light.YELLOW, Decimal("0.55"))
    >>> find_riskiest([slow, Child(2, Light.NONE, None), slower]) is slower
    True
    """
    return min(children, key=_rank, default=None)


def _rank(child: Child) -> tuple[int, Decimal, int]:
    return -child.light.severity, Decimal("Infinity") if child.completion is None else child.completion, child.goal_id
