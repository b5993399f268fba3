"""Editing a metric: the form with its live formula, one version with its roll-back, retiring."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sextant.engines.derivation import KnownMetric, compute, read_derivation
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now as clock_now
from sextant.foundation.formula_lines import list_completions, problem_lines
from sextant.metrics.actions.metric_versions import retire_metric, roll_back_metric, save_metric, take_up_metric
from sextant.metrics.definition import DefinitionRefused, MetricDocument, changes_between
from sextant.metrics.forms.library import MetricForm, initial_of
from sextant.metrics.messages.library import say
from sextant.metrics.models import Metric, MetricVersion
from sextant.metrics.queries.metric_detail import MetricDetail, MetricNotFound, get_metric_detail, list_names
from sextant.metrics.queries.metric_versions import get_document, get_version_document
from sextant.metrics.views.metric_cards import make_changes


@needs(Permission.METRIC_DEFINE)
@require_http_methods(["GET", "POST"])
def metric_new(request: HttpRequest) -> HttpResponse:
    """A metric the library does not have yet."""
    return _edit(request, None)


@needs(Permission.METRIC_DEFINE)
@require_http_methods(["GET", "POST"])
def metric_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of a metric."""
    return _edit(request, _metric_or_404(code))


def _edit(request: HttpRequest, metric: MetricDetail | None) -> HttpResponse:
    document = get_document(metric.code) if metric else None
    problems: list[str] = []
    if request.method == "POST":
        form = MetricForm(request.POST)
        form.for_change_of(metric.code if metric else None)
        if form.is_valid():
            try:
                code = _save(request, form, metric, document)
                messages.success(request, _("定义已保存。"))
                return redirect("metrics:metric", code=code)
            except DefinitionRefused as error:
                problems = [say(problem) for problem in error.problems]
    else:
        form = MetricForm(initial=initial_of(document, version=metric.version) if metric and document else None)
        form.for_change_of(metric.code if metric else None)
    names = list_names()
    context = {
        "form": form,
        "metric": metric,
        "problems": problems,
        "names": names,
        "completions": list_completions([row.name for row in names]),
    }
    return render(request, "metrics/metric_edit.html", context, status=422 if request.method == "POST" else 200)


def _save(request: HttpRequest, form: MetricForm, metric: MetricDetail | None, document: MetricDocument | None) -> str:
    wanted = form.document(inputs=document.inputs if document else {})
    if metric:
        wanted = wanted.model_copy(update={"code": metric.code})
    row = save_metric(
        wanted,
        reason=form.cleaned_data["reason"],
        actor=actor_of(request),
        now=clock_now(),
        expected_version=form.cleaned_data["version"],
    )
    return row.code


@needs(Permission.METRIC_DEFINE)
@require_POST
def metric_formula(request: HttpRequest) -> HttpResponse:
    """What is wrong with the formula as typed so far, with place and suggestion; a part of the form."""
    text = request.POST.get("formula", "")[:4001]
    outcome = read_derivation(
        text,
        metrics=[KnownMetric(row.code, row.name) for row in list_names()],
        dimension=request.POST.get("dimension", "").strip()[:80],
        is_ratio=request.POST.get("aggregation") == "ratio",
    )
    context = {
        "empty": not text.strip(),
        "ok": outcome.value is not None,
        "canonical": " / ".join(formula.text() for formula in outcome.value.formulas) if outcome.value else "",
        "inputs": outcome.value.inputs if outcome.value else {},
        "answer": {"problems": problem_lines(text, outcome.problems, say=say)},
        "ignores_missing": outcome.value is not None and compute(outcome.value, {}).value is not None,
    }
    return render(request, "metrics/_metric_formula.html", context)


@needs(Permission.METRIC_READ)
@require_http_methods(["GET", "POST"])
def metric_version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """One version: its document, what differs from the one in force; POST brings it back."""
    metric = _metric_or_404(code)
    try:
        document = get_version_document(code, version)
    except (MetricVersion.DoesNotExist, Metric.DoesNotExist) as error:
        raise Http404 from error
    may_define = may(actor_of(request), Permission.METRIC_DEFINE)
    problems: list[str] = []
    if request.method == "POST":
        if not may_define:
            raise Http404
        try:
            reason = request.POST.get("reason", "")[:500]
            roll_back_metric(code, version=version, reason=reason, actor=actor_of(request), now=clock_now())
            messages.success(request, _("已恢复为第 %(version)s 版的内容。") % {"version": version})
            return redirect("metrics:metric", code=code)
        except DefinitionRefused as error:
            problems = [say(problem) for problem in error.problems]
    context = {
        "metric": metric,
        "version": version,
        "text": document.to_yaml(),
        "changes": make_changes(changes_between(document, get_document(code))),
        "may_define": may_define and version != metric.version and metric.retired_at is None,
        "problems": problems,
    }
    return render(request, "metrics/metric_version.html", context, status=422 if problems else 200)


@needs(Permission.METRIC_DEFINE)
@require_POST
def metric_retire(request: HttpRequest, code: str) -> HttpResponse:
    """Retire a metric, or take it up again; a refusal names who still uses it."""
    metric = _metric_or_404(code)
    act = take_up_metric if metric.retired_at else retire_metric
    try:
        act(code, reason=request.POST.get("reason", "")[:500], actor=actor_of(request), now=clock_now())
    except DefinitionRefused as error:
        for problem in error.problems:
            messages.error(request, say(problem))
    else:
        messages.success(request, _("已恢复使用。") if metric.retired_at else _("已停用：不再用于新目标。"))
    return redirect("metrics:metric", code=code)


def _metric_or_404(code: str) -> MetricDetail:
    try:
        return get_metric_detail(code)
    except MetricNotFound as error:
        raise Http404 from error
