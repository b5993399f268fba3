"""What is known when a condition is true, or false: for each expression, the region it lies in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from sextant.engines.formula.constants import constant_of, is_constant
from sextant.engines.formula.functions import TABLE
from sextant.engines.formula.lint.regions import EVERYTHING, Region, between, compared, join, meet
from sextant.engines.formula.nodes import Call, Node
from sextant.engines.formula.printing import print_node

_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_TRUTH: dict[bool, Region] = {truth: compared("=", truth) for truth in (True, False)}


@dataclass(frozen=True, slots=True)
class Facts:
    """Regions by the canonical text of an expression; one that is absent can be anything.

    `is_impossible`: no row whatever can be in this situation.
    """

    regions: Mapping[str, Region] = field(default_factory=dict)
    is_impossible: bool = False

    def along_with(self, other: "Facts") -> "Facts":
        """Both at once."""
        regions = dict(self.regions)
        for key, region in other.regions.items():
            regions[key] = meet(regions.get(key, EVERYTHING), region)
        impossible = self.is_impossible or other.is_impossible or not all(regions.values())
        return Facts(regions, is_impossible=impossible)

    def or_else(self, other: "Facts") -> "Facts":
        """One or the other: something is known only of what both speak about."""
        if self.is_impossible:
            return other
        if other.is_impossible:
            return self
        shared = self.regions.keys() & other.regions.keys()
        return Facts({key: join(self.regions[key], other.regions[key]) for key in shared})


NOTHING_KNOWN = Facts()
IMPOSSIBLE = Facts(is_impossible=True)


def facts(condition: Node, *, truth: bool) -> Facts:
    """What holds in every row where `condition` is `truth` (and so is not missing)."""
    if is_constant(condition):
        return IMPOSSIBLE if constant_of(condition) is not truth else NOTHING_KNOWN
    own = Facts({print_node(condition): _TRUTH[truth]})
    return own.along_with(_inner(condition, truth)) if isinstance(condition, Call) else own


def region_of(node: Node, known: Facts) -> Region:
    """Where the value of `node` can lie, from its function and from what is known."""
    return meet(_natural(node), known.regions.get(print_node(node), EVERYTHING))


def _inner(condition: Call, truth: bool) -> Facts:
    if condition.function in _OPPOSITE:
        return _comparison(condition, truth)
    if condition.function == "NOT":
        return facts(condition.args[0], truth=not truth)
    if condition.function in ("AND", "OR"):
        parts = [facts(arg, truth=truth) for arg in condition.args]
        return _all_of(parts) if truth is (condition.function == "AND") else _one_of(parts)
    return NOTHING_KNOWN


def _all_of(parts: Iterable[Facts]) -> Facts:
    return reduce(Facts.along_with, parts)


def _one_of(parts: Iterable[Facts]) -> Facts:
    return reduce(Facts.or_else, parts)


def _comparison(condition: Call, truth: bool) -> Facts:
    """Of an expression compared with a constant, or with itself."""
    sign = condition.function if truth else _OPPOSITE[condition.function]
    left, right = condition.args
    if left == right:
        return NOTHING_KNOWN if sign in ("=", "<=", ">=") else IMPOSSIBLE
    if is_constant(left):
        left, right, sign = right, left, _MIRRORED[sign]
    bound = constant_of(right)
    if bound is None:
        return NOTHING_KNOWN
    region = meet(_natural(left), compared(sign, bound))
    return Facts({print_node(left): region}, is_impossible=not region)


def _natural(node: Node) -> Region:
    """Where the value lies whatever the row: a month between 1 and 12, a count not below 0."""
    if (constant := constant_of(node)) is not None:
        return compared("=", constant)
    if not isinstance(node, Call):
        return EVERYTHING
    if bounds := TABLE[node.function].bounds:
        return between(*bounds)
    constants = [value for arg in node.args if (value := constant_of(arg)) is not None]
    if node.function == "MAX" and constants:
        return between(max(constants), None)
    if node.function == "MIN" and constants:
        return between(None, min(constants))
    if node.function == "CLAMP":
        return between(constant_of(node.args[1]), constant_of(node.args[2]))
    return EVERYTHING
