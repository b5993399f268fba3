"""The shape of the goal graph: a goal never supports itself, however long the way round."""

from collections.abc import Collection, Mapping


def find_looping(parents_of: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The keys that lie on a loop when each key points at what it supports; keys that only lead into a loop, or lie
    between two, are not named. Each key and edge is looked at once (Tarjan 1972).

    >>> sorted(find_looping({"a": ["b"], "b": ["c", "a"], "c": [], "d": ["a"]}))
    ['a', 'b']
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    open_keys: list[str] = []
    is_open: set[str] = set()
    looping: set[str] = set()
    for first in parents_of:
        way = [] if first in order else [(first, iter(parents_of[first]))]
        while way:
            key, above = way[-1]
            if key not in order:
                order[key] = low[key] = len(order)
                open_keys.append(key)
                is_open.add(key)
            found = next((one for one in above if one in parents_of and (one not in order or one in is_open)), None)
            if found is not None and found not in order:
                way.append((found, iter(parents_of[found])))
                continue
            if found is not None:
                low[key] = min(low[key], order[found])
                continue
            way.pop()
            if way:
                low[way[-1][0]] = min(low[way[-1][0]], low[key])
            if low[key] == order[key]:
                looping |= _closed(key, open_keys, is_open, is_own=key in parents_of[key])
    return frozenset(looping)


def _closed(key: str, open_keys: list[str], is_open: set[str], *, is_own: bool) -> set[str]:
    """Everything met since `key`, which can be reached from everything in it; a key alone is a loop only by itself."""
    place = open_keys.index(key)
    members = set(open_keys[place:])
    del open_keys[place:]
    is_open -= members
    return members if len(members) > 1 or is_own else set()
