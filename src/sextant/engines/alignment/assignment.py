"""Does what the children promise make up what their parent promises?"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from sextant.engines.alignment.codes import Code, warning
from sextant.engines.alignment.graph import Graph, Node
from sextant.engines.values import Period, Problem, ratio

FULL = Decimal(100)
ROUNDING = Decimal("0.005")
"""Up to this share of the base a difference is rounding: shares in whole pieces, targets cut to a round number."""


def find_assignment(graph: Graph) -> Iterator[Problem]:
    """Goals of an additive metric whose children promise more of it, or less, than they do.

    Only children of the same metric whose period lies within the goal's count. More is always said; less only where
    the children's periods cover all of the goal's: while a year has but its first quarter's goals, the rest is not
    missing, it is not yet set. A goal without such children carries itself.

    Example: base 8,600, children 1,890 + 1,860 + 1,060 + 1,550 + 980 + 1,260 = 8,600, nothing to say; with 1,350 for
    the last over-assigned by 90, share 1.010465. Differences within `ROUNDING` are not worth a mark.
    """
    for key in graph.children:
        goal = graph.nodes[key]
        if goal.base is None or not goal.is_additive:
            continue
        carrying = [(node, node.base) for _, node in graph.children_of(key) if node.base is not None]
        carrying = [(node, base) for node, base in carrying if _carries(node, goal)]
        if not carrying:
            continue
        assigned = sum((base for _, base in carrying), Decimal(0))
        code = _judge(assigned, goal.base, goal.period, [node.period for node, _ in carrying])
        if code is not None:
            yield warning(
                code,
                goal=key,
                base=goal.base,
                assigned=assigned,
                difference=abs(assigned - goal.base),
                share=ratio(assigned, goal.base),
                children=len(carrying),
            )


def find_weights(graph: Graph) -> Iterator[Problem]:
    """Goals of whose children somebody said how much they contribute, without these coming to 100 %: more in all, or
    less although every child has its share."""
    for key, edges in graph.children.items():
        stated = [edge.contribution for edge in edges if edge.contribution is not None]
        total = sum(stated, Decimal(0))
        if stated and (total > FULL or (len(stated) == len(edges) and total < FULL)):
            yield warning(Code.WEIGHTS_NOT_FULL, goal=key, total=total, stated=len(stated), children=len(edges))


def _carries(node: Node, goal: Node) -> bool:
    inside = goal.period.from_on <= node.period.from_on and node.period.until_on <= goal.period.until_on
    return node.metric == goal.metric and inside


def _judge(assigned: Decimal, base: Decimal, period: Period, periods: Iterable[Period]) -> Code | None:
    if abs(assigned - base) <= ROUNDING * abs(base):
        return None
    if assigned > base:
        return Code.OVER_ASSIGNED
    return Code.UNDER_ASSIGNED if assigned < base and _cover(period, periods) else None


def _cover(period: Period, periods: Iterable[Period]) -> bool:
    """Whether every day of `period` lies in one of `periods`."""
    reached = period.from_on
    for one in sorted(periods):
        if one.from_on > reached:
            return False
        reached = max(reached, one.until_on)
    return reached >= period.until_on
