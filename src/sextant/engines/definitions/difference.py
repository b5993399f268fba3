"""What differs between two documents, as facts that can be said: one change for each field, not one for each line.

Items of a list are recognised by what they are known by (`id`, `code`, `key`, `name`), so that moving a field of a form
is a move, not the end of one field and the birth of another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from sextant.engines.agreement import canonical_text

IDENTITIES = ("id", "code", "key", "name")
"""What an item may be known by, best first."""
CALLED = ("name", "title", "label", "text", "code", "id", "key")
"""What people call an item, best first."""
_EMPTY: tuple[object, ...] = (None, "", [], {})


class ChangeKind(StrEnum):
    """What happened to the place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One fact. `fields` are the names of the fields on the way from the root, `items` what people call the items of
    lists that were passed. `old` and `new` are plain values; None where there was or is nothing. Of a moved item they
    are its places, counted from one."""

    kind: ChangeKind
    fields: tuple[str, ...]
    items: tuple[str, ...]
    old: object
    new: object


def diff_documents(old: Mapping[str, object] | None, new: Mapping[str, object]) -> tuple[Change, ...]:
    """The facts in which `new` differs from `old`, in the order of the new document; () when both say the same. None:
    there was no document, and every field that is filled in is added.

    Nothing and "" and [] and {} are the same: an empty field says nothing.

    >>> [one.kind.value for one in diff_documents({"a": 1, "b": 2}, {"a": 3, "c": 4})]
    ['changed', 'added', 'removed']
    """
    return tuple(_of_objects(old or {}, new, (), ()))


def _of_objects(
    old: Mapping[str, object], new: Mapping[str, object], fields: tuple[str, ...], items: tuple[str, ...]
) -> Iterator[Change]:
    for name in (*new, *(one for one in old if one not in new)):
        yield from _of_values(old.get(name), new.get(name), (*fields, name), items)


def _of_values(old: object, new: object, fields: tuple[str, ...], items: tuple[str, ...]) -> Iterator[Change]:
    if _same(old, new):
        return
    if isinstance(old, Mapping | None) and isinstance(new, Mapping | None):
        yield from _of_objects(old or {}, new or {}, fields, items)
    elif _holds_parts(old) or _holds_parts(new):
        before, after = _listed(old), _listed(new)
        if identity := _identity(before, after):
            yield from _of_known_items(before, after, identity, fields, items)
        else:
            yield from _of_unknown_items(before, after, fields, items)
    elif old in _EMPTY:
        yield Change(ChangeKind.ADDED, fields, items, None, new)
    elif new in _EMPTY:
        yield Change(ChangeKind.REMOVED, fields, items, old, None)
    else:
        yield Change(ChangeKind.CHANGED, fields, items, old, new)


def _of_known_items(
    old: Sequence[Any], new: Sequence[Any], identity: str, fields: tuple[str, ...], items: tuple[str, ...]
) -> Iterator[Change]:
    before = {one[identity]: one for one in old}
    after = {one[identity]: one for one in new}
    moved = _moved([key for key in before if key in after], [key for key in after if key in before])
    places = {key: place for place, key in enumerate(before, start=1)}
    for place, (key, item) in enumerate(after.items(), start=1):
        called = (*items, _called(item))
        if key not in before:
            yield Change(ChangeKind.ADDED, fields, called, None, item)
            continue
        if key in moved:
            yield Change(ChangeKind.MOVED, fields, called, places[key], place)
        yield from _of_objects(before[key], item, fields, called)
    for key, item in before.items():
        if key not in after:
            yield Change(ChangeKind.REMOVED, fields, (*items, _called(item)), item, None)


def _of_unknown_items(
    old: Sequence[object], new: Sequence[object], fields: tuple[str, ...], items: tuple[str, ...]
) -> Iterator[Change]:
    """Items nobody can tell apart by a key: those that stayed equal are left out, the rest went and came."""
    before, after = [canonical_text(one) for one in old], [canonical_text(one) for one in new]
    for step, old_from, old_until, new_from, new_until in SequenceMatcher(None, before, after, False).get_opcodes():
        if step == "equal":
            continue
        for one in new[new_from:new_until]:
            yield Change(ChangeKind.ADDED, fields, (*items, _called(one)), None, one)
        for one in old[old_from:old_until]:
            yield Change(ChangeKind.REMOVED, fields, (*items, _called(one)), one, None)


def _moved(before: list[object], after: list[object]) -> frozenset[object]:
    """Those to be said to have moved: the fewest that explain the new order."""
    matcher = SequenceMatcher(None, [repr(key) for key in before], [repr(key) for key in after], False)
    stayed = {key for match in matcher.get_matching_blocks() for key in before[match.a : match.a + match.size]}
    return frozenset(before) - stayed


def _identity(old: Sequence[object], new: Sequence[object]) -> str | None:
    """What the items of both lists are known by: a field that each has, as text or number, and no two share."""
    sides = [[one for one in side if isinstance(one, Mapping)] for side in (old, new)]
    if sum(map(len, sides)) < len(old) + len(new):
        return None
    for name in IDENTITIES:
        keys = [[one.get(name) for one in side] for side in sides]
        usable = all(isinstance(key, str | int) and key != "" for side in keys for key in side)
        if usable and all(len(set(side)) == len(side) for side in keys):
            return name
    return None


def _called(item: object) -> str:
    if not isinstance(item, Mapping):
        return ""
    return next((str(item[name]) for name in CALLED if isinstance(item.get(name), str | int) and item[name] != ""), "")


def _listed(value: object) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return value
    return [] if value in _EMPTY else [value]


def _holds_parts(value: object) -> bool:
    """Whether the value is a list of something with fields: too much for one line."""
    return isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value)


def _same(old: object, new: object) -> bool:
    if old in _EMPTY and new in _EMPTY:
        return True
    # True == 1 in Python, and 0 is not empty
    return old == new and isinstance(old, bool) == isinstance(new, bool)
