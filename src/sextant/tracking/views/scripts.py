"""话术/做法: the library, a script, its file."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.foundation.files.contracts import FileGone
from sextant.foundation.files.responses import send
from sextant.goals.views.plan_parts import read_id
from sextant.metrics.queries import list_metrics
from sextant.tracking.actions.scripts import may_write_scripts, retire_script, save_script
from sextant.tracking.contracts.help import Cause, HelpRefused
from sextant.tracking.contracts.help_rows import ScriptRow
from sextant.tracking.forms.scripts import ScriptForm
from sextant.tracking.messages.help import CAUSES, say_help
from sextant.tracking.models import Script
from sextant.tracking.queries.scripts import find_script, list_scripts
from sextant.tracking.views.help_parts import Asked, ask


@needs(Permission.TRACKING_READ)
@require_safe
def scripts(request: HttpRequest) -> HttpResponse:
    """The library, with what each script was good for."""
    asked = ask(request)
    told = request.GET.get("cause", "")
    cause, metric_id = told if told in set(Cause) else "", read_id(request.GET.get("metric"))
    may_write = may_write_scripts(asked.actor, on=asked.today)
    rows = list_scripts(metric_id=metric_id, cause=cause, with_retired=may_write)
    context = {
        "rows": [(row, CAUSES[row.cause] if row.cause else "") for row in rows],
        "may_write": may_write,
        "causes": [(one.value, text) for one, text in CAUSES.items()],
        "metrics": [(one.id, one.name) for one in list_metrics() if not one.is_retired],
        "cause": cause,
        "metric": metric_id or "",
        "is_filtered": bool(cause or metric_id),
    }
    return render(request, "tracking/help/scripts.html", context)


@needs(Permission.TRACKING_ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_script(request: HttpRequest) -> HttpResponse:
    """Write a script."""
    asked = ask(request)
    if not may_write_scripts(asked.actor, on=asked.today):
        raise PermissionDenied
    return _written(request, asked, None)


@needs(Permission.TRACKING_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def script(request: HttpRequest, script_id: int) -> HttpResponse:
    """A script to read; for who keeps the library, to change, take out of use and back."""
    asked = ask(request)
    row = find_script(script_id)
    may_write = may_write_scripts(asked.actor, on=asked.today)
    if row is None or (row.is_retired and not may_write):
        raise Http404
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    if request.POST.get("act") in ("retire", "restore"):
        return _retired(request, asked, script_id)
    if may_write:
        return _written(request, asked, row)
    context = {"script": row, "cause": CAUSES[row.cause] if row.cause else ""}
    return render(request, "tracking/help/script.html", context)


@needs(Permission.TRACKING_READ)
@require_safe
def script_file(request: HttpRequest, script_id: int) -> HttpResponse:
    """The file of a script."""
    found = Script.objects.filter(id=script_id, file__isnull=False).first()
    if found is None or found.file_id is None:
        raise Http404
    try:
        return send(found.file_id, name=found.file_name)  # type: ignore[return-value]
    except FileGone as error:
        raise Http404 from error


def _retired(request: HttpRequest, asked: Asked, script_id: int) -> HttpResponse:
    is_retired = request.POST["act"] == "retire"
    try:
        retire_script(script_id, is_retired=is_retired, actor=asked.actor, now=asked.moment)
    except AccessDenied as error:
        raise PermissionDenied from error
    messages.success(request, _("已停用，以前的记录还在。") if is_retired else _("已恢复使用。"))
    return redirect("tracking:script", script_id)


def _written(request: HttpRequest, asked: Asked, row: ScriptRow | None) -> HttpResponse:
    """The form of a script; sent, the script is kept."""
    initial = {}
    if row is not None:
        cause = row.cause.value if row.cause else ""
        initial = {"title": row.title, "text": row.text, "metric": row.metric_id, "cause": cause, "number": row.number}
    form = ScriptForm(request.POST or None, request.FILES or None, metrics=list_metrics(), initial=initial)
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data
        file = kept["file"]
        try:
            script_id = save_script(
                row.id if row else None,
                title=kept["title"],
                text=kept["text"],
                metric_id=kept["metric"],
                cause=form.chosen_cause,
                number=kept["number"] or 0,
                file=(file.file, file.name, file.size) if file else None,
                actor=asked.actor,
                now=asked.moment,
            )
        except AccessDenied as error:
            raise PermissionDenied from error
        except HelpRefused as error:
            for problem in error.problems:
                form.add_error(None, say_help(problem))
        else:
            messages.success(request, _("已保存。"))
            return redirect("tracking:script", script_id)
    context = {"form": form, "script": row, "may_write": True}
    return render(request, "tracking/help/script.html", context, status=422 if form.is_bound else 200)
