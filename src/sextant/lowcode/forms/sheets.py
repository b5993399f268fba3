"""What a page of a sheet sends, as answers by field name.

A field that was on the page is named in `asked`: without that, an empty list of ticks could not be told from a field
that was not there. A part of an answer has its place in the name of its input: `a-costs-2-fee`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import QueryDict

from sextant.engines.forms import Field, FieldKind, Form
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.queries.answer_words import PICKED
from sextant.lowcode.registry_pickers import find_picker


def read_given(form: Form, posted: QueryDict, *, kept: dict[str, Any], actor: Actor, on: date) -> dict[str, object]:
    """The answers on the page. Files are those of `kept` that the page still shows; new ones are the caller's to add.

    What a picker does not find is given on as it was typed: the form then says that it is no choice.
    """
    asked = set(posted.getlist("asked"))
    return {
        one.name: _given(one, posted, kept.get(one.name), actor=actor, on=on)
        for one in form.fields
        if one.name in asked
    }


def _given(one: Field, posted: QueryDict, kept: Any, *, actor: Actor, on: date) -> object:
    key = f"a-{one.name}"
    if one.kind is FieldKind.CHOICES:
        return posted.getlist(key)
    if one.kind is FieldKind.PERIOD:
        return [posted.get(f"{key}-from", ""), posted.get(f"{key}-until", "")]
    if one.kind is FieldKind.MATRIX:
        return {row.code: posted.get(f"{key}-{row.code}", "") for row in one.rows}
    if one.kind is FieldKind.TABLE:
        return [
            {c.name: _cell(c, posted.get(f"{key}-{row}-{c.name}", ""), actor=actor, on=on) for c in one.columns}
            for row in sorted(_rows(one, posted))
        ]
    if one.kind is FieldKind.FILE:
        still = set(posted.getlist(key))
        return [file for file in kept or [] if str(file["file"]) in still]
    return _cell(one, posted.get(key, ""), actor=actor, on=on)


def _cell(one: Field, text: str, *, actor: Actor, on: date) -> object:
    if one.kind not in PICKED or not text.strip():
        return text
    picker = find_picker(one.kind)
    found = picker.find(text.strip(), actor=actor, on=on) if picker else None
    return text if found is None else found


def _rows(one: Field, posted: QueryDict) -> Iterator[int]:
    """Numbers of the rows of a table on the page."""
    beginning = f"a-{one.name}-"
    seen = {key.removeprefix(beginning).split("-")[0] for key in posted if key.startswith(beginning)}
    return (int(number) for number in seen if number.isdecimal() and len(number) < 5)
