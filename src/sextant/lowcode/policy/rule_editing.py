"""What the rule designer does to the document of a rule: each act takes a document and gives a new one.

Documents here are plain: a draft may be wrong in any part, and is still drawn, moved and mended. Parts of the condition
are named by their place, groups in groups by dots, counted from 0: "" is the outermost group, "2" its third part, "2.0"
the first part of a group that stands there. A condition of one formula is shown as a group of one.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeGuard

from sextant.engines.rules import GroupKind

Document = dict[str, Any]
Place = tuple[int, ...]
KINDS = tuple(one.value for one in GroupKind)


def place_of(text: str) -> Place:
    """The place a page names.

    >>> place_of("2.0"), place_of("")
    ((2, 0), ())
    """
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() and len(part) < 4 for part in parts) else ()


def text_of(place: Place) -> str:
    """The place as a page names it."""
    return ".".join(map(str, place))


def at_of(path: str) -> str:
    """What a page chooses for the path of a problem, "" for the whole. Paths count from one.

    >>> at_of("condition.any[2].all[1]"), at_of("actions[2]"), at_of("actions[2].days"), at_of("condition")
    ('c:1.0', 'a:1', 'a:1', 'c:0')
    """
    head = path.partition(".")[0].partition("[")[0]
    numbers = [int(found) - 1 for found in re.findall(r"\[(\d+)\]", path)]
    if head == "condition":
        return "c:" + (text_of(tuple(numbers)) or "0")
    if head == "actions":
        return f"a:{numbers[0]}" if numbers else ""
    return {"when": "when", "about": "when", "weeks": "hold", "repeat": "but", "quiet": "but"}.get(head, "")


def condition_of(document: Mapping[str, Any]) -> Document:
    """The condition as a group, a copy; a condition of one text is a group of it, what is no condition an empty one.

    >>> condition_of({"condition": "[红灯数] >= 2"})
    {'all': ['[红灯数] >= 2']}
    """
    condition = document.get("condition")
    if is_group(condition):
        return deepcopy(dict(condition))
    return {"all": [condition] if isinstance(condition, str) and condition.strip() else []}


def tidy(document: Mapping[str, Any]) -> Document:
    """The document with a condition that says nothing written as nothing: an empty group is refused.

    >>> tidy({"condition": {"all": []}})
    {'condition': ''}
    """
    condition = document.get("condition")
    return {**document, "condition": ""} if is_group(condition) and not parts_of(condition) else dict(document)


def is_group(part: object) -> TypeGuard[Document]:
    """Whether a part of a condition is a group that can be drawn."""
    return (
        isinstance(part, dict)
        and len(part) == 1
        and next(iter(part)) in KINDS
        and isinstance(next(iter(part.values())), list)
    )


def kind_of(group: Mapping[str, Any]) -> str:
    """Which of its parts must hold: all, any, none."""
    return str(next(iter(group)))


def parts_of(group: Mapping[str, Any]) -> list[Any]:
    """The parts of a group: the list itself, to be changed."""
    found: list[Any] = next(iter(group.values()))
    return found


def part_at(document: Mapping[str, Any], place: Place) -> Any:
    """What stands at the place; None where nothing does."""
    part: Any = condition_of(document)
    for step in place:
        if not is_group(part) or step >= len(parts_of(part)):
            return None
        part = parts_of(part)[step]
    return part


def add_part(document: Mapping[str, Any], place: Place, part: Any) -> tuple[Document, Place]:
    """The document with the part at the end of the group at `place`, and where it stands."""
    condition = condition_of(document)
    group = _group_at(condition, place)
    if group is None:
        return dict(document), place
    parts_of(group).append(part)
    return {**document, "condition": condition}, (*place, len(parts_of(group)) - 1)


def set_part(document: Mapping[str, Any], place: Place, part: Any) -> Document:
    """The document with another line at the place."""
    condition, group = _with_group_of(document, place)
    if group is not None and place[-1] < len(parts_of(group)):
        parts_of(group)[place[-1]] = part
    return {**document, "condition": condition}


def set_kind(document: Mapping[str, Any], place: Place, kind: str) -> Document:
    """The document with the group at the place asking for all, any or none of its parts."""
    if kind not in KINDS:
        return dict(document)
    if not place:
        return {**document, "condition": {kind: parts_of(condition_of(document))}}
    group = part_at(document, place)
    return set_part(document, place, {kind: parts_of(group)}) if is_group(group) else dict(document)


def remove_part(document: Mapping[str, Any], place: Place) -> tuple[Document, Place]:
    """The document without the part, and the place that is nearest now. A group that is left empty goes with it."""
    condition, group = _with_group_of(document, place)
    if group is None or place[-1] >= len(parts_of(group)):
        return dict(document), place
    del parts_of(group)[place[-1]]
    rest, found = len(parts_of(group)), {**document, "condition": condition if parts_of(condition) else ""}
    if not rest and len(place) > 1:
        return remove_part(found, place[:-1])
    return found, (*place[:-1], min(place[-1], rest - 1)) if rest else ()


def move_part(document: Mapping[str, Any], place: Place, *, into: Place, to: int) -> tuple[Document, Place]:
    """The document with the part in the group at `into`, before what stands at `to` there now (the end beyond it), and
    where it stands then. A group does not go into itself."""
    condition, group = _with_group_of(document, place)
    goal = _group_at(condition, into)
    if group is None or goal is None or place[-1] >= len(parts_of(group)) or into[: len(place)] == place:
        return dict(document), place
    part, hole, mark = parts_of(group)[place[-1]], object(), object()  # lines may be equal: marks are not
    parts_of(group)[place[-1]] = hole
    parts_of(goal).insert(min(to, len(parts_of(goal))), mark)
    _close(condition, hole)
    stands = _find(condition, mark) or ()
    return set_part({**document, "condition": condition}, stands, part), stands


def shift_part(document: Mapping[str, Any], place: Place, *, step: int) -> tuple[Document, Place]:
    """The document with the part one line up (`step` -1) or down (1), as the eye goes: past a line, into a group that
    stands there, and out of its own group at that group's ends."""
    group = part_at(document, place[:-1]) if place else None
    if not is_group(group):
        return dict(document), place
    own, into = place[-1], place[:-1]
    beside = own + step
    if not 0 <= beside < len(parts_of(group)):
        if not into:
            return dict(document), place
        return move_part(document, place, into=into[:-1], to=into[-1] + (1 if step > 0 else 0))
    neighbour = parts_of(group)[beside]
    if is_group(neighbour):
        end = 0 if step > 0 else len(parts_of(neighbour))
        return move_part(document, place, into=(*into, beside), to=end)
    return move_part(document, place, into=into, to=beside + (1 if step > 0 else 0))


