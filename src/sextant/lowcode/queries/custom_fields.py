"""Custom fields: the sets that hold, and what stands in them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sextant.engines.forms import Field, names_of, work_out
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.access_fields import FieldSight
from sextant.lowcode.contracts.custom_fields import GROUP, KIND, FieldSet, subject_kind
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.models import FormSheet
from sextant.lowcode.queries.definitions import current_versions, find_current
from sextant.lowcode.queries.sheets import form_of, ready_form, sheet_row
from sextant.lowcode.registry_formulas import NameSpec, once
from sextant.lowcode.registry_hosts import find_field_host


def list_field_sets(host: str, *, on: datetime) -> tuple[FieldSet, ...]:
    """The sets that hang on this host, the oldest first. One query."""
    versions = sorted(current_versions(KIND, on=on).values(), key=lambda one: one.definition_id)
    return tuple(found for found in map(field_set, versions) if found.host == host)


def find_field_set(code: str, *, on: datetime) -> FieldSet | None:
    """The set with this code as it holds at `on`, or None. One query."""
    version = find_current(KIND, code, on=on)
    return field_set(version) if version else None


def field_set(version: VersionRow) -> FieldSet:
    """A published version, also one of a form, as a set."""
    document = form_of(version)
    return FieldSet(version.definition_id, version.id, version.code, version.name, document, ready_form(document))


def sheets_of(host: str, subject_ids: Collection[int]) -> dict[tuple[int, str], SheetRow]:
    """What stands in the fields of these subjects, by subject and code of the set. One query."""
    found = FormSheet.objects.filter(subject_kind=subject_kind(host), subject_id__in=list(subject_ids))
    return {(one.subject_id, one.part): sheet_row(one) for one in found}


def formula_names(host: str, *, on: datetime) -> tuple[NameSpec, ...]:
    """What formulas over such subjects may read: `[附加.级别]`. One query."""
    names = []
    for one in _sets(host, on):
        computed = {field.label: one.read.computed[field.name].type for field in _computed(one)}
        units = {field.label: field.unit_label for field in one.read.form.fields}
        for name, kind in names_of(one.read.form, formulas=computed).items():
            names.append(NameSpec(f"{GROUP}.{name}", kind, one.name, unit=units.get(name, "")))
    return tuple(names)


def formula_values(
    host: str, subject_ids: Collection[int], *, actor: Actor, on: datetime, day: date
) -> dict[int, dict[str, object]]:
    """Values behind `formula_names` as the actor may see them; who has none is absent. Two queries, and one for each
    relation that fields name. Which subjects the actor may open, is the caller's to know."""
    found_host = find_field_host(host)
    sets = {one.code: one for one in _sets(host, on)}
    if not sets or found_host is None:
        return {}
    sight = FieldSight(found_host, actor, day, tuple(subject_ids))
    found: dict[int, dict[str, object]] = {}
    for (subject_id, code), sheet in sheets_of(host, subject_ids).items():
        if code in sets:
            found.setdefault(subject_id, {}).update(_seen_values(sets[code], sheet, sight))
    return found


def _sets(host: str, on: datetime) -> tuple[FieldSet, ...]:
    return once(f"sets:{host}", lambda: list_field_sets(host, on=on))


def _seen_values(one: FieldSet, sheet: SheetRow, sight: FieldSight) -> Mapping[str, object]:
    hidden = []
    for field in one.read.form.fields:
        seeing = sight.seeing(field)
        if seeing is not None and sheet.subject[1] not in seeing:
            hidden.append(field.label)
    values = work_out(one.read, sheet.answers).values
    return {f"{GROUP}.{name}": value for name, value in values.items() if name.split(".")[0] not in hidden}


def _computed(one: FieldSet) -> list[Field]:
    return [field for field in one.read.form.fields if field.name in one.read.computed]
