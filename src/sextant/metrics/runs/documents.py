"""Values of the engines as JSON and back: what a run was told must be readable whatever shape its rules have.

A frozen dataclass carries the place of its class, so that a field may hold any of several kinds of rules. Only classes
of the engines are built again. A class that moves leaves its old place in `_MOVED`, or old runs cannot be replayed.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from importlib import import_module
from typing import Any

_ENGINES = "sextant.engines."
_MOVED: Mapping[str, str] = {}


def to_document(value: object) -> Any:
    """`value` as JSON: dataclasses, enums, decimals, days, sets, tuples and mappings with plain keys.

    >>> to_document((Decimal("0.50"), date(2026, 1, 5), None))
    {'tuple': [{'decimal': '0.50'}, {'date': '2026-01-05'}, None]}
    """
    if value is None or type(value) in (bool, int, str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        told = {one.name: to_document(getattr(value, one.name)) for one in fields(value) if one.init}
        return {"class": _place(value), "fields": told}
    if isinstance(value, Enum):
        return {"enum": _place(value), "value": value.value}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, frozenset | set):
        # sorted, so that equal sets are equal documents
        return {"set": sorted((to_document(one) for one in value), key=repr)}
    if isinstance(value, tuple | list):
        return {"tuple": [to_document(one) for one in value]}
    if isinstance(value, Mapping):
        return {"map": [[to_document(key), to_document(one)] for key, one in value.items()]}
    raise TypeError(f"{type(value).__name__} cannot be kept as a document")


def from_document(document: Any) -> Any:
    """The value again; equal to what `to_document` was given.

    >>> from_document(to_document(frozenset({date(2026, 1, 5)})))
    frozenset({datetime.date(2026, 1, 5)})
    """
    if not isinstance(document, dict):
        return document
    if "class" in document:
        return _class(document["class"])(**{name: from_document(one) for name, one in document["fields"].items()})
    if "enum" in document:
        return _class(document["enum"])(document["value"])
    if "decimal" in document:
        return Decimal(document["decimal"])
    if "date" in document:
        return date.fromisoformat(document["date"])
    if "set" in document:
        return frozenset(from_document(one) for one in document["set"])
    if "tuple" in document:
        return tuple(from_document(one) for one in document["tuple"])
    return {from_document(key): from_document(one) for key, one in document["map"]}


def _place(value: object) -> str:
    return f"{type(value).__module__}:{type(value).__name__}"


def _class(place: str) -> Any:
    module, name = _MOVED.get(place, place).split(":")
    if not module.startswith(_ENGINES):
        raise ValueError(f"{place} is no class of the engines")
    return getattr(import_module(module), name)