def actions_of(document: Mapping[str, Any]) -> list[Document]:
    """What is done, whatever else the document says; parts that are no actions are left out."""
    actions = document.get("actions")
    return [deepcopy(dict(one)) for one in actions if isinstance(one, Mapping)] if isinstance(actions, list) else []


def add_action(document: Mapping[str, Any], action: Mapping[str, Any]) -> tuple[Document, int]:
    """The document with one more thing to do, and its place."""
    actions = actions_of(document)
    return {**document, "actions": [*actions, dict(action)]}, len(actions)


def set_action(document: Mapping[str, Any], at: int, values: Mapping[str, Any]) -> Document:
    """The document with these values in the action; one that is None is taken out, so that its default holds."""
    actions = actions_of(document)
    if at < len(actions):
        actions[at] = _merged(actions[at], values)
    return {**document, "actions": actions}


def remove_action(document: Mapping[str, Any], at: int) -> tuple[Document, int]:
    """The document without the action, and the place that is nearest now."""
    actions = actions_of(document)
    del actions[at : at + 1]
    return {**document, "actions": actions}, max(0, min(at, len(actions) - 1))


def move_action(document: Mapping[str, Any], at: int, *, to: int) -> tuple[Document, int]:
    """The document with the action at place `to` of those that are left, and where it stands; beyond the ends is at
    the end."""
    actions = actions_of(document)
    if at >= len(actions):
        return dict(document), at
    moved = actions.pop(at)
    place = max(0, min(to, len(actions)))
    actions.insert(place, moved)
    return {**document, "actions": actions}, place


def set_clause(document: Mapping[str, Any], name: str, values: Mapping[str, Any]) -> Document:
    """The document with these values in one clause (`when`, `about`, `repeat`); None takes one out."""
    was = document.get(name)
    return {**document, name: _merged(was if isinstance(was, Mapping) else {}, values)}


def _merged(was: Mapping[str, Any], values: Mapping[str, Any]) -> Document:
    return {key: value for key, value in {**was, **values}.items() if value is not None}


def _group_at(condition: Document, place: Place) -> Document | None:
    """The group at the place, inside the condition itself."""
    group: Any = condition
    for step in place:
        if step >= len(parts_of(group)) or not is_group(parts_of(group)[step]):
            return None
        group = parts_of(group)[step]
    return group if is_group(group) else None


def _with_group_of(document: Mapping[str, Any], place: Place) -> tuple[Document, Document | None]:
    """A copy of the condition, and the group in it that holds the place."""
    condition = condition_of(document)
    return condition, _group_at(condition, place[:-1]) if place else None


def _close(group: Document, hole: object) -> None:
    """Take out what was left behind, with the groups it leaves empty."""
    parts = parts_of(group)
    parts[:] = [one for one in parts if one is not hole]
    for one in parts:
        if is_group(one):
            _close(one, hole)
    parts[:] = [one for one in parts if not (is_group(one) and not parts_of(one))]


def _find(group: Document, part: Any) -> Place | None:
    """Where that very part stands."""
    for place, one in enumerate(parts_of(group)):
        if one is part:
            return (place,)
        deeper = _find(one, part) if is_group(one) else None
        if deeper is not None:
            return (place, *deeper)
    return None
