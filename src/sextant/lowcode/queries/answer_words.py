"""Answers in the words of their reader."""

from collections.abc import Iterable, Mapping
from typing import Any

from sextant.engines.forms import Field, FieldKind
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.messages.definitions import say_value
from sextant.lowcode.registry_pickers import find_picker

PICKED = frozenset({FieldKind.PERSON, FieldKind.UNIT, FieldKind.GOAL})
Names = Mapping[tuple[FieldKind, int], str]


def names_in(fields: Iterable[Field], answers: Iterable[Mapping[str, Any]], *, actor: Actor) -> Names:
    """What the persons, units and goals in these answers are called, as far as the actor may know. One question to each
    picker, however many answers."""
    known, wanted = tuple(fields), dict[FieldKind, set[int]]()
    for given in answers:
        for one in known:
            for column, value in _picked(one, given.get(one.name)):
                wanted.setdefault(column.kind, set()).add(value)
    found: dict[tuple[FieldKind, int], str] = {}
    for kind, ids in wanted.items():
        picker = find_picker(kind)
        found |= {(kind, key): name for key, name in (picker.names(ids, actor=actor) if picker else {}).items()}
    return found


def say_answer(one: Field, answer: Any, names: Names) -> str:
    """What a reader reads; "" for no answer."""
    if answer is None:
        return ""
    if one.kind in PICKED:
        return names.get((one.kind, answer), "—")
    labels = {option.code: option.label for option in one.options}
    if one.kind in (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.RATING):
        codes = answer if isinstance(answer, list) else [answer]
        return say_value([labels.get(code, code) for code in codes])
    if one.kind is FieldKind.MATRIX:
        rows = {row.code: row.label for row in one.rows}
        return say_value([f"{rows.get(row, row)} {labels.get(mark, mark)}" for row, mark in answer.items()])
    if one.kind is FieldKind.PERIOD:
        return " – ".join(answer)
    if one.kind is FieldKind.FILE:
        return say_value([file["name"] for file in answer])
    if one.kind is FieldKind.TABLE:
        return say_value([_say_row(one, row, names) for row in answer])
    return say_value(answer)


def _say_row(one: Field, row: Mapping[str, Any], names: Names) -> str:
    return " ".join(said for column in one.columns if (said := say_answer(column, row.get(column.name), names)))


def _picked(one: Field, answer: Any) -> list[tuple[Field, int]]:
    if one.kind in PICKED and isinstance(answer, int):
        return [(one, answer)]
    if one.kind is FieldKind.TABLE and isinstance(answer, list):
        return [
            (column, row[column.name])
            for row in answer
            for column in one.columns
            if column.kind in PICKED and isinstance(row.get(column.name), int)
        ]
    return []
