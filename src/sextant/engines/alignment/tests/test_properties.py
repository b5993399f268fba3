"""What holds for every graph."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.alignment import Code, Edge, Graph, Node, analyse, find_way
from sextant.engines.values import Period

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
MOST = 8
EDGES = st.sets(st.tuples(st.integers(0, MOST - 1), st.integers(0, MOST - 1)), max_size=20)


def graph_of(edges: set[tuple[int, int]], *, bases: list[int] | None = None) -> Graph:
    nodes = [
        Node(
            key,
            ("co",) if key == 0 else ("co", f"p{key}"),
            YEAR,
            metric=1,
            is_additive=True,
            base=None if bases is None else Decimal(bases[key]),
            is_company=key == 0,
        )
        for key in range(MOST)
    ]
    return Graph.of(nodes, [Edge(child, parent) for child, parent in sorted(edges)])


def marked(graph: Graph, code: Code) -> set[object]:
    return {one.params["goal"] for one in analyse(graph).problems if one.code == code}


@given(EDGES)
def test_circles_are_told_exactly_when_there_is_one_and_their_paths_are_real(edges: set[tuple[int, int]]) -> None:
    graph = graph_of(edges)
    ways = graph.parent_keys()
    on_circle = {child for child, parent in edges if find_way(ways, start=parent, end=child) is not None}
    told = [one for one in analyse(graph).problems if one.code == Code.CYCLE]
    assert bool(told) == bool(on_circle)
    assert {one.params["goal"] for one in told} <= on_circle
    for one in told:
        path = one.params["path"]
        assert isinstance(path, tuple) and path[0] == path[-1] == one.params["goal"]
        assert all(pair in edges for pair in pairwise(path))
    rest = edges - {(child, parent) for child, parent in edges if child in {one.params["goal"] for one in told}}
    assert not marked(graph_of(rest), Code.CYCLE)


@given(EDGES)
def test_a_goal_is_complete_exactly_when_a_way_leads_to_the_company(edges: set[tuple[int, int]]) -> None:
    graph = graph_of(edges)
    rate = analyse(graph).value
    assert rate is not None
    ways = graph.parent_keys()
    assert rate.complete_keys == {key for key in range(1, MOST) if find_way(ways, start=key, end=0) is not None}
    assert rate.explained <= rate.complete == len(rate.complete_keys) <= rate.goals


@given(EDGES)
def test_orphans_are_those_without_any_edge_up(edges: set[tuple[int, int]]) -> None:
    assert marked(graph_of(edges), Code.ORPHAN) == set(range(1, MOST)) - {child for child, _ in edges}


@given(st.lists(st.integers(1, 50), min_size=MOST, max_size=MOST))
def test_a_parent_is_over_or_under_assigned_by_the_difference_of_the_sums(bases: list[int]) -> None:
    graph = graph_of({(key, 0) for key in range(1, MOST)}, bases=bases)
    told = [one for one in analyse(graph).problems if one.code in {Code.OVER_ASSIGNED, Code.UNDER_ASSIGNED}]
    difference = sum(bases[1:]) - bases[0]
    assert [one.params["difference"] for one in told] == ([abs(difference)] if difference else [])
    assert all((one.code == Code.OVER_ASSIGNED) == (difference > 0) for one in told)


@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_of_goals_and_edges_does_not_matter(edges: set[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    graph = graph_of(edges, bases=list(range(1, MOST + 1)))
    nodes, mixed = list(graph.nodes.values()), list(graph.edges)
    random.shuffle(nodes)
    random.shuffle(mixed)
    one, other = analyse(graph), analyse(Graph.of(nodes, mixed))
    assert one.value == other.value

    def codes(outcome) -> Counter[tuple[str, object]]:  # type: ignore[no-untyped-def]
        found = (p for p in outcome.problems if p.code != Code.CYCLE)
        return Counter((p.code, p.params["goal"]) for p in found)

    assert codes(one) == codes(other)


def test_ten_thousand_goals_in_a_deep_and_wide_organisation_are_analysed_whole() -> None:
    """A company, a chain of 2,000 below it, and 8,000 goals spread over the chain: no recursion, nothing quadratic."""
    count, depth = 10_000, 2_000
    nodes = [Node(0, ("co",), YEAR, metric=1, is_additive=True, base=Decimal(1), is_company=True)]
    nodes += [
        Node(key, ("co", f"u{key % 100}", f"p{key}"), YEAR, metric=1, is_additive=True, base=Decimal(1))
        for key in range(1, count)
    ]
    edges = [Edge(key, key - 1 if key <= depth else key % depth) for key in range(1, count)]
    outcome = analyse(Graph.of(nodes, edges))
    assert outcome.value is not None and outcome.value.complete == count - 1
    assert marked(Graph.of(nodes, [*edges, Edge(0, count - 1)]), Code.CYCLE)
