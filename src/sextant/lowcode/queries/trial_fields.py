"""The values a flow reads, as somebody who tries it out types them: each with where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sextant.engines.forms import Field, FieldKind, names_of
from sextant.engines.formula import FormulaType
from sextant.foundation.tabular import read_number
from sextant.lowcode.flows.document import FlowDocument, FormStep
from sextant.lowcode.flows.reading import read_typed
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.queries.definition_checks import read_document
from sextant.lowcode.queries.definitions import current_versions
from sextant.lowcode.registry import get_kind


@dataclass(frozen=True, slots=True)
class TrialField:
    """A value of the flow. `steps` are the forms that bring it, by code; without any it is known from the start.
    `options` are the answers its form offers, `unit` what stands behind a number."""

    name: str
    type: FormulaType
    steps: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    unit: str = ""


def list_trial_fields(document: FlowDocument, *, on: datetime) -> list[TrialField]:
    """The fields of a flow, with what its forms say of them. One query, none for a flow without forms."""
    asked = [(step.code, step.form) for step in document.steps if isinstance(step, FormStep) and step.form]
    versions = current_versions("form", on=on, codes={form for _, form in asked}) if asked else {}
    forms = {code: _fields_of(version.document) for code, version in versions.items()}
    found = []
    for one in document.fields:
        steps = tuple(step for step, form in asked if one.name in forms.get(form, {}))
        sources = [source for _, form in asked if (source := forms.get(form, {}).get(one.name)) is not None]
        options = sources[0].options if sources and sources[0].kind is FieldKind.CHOICE else ()
        unit = sources[0].unit_label if sources else ""
        found.append(TrialField(one.name, one.type, steps, tuple(option.label for option in options), unit))
    return found


def read_trial_value(one: TrialField, text: str) -> tuple[object, bool]:
    """(the value, whether it could be read) of what was typed; nothing typed is a value that is missing."""
    text = text.strip()
    if not text:
        return None, True
    if one.type is FormulaType.NUMBER:
        number: Decimal | None = read_number(text).value
        return number, number is not None
    value: object = text
    if one.type is FormulaType.BOOLEAN:
        value = {"yes": True, "no": False}.get(text)
    value = read_typed(value, one.type)
    return value, value is not None


def _fields_of(document: Mapping[str, object]) -> dict[str, Field | None]:
    """The field behind every name that a form gives to formulas; None where a name is a part of a field."""
    read, _ = read_document(get_kind("form"), document)
    if not isinstance(read, FormDocument):
        return {}
    form = read.form()
    fields = {one.label: one for one in form.fields if one.label}
    names = names_of(form, formulas={one.label: FormulaType.NUMBER for one in form.fields if one.formula})
    return {name: fields.get(name) for name in names}
