"""填写: a form as somebody fills it in, on the phone first; every pause of the pen is saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from sextant.engines.forms import FieldKind, ReadForm, Viewer
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.foundation.files import messages as file_messages
from sextant.foundation.files.actions import keep_file
from sextant.foundation.files.contracts import FileRefused
from sextant.foundation.files.responses import send
from sextant.lowcode.access_sheets import access_sheet
from sextant.lowcode.actions.flow_forms import open_form
from sextant.lowcode.actions.sheets import hand_in_sheet, save_sheet
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.contracts.sheets import FIELD_SUBJECTS, SheetRefused, SheetRow, SheetSaved, SheetState
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.forms.sheets import read_given
from sextant.lowcode.messages.forms import say_form
from sextant.lowcode.queries.definitions import get_version
from sextant.lowcode.queries.sheets import form_of, ready_form, standing_version
from sextant.lowcode.registry_hosts import find_field_host
from sextant.lowcode.registry_sheets import LeadsBack, find_sheet_host
from sextant.lowcode.views.sheet_lines import ShownLine, shown_lines, shown_text
from sextant.ui.formats import write_moment


@dataclass(frozen=True, slots=True)
class _Asked:
    """A sheet somebody may open, with its form and who they are to it."""

    sheet: SheetRow
    viewer: Viewer
    version: VersionRow
    document: FormDocument
    read: ReadForm
    actor: Actor
    moment: datetime

    def lines(self, *, sheet: SheetRow | None = None, problems: Iterable[Problem] = ()) -> list[ShownLine]:
        """The lines as the viewer sees them, each with what is wrong with it."""
        return shown_lines(
            self.read,
            self.document,
            (sheet or self.sheet).answers,
            viewer=self.viewer,
            actor=self.actor,
            is_open=self.sheet.state is SheetState.OPEN,
            problems=problems,
        )


@needs(Permission.FORM_FILL)
@require_GET
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """The sheet: to be filled in, or to be read once it is handed in."""
    return _page(request, _ask(request, sheet_id))


@needs(Permission.FORM_FILL)
@require_GET
def fill(request: HttpRequest, item_id: int) -> HttpResponse:
    """From a piece of work to the sheet it asks for. Asking twice finds the same sheet: a link is enough."""
    try:
        sheet_id = open_form(item_id, actor=actor_of(request), now=now())
    except AccessDenied as error:
        raise Http404 from error
    except SheetRefused as error:
        for problem in error.problems:
            messages.error(request, say_form(problem))
        return redirect("lowcode:work", item_id)
    return redirect("lowcode:sheet", sheet_id)


@needs(Permission.FORM_FILL)
@require_POST
def save(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Keep what is written, and with `act=hand_in` close the sheet. A script gets what to show as JSON."""
    asked = _ask(request, sheet_id)
    try:
        given, uploaded = _given(request, asked)
        revision = _revision(request)
        if request.POST.get("act") == "hand_in":
            return _hand_in(request, asked, given, uploaded, revision)
        saved = save_sheet(
            sheet_id, given=given, revision=revision, uploaded=uploaded, actor=asked.actor, now=asked.moment
        )
    except AccessDenied as error:
        raise PermissionDenied from error
    except FileRefused as error:
        return _refused(request, asked, [file_messages.say(error.problem)])
    except SheetRefused as error:
        return _refused(request, asked, [say_form(problem) for problem in error.problems])
    return _saved(request, asked, saved)


@needs(Permission.FORM_FILL)
@require_GET
def sheet_file(request: HttpRequest, sheet_id: int, file_id: int) -> HttpResponseBase:
    """A file of the sheet, to whoever may see the field it stands in."""
    asked = _ask(request, sheet_id)
    for one in asked.read.form.fields:
        if one.kind is FieldKind.FILE and asked.viewer.may_see(one):
            for file in asked.sheet.answers.get(one.name) or []:
                if file["file"] == file_id:
                    answer: FileResponse = send(file_id, name=file["name"])
                    return answer
    raise Http404


def _ask(request: HttpRequest, sheet_id: int) -> _Asked:
    actor = actor_of(request)
    try:
        found, viewer = access_sheet(actor, sheet_id=sheet_id)
    except AccessDenied as error:
        raise Http404 from error
    moment = now()
    version = get_version(standing_version(found, on=moment))
    document = form_of(version)
    return _Asked(found, viewer, version, document, ready_form(document), actor, moment)


def _page(request: HttpRequest, asked: _Asked, *, problems: Iterable[Problem] = (), status: int = 200) -> HttpResponse:
    told = tuple(problems)
    lines = asked.lines(problems=told)
    placed = {line.name for line in lines}
    context = {
        "sheet": asked.sheet,
        "name": asked.version.name,
        "note": asked.document.note,
        "lines": lines,
        "is_open": asked.sheet.state is SheetState.OPEN,
        "of": _subject(asked.sheet),
        "back": _back(asked.sheet),
        "is_mine": any(line.is_editable for line in lines),
        "loose": [say_form(problem) for problem in told if problem.params.get("name") not in placed],
    }
    return render(request, "lowcode/sheets/sheet.html", context, status=status)


