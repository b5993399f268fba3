"""Taking a file in from the browser: upload, look at what would come of it, run.

File and mapping are kept by their content and named in the address, so a preview can be reloaded, sent to a colleague
and gone back to.
"""

from contextlib import suppress
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now as clock_now
from sextant.foundation.tabular import TableUnreadable
from sextant.foundation.tabular import messages as tabular_messages
from sextant.metrics import jobs
from sextant.metrics.actions.ingest import ingest_queued, preview_file, queue_file
from sextant.metrics.documents import MAX_CHARACTERS
from sextant.metrics.files import FileTooLarge, FileUnknown, keep, path_of
from sextant.metrics.forms.metrics import MAX_FILE_BYTES, OWN, UploadForm
from sextant.metrics.intake.messages import say_mapping
from sextant.metrics.mapping import IngestMapping, MappingRefused, parse_mapping
from sextant.metrics.queries.mappings import get_mapping_text

AT_ONCE_BYTES = 512 * 1024
"""A file up to this size is taken in while the browser waits (well under a second); a larger one by the worker."""
SHOWN = 12


@needs(Permission.METRIC_INGEST)
@require_http_methods(["GET", "HEAD", "POST"])
def ingest(request: HttpRequest) -> HttpResponse:
    """Choose a file and a mapping."""
    if request.method != "POST":
        return render(request, "metrics/ingest.html", {"form": UploadForm()})
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            file = keep(upload.chunks(), limit=MAX_FILE_BYTES)
            mapping = _keep_text(_mapping_text(form))
            return redirect(_preview_url(file, mapping, name=upload.name))
        except FileTooLarge as error:
            form.add_error("file", _("文件超过 %(mib)s MB。请拆开，或用命令行导入。") % {"mib": error.limit >> 20})
        except UnicodeDecodeError:
            form.add_error("mapping_file", _("映射文件不是 UTF-8 文字。请另存为 UTF-8。"))
    return render(request, "metrics/ingest.html", {"form": form}, status=422)


@needs(Permission.METRIC_INGEST)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, file: str, mapping: str) -> HttpResponse:
    """What the file would give under the mapping; from here it is taken in, or the mapping is reworked."""
    name = request.GET.get("name", "")[:300]
    try:
        path, text = path_of(file), path_of(mapping).read_text(encoding="utf-8")
    except FileUnknown as error:
        raise Http404 from error
    if request.method == "POST":
        written = request.POST.get("mapping_text", text).replace("\r\n", "\n")[:MAX_CHARACTERS]
        # what was changed since the preview is looked at first: nothing runs unseen
        if request.POST.get("do") != "run" or written.strip() != text.strip():
            return redirect(_preview_url(file, _keep_text(written), name=name))
    context = {"name": name or path.name[:12], "text": text, "size": path.stat().st_size, "problems": [], "file": file}
    try:
        known = parse_mapping(text)
        if request.method == "POST":
            return _run(request, file, known, name=name or path.name[:12])
        context["preview"] = preview_file(path, mapping=known, actor=actor_of(request), now=clock_now(), first=SHOWN)
        context["source"] = known.source
    except MappingRefused as error:
        context["problems"] = [say_mapping(problem) for problem in error.problems]
    except TableUnreadable as error:
        context["unreadable"] = tabular_messages.say(error.problem)
    status = 422 if context["problems"] or "unreadable" in context else 200
    return render(request, "metrics/preview.html", context, status=status if request.method == "POST" else 200)


def _run(request: HttpRequest, file: str, mapping: IngestMapping, *, name: str) -> HttpResponse:
    actor, moment, path = actor_of(request), clock_now(), path_of(file)
    batch_id, is_open = queue_file(path, mapping=mapping, filename=name, actor=actor, now=moment)
    if is_open and path.stat().st_size <= AT_ONCE_BYTES:
        # a file broken further down is said on the page of its batch
        with suppress(TableUnreadable):
            ingest_queued(batch_id, actor=actor, now=moment)
    elif is_open:
        jobs.enqueue_batch(batch_id=batch_id, label=actor.label)
    return redirect("metrics:batch", batch_id=batch_id)


def _mapping_text(form: UploadForm) -> str:
    if form.cleaned_data["mapping"] != OWN:
        return get_mapping_text(form.cleaned_data["mapping"])
    if upload := form.cleaned_data["mapping_file"]:
        return str(upload.read(4 * MAX_CHARACTERS), "utf-8-sig")
    return str(form.cleaned_data["mapping_text"])


def _keep_text(text: str) -> str:
    return keep([text.replace("\r\n", "\n").encode()], limit=4 * MAX_CHARACTERS)


def _preview_url(file: str, mapping: str, *, name: str) -> str:
    address = reverse("metrics:preview", kwargs={"file": file, "mapping": mapping})
    return f"{address}?{urlencode({'name': name})}"
