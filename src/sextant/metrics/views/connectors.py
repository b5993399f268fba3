"""Connectors: which sources deliver, how they are doing, and their documents."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.foundation.tabular import TableUnreadable
from sextant.metrics.actions.connector_runs import preview_connector
from sextant.metrics.actions.connectors import SecretUnknown, forget_secret, save_connector, set_secret
from sextant.metrics.connectors.contracts import RunState, SecretState, SourceFailed
from sextant.metrics.connectors.document import ConnectorRefused, parse_connector
from sextant.metrics.connectors.examples import KINDS, example_of
from sextant.metrics.connectors.messages import say
from sextant.metrics.documents import MAX_CHARACTERS, DocumentRefused
from sextant.metrics.jobs import connectors as jobs_connectors
from sextant.metrics.queries.connectors import (
    ConnectorUnknown,
    count_connector_runs,
    count_connectors,
    diff_of,
    get_connector,
    get_text,
    list_connector_runs,
    list_connectors,
    list_secrets,
    list_stale_metrics,
    list_versions,
)

PER_PAGE = 50
RUNS_PER_PAGE = 10
SHOWN = 12
STALE_SHOWN = 20


@needs(Permission.CONNECTOR_READ)
@require_safe
def connectors(request: HttpRequest) -> HttpResponse:
    """Every connector with its last run and its next, and the metrics that wait for data."""
    total = count_connectors()
    number, pages = _page(request, total=total, per_page=PER_PAGE)
    today = company_day(clock_now(), settings.SEXTANT_ZONE)
    stale = list_stale_metrics(today=today, limit=STALE_SHOWN + 1)
    context = {
        "connectors": list_connectors(limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        "number": number,
        "pages": pages,
        "total": total,
        "stale": stale[:STALE_SHOWN],
        "more_stale": len(stale) > STALE_SHOWN,
        "may_manage": may(actor_of(request), Permission.CONNECTOR_MANAGE),
    }
    return render(request, "metrics/connectors.html", context)


@needs(Permission.CONNECTOR_READ)
@require_safe
def connector(request: HttpRequest, name: str) -> HttpResponse:
    """One connector: how it is doing, its secrets, its runs and versions. A run under way asks again by itself."""
    try:
        found, text = get_connector(name), get_text(name)
    except ConnectorUnknown as error:
        raise Http404 from error
    total = count_connector_runs(name)
    number, pages = _page(request, total=total, per_page=RUNS_PER_PAGE)
    context = {
        "connector": found,
        "runs": list_connector_runs(name, limit=RUNS_PER_PAGE, offset=(number - 1) * RUNS_PER_PAGE),
        "number": number,
        "pages": pages,
        "total": total,
        "under_way": found.last_run is not None and found.last_run.state is RunState.RUNNING,
        "may_manage": may(actor_of(request), Permission.CONNECTOR_MANAGE),
        **_document_parts(name, text),
    }
    if request.headers.get("HX-Request"):
        return render(request, "metrics/_connector_runs.html", context)
    return render(request, "metrics/connector.html", {**context, "versions": list_versions(name), "text": text})


@needs(Permission.CONNECTOR_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def connector_new(request: HttpRequest) -> HttpResponse:
    """Write a connector's first document, from an example."""
    kind = request.GET.get("kind", "rest")
    return _edit(request, name=None, text=example_of(kind, language=get_language() or ""), kind=kind)


