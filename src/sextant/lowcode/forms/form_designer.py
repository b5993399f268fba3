"""The property panel of the form designer, as values of a field's document."""

from typing import Any

from django.http import QueryDict

from sextant.engines.forms import FieldKind
from sextant.engines.forms.values import read_number
from sextant.lowcode.policy.form_editing import columns_from, options_from

_TEXTS = ("label", "hint", "unit", "required_if", "visible_if", "formula")
_NUMBERS = ("least", "most")
_COUNTS = ("places", "max_length")


def read_field(posted: QueryDict, *, was: dict[str, Any]) -> dict[str, Any]:
    """What the panel says of the field; None for what is to be left at its default. Only what the panel showed is in
    it: its inputs are named in `shown`."""
    shown = set(posted.getlist("shown"))
    kind = FieldKind(was.get("kind", FieldKind.TEXT))
    values: dict[str, Any] = {name: posted.get(name, "").strip() or None for name in _TEXTS if name in shown}
    if "label" in shown:
        values["label"] = posted.get("label", "").strip()
    values |= {name: _decimal_text(posted.get(name, "")) for name in _NUMBERS if name in shown}
    values |= {name: _count(posted.get(name, "")) for name in _COUNTS if name in shown}
    if "width" in shown:
        values["width"] = "half" if posted.get("width") == "half" else None
    if "required" in shown:
        values["required"] = True if posted.get("required") else None
    if "listed" in shown:
        values["listed"] = True if posted.get("listed") else None
    for name in ("see", "edit"):
        if name in shown:
            values[name] = posted.getlist(name) or None
    if "options" in shown:
        values["options"] = options_from(posted.get("options", ""), was=_parts(was, "options"), kind=kind)
    if "rows" in shown:
        values["rows"] = options_from(posted.get("rows", ""), was=_parts(was, "rows"), kind=kind, prefix="r")
    if "columns" in shown:
        values["columns"] = columns_from(
            posted.getlist("column_label"),
            posted.getlist("column_kind"),
            posted.getlist("column_required"),
            was=_parts(was, "columns"),
        )
    return values


def _parts(was: dict[str, Any], name: str) -> list[dict[str, Any]]:
    parts = was.get(name)
    return [one for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []


def _decimal_text(text: str) -> str | None:
    """A bound as the document has it. What is no number is kept as typed: the check then says so."""
    number = read_number(text)
    return (format(number, "f") if number is not None else text.strip()) or None


def _count(text: str) -> int | str | None:
    return int(text) if text.strip().isdecimal() and len(text) < 7 else text.strip() or None
