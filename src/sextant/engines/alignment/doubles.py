"""One share promised twice: by one owner in two goals, or by two goals of which one's owner holds the other's."""

from collections import defaultdict
from collections.abc import Iterator

from sextant.engines.alignment.codes import Code, warning
from sextant.engines.alignment.graph import Graph, Node
from sextant.engines.alignment.ways import find_way
from sextant.engines.values import Problem


def find_promised_twice(graph: Graph) -> Iterator[Problem]:
    """Goals whose owner promises the same metric in another goal of overlapping days, named with the earlier of the
    two. A quarter that supports its own year is one promise told twice, not two."""
    ways = graph.parent_keys()
    for goals in _same_promises(graph):
        for place, node in enumerate(goals):
            for other in goals[:place]:
                if node.period.overlap(other.period) and not _are_one_line(ways, node.key, other.key):
                    yield warning(Code.PROMISED_TWICE, goal=node.key, other=other.key)
                    break


def find_covered_twice(graph: Graph) -> Iterator[Problem]:
    """Children of one goal with its metric adding up, of which one belongs to somebody inside the other's unit: what
    that person reaches counts in both. The inner goal is named."""
    for parent_key in graph.children:
        children = [node for _, node in graph.children_of(parent_key) if node.is_additive and node.metric is not None]
        by_owner: defaultdict[tuple[int | None, str], list[Node]] = defaultdict(list)
        for node in children:
            by_owner[node.metric, node.owner].append(node)
        for node in children:
            outer = _first_around(node, by_owner)
            if outer is not None:
                yield warning(Code.COVERED_TWICE, goal=node.key, other=outer.key, parent=parent_key)


def _first_around(node: Node, by_owner: dict[tuple[int | None, str], list[Node]]) -> Node | None:
    around = (other for owner in node.owners[:-1] for other in by_owner.get((node.metric, owner), ()))
    return next((other for other in around if other.period.overlap(node.period)), None)


def _same_promises(graph: Graph) -> Iterator[list[Node]]:
    """Goals of one owner and metric where there are several, the earlier first."""
    groups: defaultdict[tuple[str, int], list[Node]] = defaultdict(list)
    for node in graph.nodes.values():
        if node.metric is not None:
            groups[node.owner, node.metric].append(node)
    for goals in groups.values():
        if len(goals) > 1:
            yield sorted(goals, key=lambda node: (node.period.from_on, node.key))


def _are_one_line(ways: dict[int, list[int]], one: int, other: int) -> bool:
    return find_way(ways, start=one, end=other) is not None or find_way(ways, start=other, end=one) is not None
