"""What the buttons of 方案中心 do: publish, hand to review, throw away, roll back, retire; files in and out."""

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.lowcode.actions.definition_files import FileOutcome, import_definitions
from sextant.lowcode.actions.definitions import (
    discard_draft,
    publish_definition,
    retire,
    return_to_draft,
    roll_back,
    set_review,
    submit_review,
    withdraw_version,
)
from sextant.lowcode.definition_files import file_name, write_file
from sextant.lowcode.forms.definitions import PublishForm
from sextant.lowcode.messages.definitions import say_all, say_changes
from sextant.lowcode.queries.definitions import list_versions
from sextant.lowcode.registry import find_kind
from sextant.lowcode.views.definition_parts import AskedDefinition, ask_definition, refusals_told

MOST_FILES, MOST_BYTES = 200, 1_000_000


@needs(Permission.DEFINITION_PUBLISH)
@require_POST
def publish(request: HttpRequest, definition_id: int) -> HttpResponse:
    """Publish the draft the reader has before them."""
    asked = ask_definition(request, definition_id)
    form = PublishForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            for text in errors:
                messages.error(request, str(text))
        return redirect("lowcode:definition", definition_id)
    wanted = form.cleaned_data
    holds_from = None  # at once
    if wanted["when"] == "day" and wanted["from_on"] != company_day(asked.moment, settings.SEXTANT_ZONE):
        holds_from = datetime.combine(wanted["from_on"], time(), tzinfo=settings.SEXTANT_ZONE)
    with refusals_told(request, asked.kind):
        publish_definition(
            definition_id,
            revision=wanted["revision"],
            reason=wanted["reason"],
            effective_at=holds_from,
            actor=asked.actor,
            now=asked.moment,
        )
        messages.success(request, _("已发布 v%(number)s。") % {"number": asked.row.draft})
    return redirect("lowcode:definition", definition_id)


@needs(Permission.DEFINITION_EDIT)
@require_POST
def act(request: HttpRequest, definition_id: int) -> HttpResponse:
    """One of the smaller acts, named by `act`; a stranger one is a 404."""
    asked = ask_definition(request, definition_id)
    perform = _ACTS.get(request.POST.get("act", ""))
    if perform is None:
        raise Http404
    said = ""
    with refusals_told(request, asked.kind):
        said = perform(asked, _whole(request.POST.get("revision")), _whole(request.POST.get("number")))
        messages.success(request, said)
    if said and request.POST["act"] == "discard" and asked.row.current is None and asked.row.waiting is None:
        return redirect("lowcode:definitions")  # it went with its only draft
    return redirect("lowcode:definition", definition_id)


@needs(Permission.DEFINITION_PUBLISH)
@require_POST
def review(request: HttpRequest, kind: str) -> HttpResponse:
    """Whether definitions of the kind are published by a second person."""
    with refusals_told(request):
        set_review(kind, is_needed=request.POST.get("needed") == "1", actor=actor_of(request), now=now())
        messages.success(request, _("已保存。"))
    return redirect(f"{reverse('lowcode:definitions')}?{urlencode({'kind': kind})}")


@needs(Permission.DEFINITION_READ)
@require_safe
def download(request: HttpRequest, definition_id: int, number: int) -> HttpResponse:
    """One version as a YAML file."""
    ask_definition(request, definition_id)
    found = next((one for one in list_versions(definition_id, limit=10_000) if one.number == number), None)
    if found is None:
        raise Http404
    named = {"Content-Disposition": f'attachment; filename="{file_name(found)}"'}
    return HttpResponse(write_file(found), content_type="application/yaml; charset=utf-8", headers=named)


@needs(Permission.DEFINITION_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Take YAML files: looked at first, then taken as drafts. What was looked at is sent once more: nothing is kept on
    the server in between."""
    files = request.FILES.getlist("files")[:MOST_FILES]
    if request.method != "POST" or not files:
        return render(request, "lowcode/definitions/import.html", {"lines": None})
    is_dry_run = request.POST.get("act") != "take"
    with TemporaryDirectory() as folder:
        paths = []
        for place, file in enumerate(files):
            path = Path(folder) / f"{place:03}-{Path(file.name or '').name[-80:]}"
            path.write_bytes(file.read(MOST_BYTES))
            paths.append(path)
        lines = import_definitions(paths, actor=actor_of(request), now=now(), is_dry_run=is_dry_run)
    told = [
        {
            "path": line.path[4:],
            "outcome": line.outcome,
            "changes": say_changes(line.changes, kind) if (kind := find_kind(line.kind)) else [],
            "problems": say_all(line.problems, kind),
        }
        for line in lines
    ]
    taken = sum(line.outcome in (FileOutcome.CREATED, FileOutcome.CHANGED) for line in lines)
    if not is_dry_run and taken:
        messages.success(request, _("已导入 %(n)s 个方案，都是草稿，发布后生效。") % {"n": taken})
    context = {"lines": told, "is_dry_run": is_dry_run, "taken": taken}
    return render(request, "lowcode/definitions/import.html", context)


def _submit(asked: AskedDefinition, revision: int, number: int) -> str:
    submit_review(asked.row.id, revision=revision, actor=asked.actor, now=asked.moment)
    return _("已提交审核。")


def _return(asked: AskedDefinition, revision: int, number: int) -> str:
    return_to_draft(asked.row.id, actor=asked.actor, now=asked.moment)
    return _("已退回起草。")


def _discard(asked: AskedDefinition, revision: int, number: int) -> str:
    discard_draft(asked.row.id, revision=revision, actor=asked.actor, now=asked.moment)
    return _("已放弃草稿。")


def _roll_back(asked: AskedDefinition, revision: int, number: int) -> str:
    roll_back(asked.row.id, number=number, actor=asked.actor, now=asked.moment)
    return _("已按 v%(number)s 建立草稿，发布后生效。") % {"number": number}


def _retire(asked: AskedDefinition, revision: int, number: int) -> str:
    retire(asked.row.id, is_retired=True, actor=asked.actor, now=asked.moment)
    return _("已停用。正在使用的不受影响。")


def _restore(asked: AskedDefinition, revision: int, number: int) -> str:
    retire(asked.row.id, is_retired=False, actor=asked.actor, now=asked.moment)
    return _("已恢复。")


def _withdraw(asked: AskedDefinition, revision: int, number: int) -> str:
    version = next((one for one in list_versions(asked.row.id, limit=10_000) if one.number == number), None)
    if version is None:
        raise Http404
    withdraw_version(version.id, actor=asked.actor, now=asked.moment)
    return _("已撤回 v%(number)s。") % {"number": number}


_ACTS: dict[str, Callable[[AskedDefinition, int, int], str]] = {
    "submit": _submit,
    "return": _return,
    "discard": _discard,
    "roll_back": _roll_back,
    "retire": _retire,
    "restore": _restore,
    "withdraw": _withdraw,
}


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0
