"""Bodies held against the model of an operation; every fault with its row, field, value and remedy."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sextant.foundation.api.contracts import CallRefused, FieldFault
from sextant.foundation.api.messages import say_field

Body = TypeVar("Body", bound=BaseModel)
_SHOWN_FAULTS = 50
_SHOWN_CHARACTERS = 120


def fit(model: type[Body], value: object) -> Body:
    """`value` as a `model`; CallRefused 422 `api.bad_shape` names the first faults, and how many there are."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        faults = tuple(_fault(entry) for entry in found[:_SHOWN_FAULTS])
        raise CallRefused(422, "api.bad_shape", faults=faults, count=len(found)) from error


def _fault(entry: Mapping[str, Any]) -> FieldFault:
    place = tuple(entry["loc"])
    row = place[1] + 1 if len(place) > 1 and place[0] == "rows" and isinstance(place[1], int) else None
    value = "" if entry["type"] == "missing" else _written(entry["input"])
    context = {key: str(value) for key, value in (entry.get("ctx") or {}).items()}
    kind = context.get("error", entry["type"]) if entry["type"] == "value_error" else entry["type"]
    return FieldFault(row, _path(place), value, say_field(kind, context))


def _path(place: tuple[object, ...]) -> str:
    """("rows", 2, "day") as "rows[3].day": rows count from one, here as in every answer."""
    written = ""
    for part in place:
        written += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return written.lstrip(".") or "."


def _written(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
