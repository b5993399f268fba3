"""What a designer does to the document of a form: each act takes a document and gives a new one.

Documents here are plain: a draft may be wrong in any part, and is still drawn, moved and mended.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sextant.engines.forms import CELL_KINDS, FieldKind, ReadForm, Viewer, save_answers
from sextant.engines.values import Problem

Document = dict[str, Any]
STARTS: Mapping[FieldKind, tuple[str, ...]] = {
    FieldKind.CHOICE: ("1", "2"),
    FieldKind.CHOICES: ("1", "2"),
    FieldKind.RATING: ("1", "2", "3", "4", "5"),
    FieldKind.MATRIX: ("1", "2", "3", "4", "5"),
}
"""Options a new field begins with, by their codes."""
COLUMN_KINDS = CELL_KINDS
_NUMBER_CODES = frozenset({FieldKind.RATING, FieldKind.MATRIX})


def fields_of(document: Mapping[str, Any]) -> list[Document]:
    """The fields, whatever else the document says; parts that are no fields are left out."""
    fields = document.get("fields")
    return [dict(one) for one in fields if isinstance(one, Mapping)] if isinstance(fields, list | tuple) else []


def add_field(document: Mapping[str, Any], *, kind: FieldKind, label: str, after: str = "") -> tuple[Document, str]:
    """The document with a new field behind the one named `after` (at the end when there is none), and its name."""
    fields = fields_of(document)
    name = _free_name(fields, "f")
    made: Document = {"name": name, "kind": kind.value, "label": _free_label(fields, label)}
    if kind in STARTS:
        made["options"] = [{"code": code, "label": code} for code in STARTS[kind]]
    if kind is FieldKind.MATRIX:
        made["rows"] = [{"code": "r1", "label": "1"}]
    if kind is FieldKind.TABLE:
        made["columns"] = [{"name": "c1", "label": "1", "kind": FieldKind.TEXT.value}]
    fields.insert(_place(fields, after) + 1 if _has(fields, after) else len(fields), made)
    return {**document, "fields": fields}, name


def copy_field(document: Mapping[str, Any], name: str) -> tuple[Document, str]:
    """The document with a copy behind the field, and the copy's name; the field's own when it is not there."""
    fields = fields_of(document)
    if not _has(fields, name):
        return {**document, "fields": fields}, name
    place = _place(fields, name)
    label = _free_label(fields, str(fields[place].get("label", "")))
    made = {**fields[place], "name": _free_name(fields, "f"), "label": label}
    fields.insert(place + 1, made)
    return {**document, "fields": fields}, str(made["name"])


def remove_field(document: Mapping[str, Any], name: str) -> tuple[Document, str]:
    """The document without the field, and the name of the one that took its place ("" when none is left)."""
    fields = fields_of(document)
    place = _place(fields, name)
    rest = [one for one in fields if one.get("name") != name]
    near = rest[min(place, len(rest) - 1)] if rest else {}
    return {**document, "fields": rest}, str(near.get("name", ""))


def move_field(document: Mapping[str, Any], name: str, *, to: int) -> Document:
    """The document with the field at place `to`, counted from 0; beyond the ends is at the end.

    >>> fields = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    >>> [one["name"] for one in move_field({"fields": fields}, "a", to=5)["fields"]]
    ['b', 'c', 'a']
    """
    fields = fields_of(document)
    if _has(fields, name):
        moved = fields.pop(_place(fields, name))
        fields.insert(max(0, min(to, len(fields))), moved)
    return {**document, "fields": fields}


def place_of(document: Mapping[str, Any], name: str) -> int:
    """Where the field stands, from 0."""
    return _place(fields_of(document), name)


def set_field(document: Mapping[str, Any], name: str, values: Mapping[str, Any]) -> Document:
    """The document with these values in the field; a value that is None is taken out, so that its default holds."""
    fields = fields_of(document)
    for one in fields:
        if one.get("name") == name:
            one.update(values)
            for key in [key for key, value in one.items() if value is None]:
                del one[key]
    return {**document, "fields": fields}


def options_from(lines: str, *, was: Sequence[Mapping[str, Any]], kind: FieldKind, prefix: str = "o") -> list[Document]:
    """Options from what HR typed, one a line. One that keeps its text, or else its place, keeps its code, so that
    answers given before still say the same. Steps of a rating or a matrix are numbered: "3 达到要求" is step 3.

    >>> was = [{"code": "o1", "label": "差旅"}, {"code": "o2", "label": "培训"}]
    >>> [one["code"] for one in options_from("培训\\n差旅\\n样机", was=was, kind=FieldKind.CHOICE)]
    ['o2', 'o1', 'o3']
    """
    texts = [text.strip() for text in lines.splitlines() if text.strip()]
    if kind in _NUMBER_CODES and prefix == "o":
        return [_step(text, number) for number, text in enumerate(texts, start=1)]
    by_label = {str(one.get("label")): str(one.get("code")) for one in was}
    kept = {text: by_label[text] for text in texts if text in by_label}
    at_place = {number: str(one.get("code")) for number, one in enumerate(was) if one.get("label") not in texts}
    taken = set(kept.values())
    made = []
    for number, text in enumerate(texts):
        code = kept.get(text) or at_place.get(number, "")
        if not code or (code in taken and text not in kept):
            code = _free_code({*taken, *by_label.values()}, prefix)
        taken.add(code)
        made.append({"code": code, "label": text})
    return made


def lines_of(options: Sequence[Mapping[str, Any]], *, kind: FieldKind) -> str:
    """Options as lines to type in: what `options_from` reads."""
    if kind in _NUMBER_CODES:
        return "\n".join(_step_line(str(one.get("code", "")), str(one.get("label", ""))) for one in options)
    return "\n".join(str(one.get("label", "")) for one in options)


def columns_from(
    labels: Sequence[str], kinds: Sequence[str], required: Sequence[str], *, was: Sequence[Mapping[str, Any]]
) -> list[Document]:
    """Columns of a table from the rows of the panel; a row without a label is no column. A column keeps its name by its
    place; `required` holds the places, as text, of those that must be filled."""
    made: list[Document] = []
    for number, (label, kind) in enumerate(zip(labels, kinds, strict=False)):
        if not label.strip():
            continue
        former = was[number] if number < len(was) else {}
        name = str(former.get("name") or _free_name([*was, *made], "c"))
        made.append({**former, "name": name, "label": label.strip(), "kind": kind, "required": str(number) in required})
    return made


def try_answers(
    ready: ReadForm, given: Mapping[str, object], *, viewer: Viewer
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Answers somebody tries on the phone of the designer, and what is wrong with them; nothing is kept."""
    taken = save_answers(ready, {}, given, viewer=viewer)
    return (dict(taken.value.answers) if taken.value else {}), taken.problems


