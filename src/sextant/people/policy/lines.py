"""Solid lines form trees: nobody may come to report, however far up, to themselves."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def find_cycle(managers: Mapping[Key, Key | None]) -> list[Key] | None:
    """Persons of one circle, in order of reporting, or None. `managers` maps each person to their manager.

    >>> find_cycle({"a": "b", "b": "c", "c": "a", "d": "a"})
    ['a', 'b', 'c']
    >>> find_cycle({"a": "b", "b": None}) is None
    True
    """
    done: set[Key] = set()
    for start in managers:
        way: dict[Key, int] = {}
        person: Key | None = start
        while person is not None and person not in done:
            if person in way:
                return list(way)[way[person] :]
            way[person] = len(way)
            person = managers.get(person)
        done.update(way)
    return None


def refuse_cycles(
    before: Mapping[Key, Key | None], wanted: Mapping[Key, Key | None]
) -> tuple[dict[Key, Key | None], list[list[Key]]]:
    """The lines that may hold, and the circles refused.

    `before` are the lines as they are (free of circles), `wanted` the lines to be. Whoever is part of a circle keeps
    the line they had; that can close another circle, so it is repeated until there is none.

    >>> refuse_cycles({"a": None, "b": "a"}, {"a": "b", "c": "b"})
    ({'a': None, 'b': 'a', 'c': 'b'}, [['a', 'b']])
    """
    lines = {**before, **wanted}
    refused: list[list[Key]] = []
    while (circle := find_cycle(lines)) is not None:
        refused.append(circle)
        for person in circle:
            lines[person] = before.get(person)
        if len(refused) > len(wanted):
            raise ValueError("the lines before already hold a circle")
    return lines, refused
