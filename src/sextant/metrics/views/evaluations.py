"""Evaluation runs: when, over what, with which result; proving one, publishing one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now
from sextant.metrics import jobs
from sextant.metrics.actions.publish import RunSwept, publish_run
from sextant.metrics.actions.replay import RunNotReplayable, replay_run
from sextant.metrics.files import FileUnknown
from sextant.metrics.models import EvaluationRun
from sextant.metrics.queries import count_runs, get_run, list_runs
from sextant.metrics.queries.light_changes import list_turns
from sextant.metrics.queries.run_records import find_run_record

PER_PAGE = 50
SMALL = 2000
"""Goals that are computed again while the browser waits. More go to the worker."""


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
        "evaluate_url": _above("goals:evaluate") if may(actor_of(request), Permission.RUN_START) else None,
    }
    return render(request, "metrics/runs.html", context)


@needs(Permission.RUN_READ)
@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: everything that decided its result, what it changed, whether it was repeated."""
    recorded = find_run_record(run_id)
    if recorded is None:
        raise Http404
    context = {
        "run": get_run(run_id),
        "recorded": recorded,
        "turns": list_turns(run_id),
        "changes_url": _above("goals:changes", run_id),
        "may_publish": may(actor_of(request), Permission.RUN_START) and recorded.published_at is None,
    }
    return render(request, "metrics/run.html", context)


@needs(Permission.RUN_READ)
@require_POST
def replay(request: HttpRequest, run_id: int) -> HttpResponse:
    """Compute a run again: a small one at once, a large one in the worker."""
    try:
        found = get_run(run_id)
        if found.goals > SMALL:
            jobs.enqueue_replay(run_id=run_id, label=actor_of(request).label)
            messages.success(request, _("重放已排队，完成后结果出现在这里。"))
        else:
            _tell(request, is_same=replay_run(run_id, actor=actor_of(request), now=now()).is_same)
    except EvaluationRun.DoesNotExist as error:
        raise Http404 from error
    except (RunNotReplayable, FileUnknown):
        messages.error(request, _("这次评估没有留下完整的输入，不能重放。"))
    return redirect("metrics:run", run_id)


@needs(Permission.RUN_START)
@require_POST
def publish(request: HttpRequest, run_id: int) -> HttpResponse:
    """Publish a run."""
    try:
        publish_run(run_id, actor=actor_of(request), now=now())
    except EvaluationRun.DoesNotExist as error:
        raise Http404 from error
    except RunSwept:
        messages.error(request, _("这次评估的输入已清理，不能再核对，因此不能发布。请重新评估。"))
    else:
        messages.success(request, _("已发布。这次评估从此不能更改。"))
    return redirect("metrics:run", run_id)


def _tell(request: HttpRequest, *, is_same: bool) -> None:
    if is_same:
        messages.success(request, _("重放一致：每一行都和保存的相同。"))
    else:
        messages.error(request, _("重放不一致。请保留现场并联系管理员。"))


def _above(name: str, *args: int) -> str | None:
    """What needs goals lies a floor above; its address is known by name alone, and may not be there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
