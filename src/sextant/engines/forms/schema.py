"""A form as JSON Schema (draft 2020-12) with a small UI schema: what programs need to fill it in.

The schema says what an answer looks like; conditions, formulas and who may see what are the engine's, and stand in the
UI schema as they were written.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sextant.engines.forms.fields import ASKED_OF_NOBODY, Field, FieldKind, Form, Option
from sextant.engines.forms.values import LONG_TEXT_LENGTH, MOST_ROWS, TEXT_LENGTH

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"


def json_schema(form: Form) -> dict[str, Any]:
    """What kept answers look like. Required are only the fields that are so without a condition: of others the schema
    cannot know.

    >>> json_schema(Form((Field("why", FieldKind.TEXT, "原因", is_required=True),)))["required"]
    ['why']
    """
    asked = [one for one in form.fields if one.kind not in ASKED_OF_NOBODY]
    always = [one.name for one in asked if one.is_required and not one.visible_if and not one.reach.edit]
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {one.name: _property(one) for one in asked},
        "required": always,
        "additionalProperties": False,
    }


def ui_schema(form: Form) -> list[dict[str, Any]]:
    """The order of the fields and what the schema cannot say of them; empty entries left out."""
    return [_ui(one) for one in form.fields]


def _ui(one: Field) -> dict[str, Any]:
    said = {
        "name": one.name,
        "kind": one.kind.value,
        "label": one.label,
        "hint": one.hint,
        "unit": one.unit_label,
        "visible_if": one.visible_if,
        "required_if": one.required_if,
        "formula": one.formula,
        "see": sorted(one.reach.see),
        "edit": sorted(one.reach.edit),
        "steps": sorted(one.reach.steps),
        "options": {option.code: option.label for option in one.options},
        "rows": {row.code: row.label for row in one.rows},
        "columns": [_ui(column) for column in one.columns],
    }
    return {key: value for key, value in said.items() if value}


def _property(one: Field) -> dict[str, Any]:
    return {"title": one.label, **_SHAPES[one.kind](one)}


def _text(one: Field) -> dict[str, Any]:
    usual = LONG_TEXT_LENGTH if one.kind is FieldKind.LONG_TEXT else TEXT_LENGTH
    return {"type": "string", "maxLength": one.max_length or usual}


def _enum(options: tuple[Option, ...]) -> dict[str, Any]:
    return {"enum": [option.code for option in options]}


def _matrix(one: Field) -> dict[str, Any]:
    marks = {row.code: _enum(one.options) for row in one.rows}
    return {"type": "object", "properties": marks, "additionalProperties": False}


def _table(one: Field) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": {column.name: _property(column) for column in one.columns},
        "required": [column.name for column in one.columns if column.is_required],
        "additionalProperties": False,
    }
    return _many(one, row)


def _many(one: Field, item: dict[str, Any]) -> dict[str, Any]:
    most = int(one.most) if one.most is not None else MOST_ROWS
    least = {} if one.least is None else {"minItems": int(one.least)}
    return {"type": "array", "items": item, "maxItems": most, **least}


_DAY = {"type": "string", "format": "date"}
_ID = {"type": "integer", "minimum": 1}
_FILE = {
    "type": "object",
    "properties": {"file": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["file", "name"],
    "additionalProperties": False,
}
_SHAPES: Mapping[FieldKind, Callable[[Field], dict[str, Any]]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.NUMBER: lambda one: {"type": "string", "pattern": _NUMBER},
    FieldKind.MONEY: lambda one: {"type": "string", "pattern": _NUMBER},
    FieldKind.YES_NO: lambda one: {"type": "boolean"},
    FieldKind.DATE: lambda one: dict(_DAY),
    FieldKind.PERIOD: lambda one: {"type": "array", "items": dict(_DAY), "minItems": 2, "maxItems": 2},
    FieldKind.CHOICE: lambda one: _enum(one.options),
    FieldKind.CHOICES: lambda one: {"type": "array", "items": _enum(one.options), "uniqueItems": True},
    FieldKind.RATING: lambda one: _enum(one.options),
    FieldKind.MATRIX: _matrix,
    FieldKind.PERSON: lambda one: dict(_ID),
    FieldKind.UNIT: lambda one: dict(_ID),
    FieldKind.GOAL: lambda one: dict(_ID),
    FieldKind.FILE: lambda one: _many(one, _FILE),
    FieldKind.TABLE: _table,
}
