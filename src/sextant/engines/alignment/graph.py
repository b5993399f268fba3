"""What the analysis is given: goals, and which of them supports which."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sextant.engines.values import Period


@dataclass(frozen=True, slots=True)
class Node:
    """A goal.

    `owners` is the owner and everything above them in the organisation, the company first: a share of one of them is
    part of the share of those before. `stands_alone` says that the goal needs nothing above it (the company's own, an
    objective); `is_company`, that a chain may end here; `is_beside`, that nothing above asks for it (behaviour, bonus,
    penalty, veto): it is neither marked as an orphan nor counted in the rate. `metric` None = not measured.
    `is_additive`: the values of several owners of the metric add up (sums and counts, not ratios and means). `base`
    None = no target agreed.
    """

    key: int
    owners: tuple[str, ...]
    period: Period
    metric: int | None = None
    is_additive: bool = False
    base: Decimal | None = None
    is_company: bool = False
    stands_alone: bool = False
    is_beside: bool = False

    @property
    def owner(self) -> str:
        """Whoever promised the goal."""
        return self.owners[-1]


@dataclass(frozen=True, slots=True)
class Edge:
    """`child` supports `parent`. `contribution` is how many per cent of the parent rest on the child, None where nobody
    said; `is_explained`, that somebody wrote down how; `is_primary`, that a map draws the child in the parent's branch,
    which is all the same to the analysis."""

    child: int
    parent: int
    contribution: Decimal | None = None
    is_explained: bool = False
    is_primary: bool = True


@dataclass(frozen=True)
class Graph:
    """Goals and edges, indexed once. Edges to a goal that is not among `nodes` (out of the cycle, out of sight) count
    as support: `supported` knows of them, walks leave them out."""

    nodes: Mapping[int, Node]
    edges: Sequence[Edge]
    parents: Mapping[int, list[Edge]] = field(init=False, repr=False)
    children: Mapping[int, list[Edge]] = field(init=False, repr=False)
    supported: frozenset[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parents: defaultdict[int, list[Edge]] = defaultdict(list)
        children: defaultdict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            if edge.child in self.nodes and edge.parent in self.nodes:
                parents[edge.child].append(edge)
                children[edge.parent].append(edge)
        object.__setattr__(self, "parents", dict(parents))
        object.__setattr__(self, "children", dict(children))
        object.__setattr__(self, "supported", frozenset(edge.child for edge in self.edges))

    @classmethod
    def of(cls, nodes: Sequence[Node], edges: Sequence[Edge]) -> "Graph":
        """A graph of these goals; of goals with one key the last counts."""
        return cls({node.key: node for node in nodes}, edges)

    def children_of(self, key: int) -> list[tuple[Edge, Node]]:
        """The edges into a goal, each with the goal it comes from."""
        return [(edge, self.nodes[edge.child]) for edge in self.children.get(key, ())]

    def parent_keys(self) -> dict[int, list[int]]:
        """Parents by goal, both among the nodes; goals without one are absent."""
        return {child: [edge.parent for edge in edges] for child, edges in self.parents.items()}
