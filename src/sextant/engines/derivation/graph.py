"""The graph of who is made of whom: edges point from a metric to its inputs."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

Edges = Mapping[Key, Iterable[Key]]
"""Inputs of each metric. A metric that is nobody's key has none."""


def find_cycle(edges: Edges[Key]) -> tuple[Key, ...] | None:
    """A path that comes back to where it began, its first node repeated at the end; None when there is none.

    >>> find_cycle({"a": ["b"], "b": ["c"], "c": ["a"]})
    ('a', 'b', 'c', 'a')
    >>> find_cycle({"a": ["b", "c"], "b": ["c"]}) is None
    True
    """
    done: set[Key] = set()
    for start in edges:
        found = _walk(start, edges, done)
        if found:
            return found
    return None


def _walk(start: Key, edges: Edges[Key], done: set[Key]) -> tuple[Key, ...] | None:
    """Depth first from `start`, without recursion: a chain may be longer than Python's stack."""
    path: list[Key] = []
    on_path: set[Key] = set()
    waiting: list[tuple[Key, bool]] = [(start, False)]
    while waiting:
        node, is_left = waiting.pop()
        if is_left:
            path.pop()
            on_path.discard(node)
            done.add(node)
            continue
        if node in on_path:
            return (*path[path.index(node) :], node)
        if node in done:
            continue
        path.append(node)
        on_path.add(node)
        waiting.append((node, True))
        waiting += [(below, False) for below in reversed(list(edges.get(node, ())))]
    return None


def order_of(edges: Edges[Key]) -> tuple[Key, ...]:
    """The keys of `edges`, each after all of its inputs; among those that are free the order of `edges` is kept.

    ValueError when they run in a circle: `find_cycle` is asked first, when a definition is saved.

    >>> order_of({"margin": ["profit", "sales"], "profit": ["sales"]})
    ('profit', 'margin')
    """
    left = {node: {below for below in inputs if below in edges} for node, inputs in edges.items()}
    order: list[Key] = []
    while left:
        free = [node for node, inputs in left.items() if not inputs]
        if not free:
            raise ValueError(f"metrics run in a circle: {find_cycle(edges)}")
        order += free
        left = {node: inputs.difference(free) for node, inputs in left.items() if inputs}
    return tuple(order)


def list_reaching(target: Key, edges: Edges[Key]) -> tuple[Key, ...]:
    """Every key that is made of `target`, directly or through others, nearest first.

    >>> list_reaching("sales", {"margin": ["profit"], "profit": ["sales"], "visits": []})
    ('profit', 'margin')
    """
    found: dict[Key, None] = {}
    layer = {target}
    while layer:
        layer = {node for node, inputs in edges.items() if node not in found and layer.intersection(inputs)}
        found |= dict.fromkeys(node for node in edges if node in layer)
    return tuple(found)
