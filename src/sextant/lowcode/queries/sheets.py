"""Sheets: answers with the form they answer."""

from datetime import datetime
from functools import lru_cache

from sextant.engines.forms import Form, ReadForm, read_form
from sextant.lowcode.contracts.custom_fields import KIND as FIELDS
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.contracts.sheets import ChangeRow, SheetRow, SheetState
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.models import FormSheet, SheetChange
from sextant.lowcode.queries.definitions import find_current, get_version
from sextant.lowcode.registry import get_kind

KIND = "form"


def get_form(version_id: int) -> FormDocument:
    """The document of a version of a form, or of a set of custom fields, whatever its state. One query."""
    return form_of(get_version(version_id))


def form_of(version: VersionRow) -> FormDocument:
    """The document of a version, in the shape of its kind."""
    found = get_kind(version.kind).model.model_validate(version.document)
    assert isinstance(found, FormDocument)  # sheets answer forms, and custom fields are forms
    return found


def standing_version(sheet: SheetRow, *, on: datetime) -> int:
    """The version the sheet answers: the one it was begun with, for custom fields the one that holds at `on`. At most
    one query."""
    current = find_current(FIELDS, sheet.part, on=on) if sheet.stays_open else None
    return current.id if current else sheet.version_id


def ready_form(document: FormDocument) -> ReadForm:
    """The form of a published document, ready for use. ValueError when it could not be read: what is published was
    checked."""
    found = _read(document.form())
    if found is None:
        raise ValueError("a published form cannot be read")
    return found


@lru_cache(maxsize=256)
def _read(form: Form) -> ReadForm | None:
    """Reading parses every formula: once for a form, not once for each who opens it."""
    return read_form(form).value


def find_sheet(subject: tuple[str, int], *, part: str = "") -> SheetRow | None:
    """The sheet of this part of the subject, or None. One query."""
    found = FormSheet.objects.filter(subject_kind=subject[0], subject_id=subject[1], part=part).first()
    return sheet_row(found) if found else None


def list_sheets(subject: tuple[str, int]) -> list[SheetRow]:
    """Every sheet of the subject, the first begun first. One query."""
    found = FormSheet.objects.filter(subject_kind=subject[0], subject_id=subject[1]).order_by("id")
    return [sheet_row(one) for one in found]


def list_changes(sheet_id: int, *, limit: int = 50) -> list[ChangeRow]:
    """Saves of a sheet, the latest first. Fields the reader may not see are for the caller to leave out. One query."""
    found = SheetChange.objects.filter(sheet_id=sheet_id).order_by("-revision")[:limit]
    return [
        ChangeRow(one.revision, one.at, one.person_id, {name: (old, new) for name, (old, new) in one.changes.items()})
        for one in found
    ]


def sheet_row(sheet: FormSheet) -> SheetRow:
    """A sheet as a row."""
    return SheetRow(
        id=sheet.pk,
        version_id=sheet.version_id,
        subject=(sheet.subject_kind, sheet.subject_id),
        part=sheet.part,
        about_id=sheet.about_id,
        state=SheetState(sheet.state),
        revision=sheet.revision,
        answers=sheet.answers,
        computed=sheet.computed,
        changed_at=sheet.changed_at,
        changed_by=sheet.changed_by,
    )
