"""All that can be said about a graph of goals."""

from collections.abc import Collection, Iterator

from sextant.engines.alignment.assignment import find_assignment, find_weights
from sextant.engines.alignment.codes import Code, warning
from sextant.engines.alignment.doubles import find_covered_twice, find_promised_twice
from sextant.engines.alignment.graph import Graph
from sextant.engines.alignment.rate import AlignmentRate, measure_rate
from sextant.engines.alignment.ways import list_cycles
from sextant.engines.values import Outcome, Problem


def analyse(graph: Graph, *, among: Collection[int] | None = None) -> Outcome[AlignmentRate]:
    """The alignment rate of the goals of a graph, and as problems whatever somebody should look at: orphans, circles
    with their path, shares promised twice, children that promise more or less than their parent, and contributions that
    are not 100 %. Codes: `codes.Code`. Source: requirements G1 and H1. With `among` only these goals are counted and
    marked; the others are there because chains and sums run through them.

    The answer does not depend on the order of nodes and edges but for which of several circles through one goal is
    told. Time is linear in goals and edges (the depth of the organisation counts for `covered_twice`), but for many
    goals of one owner in one metric on the same days.
    """
    found = _problems(graph)
    told = found if among is None else (one for one in found if one.params["goal"] in among)
    return Outcome(measure_rate(graph, among=among), tuple(told))


def _problems(graph: Graph) -> Iterator[Problem]:
    for key, node in graph.nodes.items():
        if key not in graph.supported and not (node.stands_alone or node.is_company or node.is_beside):
            yield warning(Code.ORPHAN, goal=key)
    for path in list_cycles(graph.parent_keys()):
        for place, key in enumerate(path[:-1]):
            yield warning(Code.CYCLE, goal=key, path=(*path[place:-1], *path[:place], key))
    yield from find_promised_twice(graph)
    yield from find_covered_twice(graph)
    yield from find_assignment(graph)
    yield from find_weights(graph)
