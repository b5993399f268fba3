"""附加字段 where they hang: a section on the page of a person, a unit, a goal, and the way to write in it."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.lowcode.access_fields import FieldSight, access_subject
from sextant.lowcode.actions.custom_fields import open_fields
from sextant.lowcode.contracts.custom_fields import FieldSet
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.queries.custom_fields import list_field_sets, sheets_of
from sextant.lowcode.views.sheet_lines import ShownLine, shown_lines


@dataclass(frozen=True, slots=True)
class ShownSet:
    """A set on the page of its subject: what is written in it, and the way to write there for whoever may."""

    name: str
    lines: tuple[ShownLine, ...]
    sheet: SheetRow | None
    edit_url: str


@needs(Permission.FIELD_FILL)
@require_GET
def section(request: HttpRequest, host: str, subject_id: int) -> HttpResponse:
    """The sets of one subject as part of its page; empty for who sees nothing in them."""
    actor, moment = actor_of(request), now()
    try:
        on = company_day(moment, settings.SEXTANT_ZONE)
        sight = access_subject(actor, host_code=host, subject_id=subject_id, on=on)
    except AccessDenied as error:
        raise Http404 from error
    sets = list_field_sets(host, on=moment)
    sheets = sheets_of(host, [subject_id]) if sets else {}
    shown = [_shown(one, sheets.get((subject_id, one.code)), subject_id, sight=sight, actor=actor) for one in sets]
    return render(request, "lowcode/fields/_section.html", {"sets": [one for one in shown if one]})


@needs(Permission.FIELD_FILL)
@require_GET
def write(request: HttpRequest, code: str, subject_id: int) -> HttpResponse:
    """From the section to the sheet. Asking twice finds the same sheet: a link is enough."""
    moment = now()
    try:
        on = company_day(moment, settings.SEXTANT_ZONE)
        sheet_id = open_fields(code, subject_id=subject_id, actor=actor_of(request), now=moment, on=on)
    except AccessDenied as error:
        raise Http404 from error
    return redirect("lowcode:sheet", sheet_id)


def _shown(
    one: FieldSet, sheet: SheetRow | None, subject_id: int, *, sight: FieldSight, actor: Actor
) -> ShownSet | None:
    """None where there is nothing to see and nothing to write."""
    viewer = sight.viewer(subject_id)
    answers = sheet.answers if sheet else {}
    lines = shown_lines(one.read, one.document, answers, viewer=viewer, actor=actor, is_open=True)
    may_write = any(line.is_editable for line in lines)
    said = tuple(line for line in lines if line.is_shown and (line.said or line.files) and _is_answer(line))
    if not said and not may_write:
        return None
    edit_url = reverse("lowcode:fields_write", args=[one.code, subject_id]) if may_write else ""
    return ShownSet(one.name, said, sheet, edit_url)


def _is_answer(line: ShownLine) -> bool:
    return line.kind is not FieldKind.SECTION
