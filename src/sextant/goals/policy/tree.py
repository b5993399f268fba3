"""The shape of the goal tree: a goal never supports itself, however long the way round."""

from collections.abc import Mapping


def find_looping(parent_of: Mapping[str, str | None]) -> frozenset[str]:
    """The keys that lie on a loop when each key points at its parent; keys that only lead into a loop are not named.

    >>> sorted(find_looping({"a": "b", "b": "a", "c": "a", "d": None}))
    ['a', 'b']
    """
    settled: set[str] = set()
    looping: set[str] = set()
    for first in parent_of:
        way: list[str] = []
        position: dict[str, int] = {}
        key: str | None = first
        while key is not None and key not in settled and key not in position:
            position[key] = len(way)
            way.append(key)
            key = parent_of.get(key)
        if key is not None and key in position:
            looping.update(way[position[key] :])
        settled.update(way)
    return frozenset(looping)
