"""Evaluation runs: when, over what, with which result."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.metrics.queries import count_runs, get_run, list_runs
from sextant.metrics.queries.run_records import find_run_record

PER_PAGE = 50


@needs(Permission.RUN_READ)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Every run, newest first."""
    total = count_runs()
    pages = max(1, -(-total // PER_PAGE))
    asked = request.GET.get("page", "1")
    number = min(max(int(asked) if asked.isdecimal() and len(asked) < 9 else 1, 1), pages)
    context = {
        "runs": list_runs(limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        "number": number,
        "pages": pages,
        "total": total,
        "evaluate_url": _evaluate_url() if may(actor_of(request), Permission.RUN_START) else None,
    }
    return render(request, "metrics/runs.html", context)


@needs(Permission.RUN_READ)
@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: everything that decided its result, so that it can be repeated."""
    recorded = find_run_record(run_id)
    if recorded is None:
        raise Http404
    return render(request, "metrics/run.html", {"run": get_run(run_id), "recorded": recorded})


def _evaluate_url() -> str | None:
    """Starting a run needs goals, a floor above; its address is known by name alone, and may not be there."""
    try:
        return reverse("goals:evaluate")
    except NoReverseMatch:
        return None
