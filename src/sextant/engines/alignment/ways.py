"""Walks along a graph: circles in it, the way between two goals, what a set of goals rests on."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from sextant.engines.derivation.graph import find_cycle

Ways = Mapping[int, Iterable[int]]
"""Parents by goal."""


def find_way(parents: Ways, *, start: int, end: int) -> tuple[int, ...] | None:
    """A shortest way up from `start` to `end`, both included; None when there is none.

    To let `child` support `parent` closes a circle exactly when there is a way from `parent` up to `child`.

    >>> find_way({1: [2], 2: [3, 4]}, start=1, end=4)
    (1, 2, 4)
    >>> find_way({1: [2]}, start=2, end=1) is None
    True
    """
    came_from: dict[int, int | None] = {start: None}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if node == end:
            return _back(came_from, node)
        for above in parents.get(node, ()):
            if above not in came_from:
                came_from[above] = node
                waiting.append(above)
    return None


def list_cycles(parents: Ways) -> Iterator[tuple[int, ...]]:
    """Circles without a goal in common, each as the way up with its first goal repeated at the end; every circle of the
    graph shares a goal with one of them."""
    left = {child: {one for one in above if one in parents} for child, above in parents.items()}
    below = _turned(left)
    _take(left, below, [child for child, above in left.items() if not above])
    while left:
        cycle = find_cycle(left)
        assert cycle is not None  # a goal from which every way ends was taken out
        yield cycle
        _take(left, below, list(cycle[:-1]))


def reaching(ends: Iterable[int], children: Ways) -> set[int]:
    """The goals from which a way leads up to one of `ends`, these included."""
    found = set(ends)
    waiting = list(found)
    while waiting:
        for below in children.get(waiting.pop(), ()):
            if below not in found:
                found.add(below)
                waiting.append(below)
    return found


def _take(left: dict[int, set[int]], below: Ways, gone: list[int]) -> None:
    """Take `gone` out of `left`, and after them every goal from which no way leads on any more. Each goal and edge is
    looked at once over all calls: thousands of circles cost no more than one."""
    while gone:
        node = gone.pop()
        left.pop(node, None)
        for child in below.get(node, ()):
            if child in left:
                left[child].discard(node)
                if not left[child]:
                    gone.append(child)


def _turned(parents: Ways) -> dict[int, list[int]]:
    """Children by goal."""
    below: dict[int, list[int]] = {}
    for child, above in parents.items():
        for one in above:
            below.setdefault(one, []).append(child)
    return below


def _back(came_from: Mapping[int, int | None], node: int | None) -> tuple[int, ...]:
    way: list[int] = []
    while node is not None:
        way.append(node)
        node = came_from[node]
    return tuple(reversed(way))
