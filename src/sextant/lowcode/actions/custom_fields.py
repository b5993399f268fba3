"""Writing custom fields: the sheet of a subject, and many of them from a file."""

from datetime import date, datetime

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.lowcode.access_fields import access_subject
from sextant.lowcode.actions.sheets import begin_sheet
from sextant.lowcode.contracts.custom_fields import subject_kind
from sextant.lowcode.queries.custom_fields import find_field_set


def open_fields(code: str, *, subject_id: int, actor: Actor, now: datetime, on: date) -> int:
    """The sheet of the set `code` for this subject; made when it is not there yet.

    Raises AccessDenied: no such set, no such subject, or nothing in it that the actor may see.
    """
    found = find_field_set(code, on=now)
    if found is None:
        raise AccessDenied(Permission.FIELD_FILL)
    sight = access_subject(actor, host_code=found.host, subject_id=subject_id, on=on)
    viewer = sight.viewer(subject_id)
    if not any(viewer.may_see(one) for one in found.read.form.fields):
        raise AccessDenied(Permission.FIELD_FILL)
    about = sight.host.about(subject_id)
    sheet = begin_sheet(
        found.version_id, subject=(subject_kind(found.host), subject_id), part=found.code, about_id=about, now=now
    )
    return sheet.id