def _back(sheet: SheetRow) -> str:
    """The page the sheet belongs to; "" where it has none."""
    host = find_sheet_host(sheet.subject[0])
    return host.page_of(sheet) if isinstance(host, LeadsBack) else ""


def _subject(sheet: SheetRow) -> dict[str, str] | None:
    """What the custom fields of the sheet hang on: its name, and the way back to it; None for any other sheet."""
    host = find_field_host(sheet.subject[0].removeprefix(FIELD_SUBJECTS)) if sheet.stays_open else None
    if host is None:
        return None
    return {"name": host.names([sheet.subject[1]]).get(sheet.subject[1], ""), "path": host.path(sheet.subject[1])}


def _given(request: HttpRequest, asked: _Asked) -> tuple[dict[str, object], set[int]]:
    """The answers on the page, with the files that came along, kept."""
    on = company_day(asked.moment, settings.SEXTANT_ZONE)
    given = read_given(asked.read.form, request.POST, kept=dict(asked.sheet.answers), actor=asked.actor, on=on)
    uploaded: set[int] = set()
    for one in asked.read.form.fields:
        files = request.FILES.getlist(f"u-{one.name}") if one.name in given else []
        for file in files:
            kept = _keep(file, asked)
            uploaded.add(kept["file"])
            given[one.name] = [*_list(given[one.name]), kept]
    return given, uploaded


def _keep(file: "UploadedFile[Any]", asked: _Asked) -> dict[str, Any]:
    name = file.name or ""
    kept = keep_file(cast(BinaryIO, file), name=name, size=file.size or 0, actor=asked.actor, now=asked.moment)
    return {"file": kept.id, "name": name}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _hand_in(
    request: HttpRequest, asked: _Asked, given: Mapping[str, object], uploaded: set[int], revision: int
) -> HttpResponse:
    try:
        hand_in_sheet(
            asked.sheet.id, given=given, revision=revision, uploaded=uploaded, actor=asked.actor, now=asked.moment
        )
    except SheetRefused as error:
        # what is readable is kept, so that the page shows what was written beside what is missing; where the sheet
        # takes nothing any more, that refusal goes on to the caller
        save_sheet(
            asked.sheet.id, given=given, revision=revision, uploaded=uploaded, actor=asked.actor, now=asked.moment
        )
        return _page(request, _ask(request, asked.sheet.id), problems=error.problems, status=422)
    return redirect("lowcode:sheet", sheet_id=asked.sheet.id)


def _saved(request: HttpRequest, asked: _Asked, saved: SheetSaved) -> HttpResponse:
    said = {str(problem.params.get("name", "")): say_form(problem) for problem in saved.problems}
    clashes = [
        {"name": clash.name, "theirs": shown_text(asked.read, clash.name, clash.theirs, actor=asked.actor)}
        for clash in saved.clashes
    ]
    if not request.headers.get("X-Autosave"):
        for clash in saved.clashes:
            mine = shown_text(asked.read, clash.name, clash.mine, actor=asked.actor)
            label = next(one.label for one in asked.read.form.fields if one.name == clash.name)
            messages.warning(request, say_form(Problem("sheet.kept_theirs", {"field": label, "mine": mine})))
        for text in said.values():
            messages.error(request, text)
        return redirect("lowcode:sheet", sheet_id=asked.sheet.id)
    lines = asked.lines(sheet=saved.sheet)
    return JsonResponse(
        {
            "revision": saved.sheet.revision,
            "at": write_moment(saved.sheet.changed_at),
            "shown": [line.name for line in lines if line.is_shown],
            "required": [line.name for line in lines if line.is_required],
            "computed": {line.name: line.text for line in lines if line.kind is FieldKind.FORMULA},
            "problems": said,
            "clashes": clashes,
            "others": {line.name: _drawn(line, saved.sheet) for line in lines if line.name in saved.others},
        }
    )


def _drawn(line: ShownLine, sheet: SheetRow) -> str:
    """One line as the page has it, to take the place of one that is out of date."""
    return render_to_string("lowcode/sheets/_line.html", {"line": line, "sheet": sheet})


def _refused(request: HttpRequest, asked: _Asked, texts: list[str]) -> HttpResponse:
    if request.headers.get("X-Autosave"):
        return JsonResponse({"refused": texts}, status=409)
    for text in texts:
        messages.error(request, text)
    return redirect("lowcode:sheet", sheet_id=asked.sheet.id)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1
