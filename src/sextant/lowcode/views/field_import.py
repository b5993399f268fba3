"""附加字段导入: a file is looked at first, row by row where it would be refused; then it is taken."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.foundation.clock import company_day
from sextant.foundation.files.store import Store, TooLarge
from sextant.foundation.tabular import TableUnreadable
from sextant.foundation.tabular import messages as tabular
from sextant.lowcode.actions.field_import import FieldImport, import_fields
from sextant.lowcode.contracts.custom_fields import KIND, FieldSet
from sextant.lowcode.contracts.sheets import SheetRefused
from sextant.lowcode.messages.forms import say_form
from sextant.lowcode.queries.custom_fields import find_field_set
from sextant.lowcode.registry_hosts import find_field_host
from sextant.lowcode.views.definition_parts import AskedDefinition, ask_definition

MOST_BYTES = 20 * 1024 * 1024
SHOWN = 100
_SHA256 = re.compile(r"[0-9a-f]{64}")


@needs(Permission.PERSON_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, definition_id: int) -> HttpResponse:
    """Choose a file; sent, it is kept and looked at; sent again with what it would do in view, it is taken."""
    asked = ask_definition(request, definition_id)
    found = find_field_set(asked.row.code, on=asked.moment) if asked.row.kind == KIND else None
    host = find_field_host(found.host) if found else None
    if found is None or host is None:
        raise Http404
    context: dict[str, object] = {"asked": asked, "host": host.name, "fields": found.read.form.fields}
    if request.method != "POST":
        return render(request, "lowcode/fields/import.html", context)
    try:
        digest = _kept(request)
        is_run = request.POST.get("act") == "take"
        report = _run(digest, found, asked, dry_run=not is_run)
    except TooLarge as error:
        context["wrong"] = [_("文件超过 %(mib)s MB。请拆开。") % {"mib": error.limit >> 20}]
    except TableUnreadable as error:
        context["wrong"] = [tabular.say(error.problem)]
    except SheetRefused as error:
        context["wrong"] = [say_form(problem) for problem in error.problems]
    else:
        if is_run:
            told = {"changed": report.changed, "refused": len({one.row for one in report.refused})}
            messages.success(request, _("已导入：改动 %(changed)s 行，退回 %(refused)s 行。") % told)
            return redirect("lowcode:answers", definition_id)
        rows = [(one, say_form(one.problem)) for one in report.refused[:SHOWN]]
        refused = len({one.row for one in report.refused})
        return render(
            request,
            "lowcode/fields/import.html",
            {**context, "report": report, "rows": rows, "refused": refused, "digest": digest, "shown": SHOWN},
        )
    return render(request, "lowcode/fields/import.html", context, status=422)


def _kept(request: HttpRequest) -> str:
    """The digest of the file that came along, or of the one looked at before."""
    sent = request.FILES.get("file")
    if isinstance(sent, UploadedFile):
        digest, _size = _store().put(sent.chunks(), limit=MOST_BYTES)
        return digest
    digest = request.POST.get("digest", "")
    if not _SHA256.fullmatch(digest):
        raise Http404
    return digest


def _run(digest: str, found: FieldSet, asked: AskedDefinition, *, dry_run: bool) -> FieldImport:
    path: Path = _store().path(digest)
    if not path.is_file():
        raise Http404
    on = company_day(asked.moment, settings.SEXTANT_ZONE)
    return import_fields(path, found, actor=asked.actor, now=asked.moment, on=on, dry_run=dry_run)


def _store() -> Store:
    return Store(Path(settings.SEXTANT_HOME) / "field-files")