@needs(Permission.CONNECTOR_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def connector_document(request: HttpRequest, name: str) -> HttpResponse:
    """Rework the document: look at what would come of it, then save it as the next version."""
    try:
        return _edit(request, name=name, text=_wanted_version(request, name))
    except ConnectorUnknown as error:
        raise Http404 from error


@needs(Permission.CONNECTOR_MANAGE)
@require_POST
def connector_run(request: HttpRequest, name: str) -> HttpResponse:
    """Queue a run now."""
    try:
        found = get_connector(name)
    except ConnectorUnknown as error:
        raise Http404 from error
    from_start = request.POST.get("from_start") == "1"
    label = actor_of(request).label or "web"
    if jobs_connectors.enqueue_connector(connector_id=found.id, label=label, from_start=from_start):
        messages.success(request, _("已排队，完成后显示在运行记录里。"))
    else:
        messages.info(request, _("已经在排队了。"))
    return redirect("metrics:connector", name=name)


@needs(Permission.CONNECTOR_MANAGE)
@require_POST
def connector_secret(request: HttpRequest, name: str, secret: str) -> HttpResponse:
    """Set or forget a secret. No page ever shows one."""
    actor, moment = actor_of(request), clock_now()
    try:
        if request.POST.get("do") == "forget":
            get_connector(name)
            forget_secret(name, secret, actor=actor, now=moment)
            messages.success(request, _("凭据已删除。"))
        else:
            set_secret(name, secret, request.POST.get("value", ""), actor=actor, now=moment)
            messages.success(request, _("凭据已设置。"))
    except (ConnectorUnknown, SecretUnknown) as error:
        raise Http404 from error
    except ValueError:
        messages.error(request, _("凭据是空的，或者太长。"))
    return redirect("metrics:connector", name=name)


@needs(Permission.CONNECTOR_READ)
@require_safe
def connector_version(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One version of the document, and what it changed."""
    try:
        found, version, (shown, lines) = get_connector(name), number, diff_of(name, number)
    except ConnectorUnknown as error:
        raise Http404 from error
    context = {
        "connector": found,
        "version": shown,
        "lines": [(line[:1], line[1:]) for line in lines],
        "is_first": version == 1,
        "may_manage": may(actor_of(request), Permission.CONNECTOR_MANAGE),
    }
    return render(request, "metrics/connector_version.html", context)


def _edit(request: HttpRequest, *, name: str | None, text: str, kind: str = "") -> HttpResponse:
    context: dict[str, object] = {"name": name, "text": text, "kind": kind, "problems": []}
    context["kinds"] = KINDS if name is None else ()
    if request.method != "POST":
        return render(request, "metrics/connector_edit.html", context)
    text = request.POST.get("text", "").replace("\r\n", "\n")[: MAX_CHARACTERS + 1]
    context["text"] = text
    try:
        if request.POST.get("do") == "save":
            saved = save_connector(text, actor=actor_of(request), now=clock_now(), name=name)
            words = _("已保存第 %(version)s 版。") if saved.is_changed else _("没有变化，仍是第 %(version)s 版。")
            messages.success(request, words % {"version": saved.version})
            return redirect("metrics:connector", name=saved.name)
        context |= _previewed(request, text, name=name)
    except DocumentRefused as error:
        context["problems"] = [say(problem) for problem in error.problems]
    status = 422 if context["problems"] or context.get("failure") else 200
    return render(request, "metrics/connector_edit.html", context, status=status)


def _previewed(request: HttpRequest, text: str, *, name: str | None) -> dict[str, object]:
    """What the preview found, or why there is none. Raises DocumentRefused."""
    document = parse_connector(text)
    if name is not None and document.name != name:
        raise ConnectorRefused(Problem("connector.name_differs", {"name": name}))
    try:
        found = preview_connector(text, actor=actor_of(request), now=clock_now(), first=SHOWN)
    except (SourceFailed, TableUnreadable) as error:
        return {"failure": say(error.problem), "label": document.label}
    return {"preview": found, "is_empty": found is None, "label": document.label}


def _document_parts(name: str, text: str) -> dict[str, object]:
    """What the page says of the document; one written for an earlier release may no longer be readable."""
    secrets: list[SecretState] = []
    try:
        document = parse_connector(text)
        secrets = list_secrets(name, document)
        return {"document": document, "secrets": secrets, "document_problems": []}
    except DocumentRefused as error:
        return {"document": None, "secrets": secrets, "document_problems": [say(one) for one in error.problems]}


def _wanted_version(request: HttpRequest, name: str) -> str:
    """The text to begin from: the version asked for, else the one in force."""
    asked = request.GET.get("version", "")
    return diff_of(name, int(asked))[0].text if asked.isdecimal() and len(asked) < 9 else get_text(name)


def _page(request: HttpRequest, *, total: int, per_page: int) -> tuple[int, int]:
    pages = max(1, -(-total // per_page))
    asked = request.GET.get("page", "1")
    return min(max(int(asked) if asked.isdecimal() and len(asked) < 9 else 1, 1), pages), pages