def _step(text: str, number: int) -> Document:
    found = re.match(r"(\d{1,3})[\s.、:：]*(.*)", text)
    if found is None:
        return {"code": str(number), "label": text}
    return {"code": str(int(found[1])), "label": found[2].strip() or str(int(found[1]))}


def _step_line(code: str, label: str) -> str:
    return code if code == label else f"{code} {label}"


def _has(fields: Sequence[Mapping[str, Any]], name: str) -> bool:
    return any(one.get("name") == name for one in fields)


def _place(fields: Sequence[Mapping[str, Any]], name: str) -> int:
    return next((place for place, one in enumerate(fields) if one.get("name") == name), len(fields) - 1)


def _free_name(fields: Sequence[Mapping[str, Any]], prefix: str) -> str:
    return _free_code({str(one.get("name")) for one in fields}, prefix)


def _free_code(taken: set[str], prefix: str) -> str:
    number = 1
    while f"{prefix}{number}" in taken:
        number += 1
    return f"{prefix}{number}"


def _free_label(fields: Sequence[Mapping[str, Any]], label: str) -> str:
    """The label, numbered when it is taken: formulas call fields by it."""
    taken = {str(one.get("label")) for one in fields}
    number, found = 1, label
    while found in taken:
        number += 1
        found = f"{label} {number}"
    return found
