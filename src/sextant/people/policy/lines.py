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


def refuse_cycles(before: Mapping[Key, Key | None], wanted: Mapping[Key, Key | None]) -> list[list[Key]]:
    """The circles that the wanted lines would close; each is refused by everybody in it keeping the line they had.

    `before` are the lines as they are, `wanted` the lines to be. A line kept can close another circle with lines that
    are taken, so it is repeated until there is none. A circle that was there before is nobody's doing and not listed.

    >>> refuse_cycles({"a": None, "b": "a"}, {"a": "b", "c": "b"})
    [['a', 'b']]
    """
    lines = {**before, **wanted}
    movers = {person for person, manager in wanted.items() if manager != before.get(person)}
    refused: list[list[Key]] = []
    while (circle := find_cycle(lines)) is not None:
        ours = movers.intersection(circle)
        if ours:
            refused.append(circle)
            lines.update({person: before.get(person) for person in ours})
            movers -= ours
        else:
            lines.update(dict.fromkeys(circle))
    return refused
