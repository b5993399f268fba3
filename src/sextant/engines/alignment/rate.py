"""对齐率: how many goals hang together with the company's, the first side of the golden triangle."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.alignment.graph import Graph
from sextant.engines.alignment.ways import reaching
from sextant.engines.values import ratio


@dataclass(frozen=True, slots=True)
class AlignmentRate:
    """`goals` that ought to support the company (its own and what stands beside the goals are not asked), `complete`
    those from which a way leads up to one of the company's goals, `explained` those with such a way on which every step
    says how it supports the next. `complete_keys` names the complete ones."""

    goals: int
    complete: int
    explained: int
    complete_keys: frozenset[int]

    @property
    def ratio(self) -> Decimal | None:
        """Complete over goals, 0…1; None without goals."""
        return ratio(Decimal(self.complete), Decimal(self.goals))


def measure_rate(graph: Graph, *, among: Collection[int] | None = None) -> AlignmentRate:
    """The alignment rate of a graph, or of the goals `among` in it. Requirement H1 asks for at least 0.90.

    A goal on a circle counts as complete only if one of its ways leaves the circle for the company. An objective counts
    like any other: that it may stand alone spares it the mark, not the question.

    >>> from datetime import date
    >>> from sextant.engines.alignment import Edge, Node
    >>> from sextant.engines.values import Period
    >>> year = Period(date(2026, 1, 1), date(2027, 1, 1))
    >>> nodes = [Node(1, ("u1",), year, is_company=True), Node(2, ("u1", "u2"), year), Node(3, ("u1", "p1"), year)]
    >>> rate = measure_rate(Graph.of(nodes, [Edge(2, 1)]))
    >>> rate.complete, rate.goals, rate.ratio, rate.explained
    (1, 2, Decimal('0.500000'), 0)
    """
    company = {key for key, node in graph.nodes.items() if node.is_company}
    spared = company | {key for key, node in graph.nodes.items() if node.is_beside}
    complete = reaching(company, {key: [edge.child for edge in edges] for key, edges in graph.children.items()})
    told = {key: [edge.child for edge in edges if edge.is_explained] for key, edges in graph.children.items()}
    asked = (graph.nodes.keys() if among is None else graph.nodes.keys() & set(among)) - spared
    complete_keys = frozenset(complete & asked)
    return AlignmentRate(len(asked), len(complete_keys), len(reaching(company, told) & asked), complete_keys)
