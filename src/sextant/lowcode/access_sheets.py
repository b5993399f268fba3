"""The only door from a request to a sheet."""

from sextant.engines.forms import Viewer
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.models import FormSheet
from sextant.lowcode.queries.sheets import sheet_row
from sextant.lowcode.registry_sheets import find_sheet_host


def access_sheet(actor: Actor, *, sheet_id: int, is_locked: bool = False) -> tuple[SheetRow, Viewer]:
    """The sheet and who the actor is to it; `is_locked` holds its row until the transaction ends.

    Raises AccessDenied when there is none, or its host lets the actor not open it.
    """
    require(actor, Permission.FORM_FILL)
    rows = FormSheet.objects.select_for_update() if is_locked else FormSheet.objects
    found = rows.filter(id=sheet_id).first()
    if found is None:
        raise AccessDenied("sheet")
    sheet = sheet_row(found)
    host = find_sheet_host(found.subject_kind)
    viewer = host.viewer(sheet, actor=actor) if host else None
    if viewer is None:
        raise AccessDenied("sheet")
    return sheet, viewer
