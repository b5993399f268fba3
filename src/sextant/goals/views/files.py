"""Files of goals: out by the same filters as the map, in by way of a dry run that shows what would happen."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.foundation.files.store import Store, TooLarge
from sextant.foundation.tabular import TableUnreadable
from sextant.foundation.tabular import messages as tabular
from sextant.foundation.tabular.marks import harmless
from sextant.foundation.tabular.responses import send_csv, send_workbook
from sextant.goals.access import sight_of
from sextant.goals.actions import import_goals
from sextant.goals.forms.bulk import MAX_FILE_BYTES, GoalFileForm
from sextant.goals.models import Goal
from sextant.goals.queries import list_cycles
from sextant.goals.queries.export import COLUMNS, export_rows, with_fields
from sextant.goals.views.filters import MapFilters
from sextant.lowcode.queries.field_lens import read_lens
from sextant.people.contracts import ImportReport

SHOWN = 100
_SHA256 = re.compile(r"[0-9a-f]{64}")


@needs(Permission.GOAL_READ)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The goals the map shows by the same filters, as CSV or with ?format=xlsx as a workbook; ?owners=people leaves out
    those of units. There is no limit to their number: rows leave as they are read."""
    actor, today = actor_of(request), company_day(now(), settings.SEXTANT_ZONE)
    filters = MapFilters.of(request.GET, cycles=list_cycles(), today=today)
    sight = sight_of(actor, on=today)
    goals = filters.by_light(filters.narrow(filters.of_cycle(sight.goals), today=today))
    lens = read_lens("goal", request.GET, actor=actor, now=now(), on=today)
    if lens.is_narrow:
        goals = goals.filter(lens.condition())
    if request.GET.get("owners") == "people":
        goals = goals.filter(owner_person__isnull=False)
    rows = export_rows(Goal.objects.filter(id__in=goals.order_by().values("id")), visible=sight.goals)
    columns = (*COLUMNS, *(one.field.label for one in lens.columns))
    if lens.columns:
        rows = with_fields(rows, lens, actor=actor)
    name = f"goals-{filters.cycle.code if filters.cycle else 'all'}"
    if request.GET.get("format") == "xlsx":
        return send_workbook(columns, rows, f"{name}.xlsx")
    return send_csv(columns, rows, f"{name}.csv")


@needs(Permission.GOAL_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; sent, it is kept and looked at."""
    form = GoalFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            digest, _size = _store().put(sent.chunks(), limit=MAX_FILE_BYTES)
        except TooLarge as error:
            form.add_error("file", _("文件超过 %(mib)s MB。请拆开，或用命令行导入。") % {"mib": error.limit >> 20})
        else:
            address = reverse("goals:import_preview", args=[digest])
            return redirect(f"{address}?{urlencode({'name': sent.name})}")
    return render(request, "goals/bulk/import.html", {"form": form}, status=422 if form.is_bound else 200)


@needs(Permission.GOAL_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, file: str) -> HttpResponse:
    """What the file would do, row by row where it would be refused; sent, it is done."""
    path, name = _path(file), request.GET.get("name", "")[:200]
    is_run = request.method == "POST"
    context: dict[str, object] = {"file": file, "name": name or file[:12]}
    try:
        report = import_goals(path, actor=actor_of(request), now=now(), dry_run=not is_run)
    except TableUnreadable as error:
        context["unreadable"] = tabular.say(error.problem)
        return render(request, "goals/bulk/preview.html", context, status=422)
    rejected = {one.row for one in report.rejected}
    if is_run:
        told = {"created": report.created, "updated": report.updated, "rejected": len(rejected)}
        messages.success(request, _("已导入：新建 %(created)s，更新 %(updated)s，退回 %(rejected)s 行。") % told)
        return redirect("goals:map")
    context |= {"report": report, "rows": report.rejected[:SHOWN], "rejected": len(rejected), "shown": SHOWN}
    return render(request, "goals/bulk/preview.html", context)


@needs(Permission.GOAL_IMPORT)
@require_GET
def errors(request: HttpRequest, file: str) -> HttpResponseBase:
    """The refused rows with column, value and remedy, as CSV to mend them by."""
    try:
        report = import_goals(_path(file), actor=actor_of(request), now=now(), dry_run=True)
    except TableUnreadable as error:
        raise Http404 from error
    return send_csv((_("行"), _("列"), _("值"), _("说明")), _refused(report), f"goals-errors-{file[:8]}.csv")


def _refused(report: ImportReport) -> Iterator[Sequence[object]]:
    for one in report.rejected:
        yield one.row, harmless(one.column), harmless(one.value), one.message


def _path(file: str) -> Path:
    path = _store().path(file)
    if not _SHA256.fullmatch(file) or not path.is_file():
        raise Http404
    return path


def _store() -> Store:
    return Store(Path(settings.SEXTANT_HOME) / "goal-files")
