"""发起: the flows that the reader may start, and starting one of them."""

import re
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.actions.flow_own_start import start_own_flow
from sextant.lowcode.contracts.flows import FlowRefused
from sextant.lowcode.messages.flows import say_flow
from sextant.lowcode.queries.flow_starts import StartableFlow, find_own_form, list_startable
from sextant.lowcode.views.work_parts import Asked, ask, find_person

MOST_NAMED = 20


@needs(Permission.FLOW_START)
@require_GET
def flow_starts(request: HttpRequest) -> HttpResponse:
    """Every flow in the reader's list."""
    asked = ask(request)
    return render(request, "lowcode/work/starts.html", {"flows": list_startable(asked.actor, now=asked.moment)})


@needs(Permission.FLOW_START)
@require_http_methods(["GET", "HEAD", "POST"])
def flow_begin(request: HttpRequest, code: str) -> HttpResponse:
    """Start one: its name, whom it asks the starter to choose, and then its form or its page. A page that is sent twice
    starts once."""
    asked = ask(request)
    flow = next(iter(list_startable(asked.actor, now=asked.moment, code=code)), None)
    if flow is None:
        raise Http404
    if request.method == "POST":
        started = _start(request, asked, flow)
        if started is not None:
            return started
    sent = request.POST
    choices = [(step, name, sent.get(f"c-{step}", "")) for step, name in flow.choices]
    context = {
        "flow": flow,
        "title": sent.get("title", ""),
        "choices": choices,
        "key": sent.get("key") or uuid4().hex,
    }
    return render(request, "lowcode/work/start.html", context, status=422 if request.method == "POST" else 200)


def _start(request: HttpRequest, asked: Asked, flow: StartableFlow) -> HttpResponse | None:
    """Where to go on; None when something is wrong, which the page then says."""
    chosen, missed = _chosen(request, asked, flow)
    for name in missed:
        messages.error(request, _("找不到“%(name)s”，或不止一位。请用工号。") % {"name": name})
    if missed:
        return None
    key = re.sub(r"[^0-9a-f]", "", request.POST.get("key", ""))[:32]
    try:
        run_id = start_own_flow(
            flow.version.code,
            title=request.POST.get("title", "")[:200],
            chosen=chosen,
            key=f"own:{asked.person_id}:{key}" if key else None,
            actor=asked.actor,
            now=asked.moment,
        )
    except AccessDenied as error:
        raise Http404 from error
    except FlowRefused as error:
        for problem in error.problems:
            messages.error(request, say_flow(problem))
        return None
    if run_id is None:
        return redirect("lowcode:work_started")
    item_id = find_own_form(run_id, person_id=asked.person_id)
    if item_id is not None:
        return redirect("lowcode:work_fill", item_id=item_id)
    messages.success(request, _("已发起。"))
    return redirect("lowcode:flow_run", run_id=run_id)


def _chosen(request: HttpRequest, asked: Asked, flow: StartableFlow) -> tuple[dict[str, list[int]], list[str]]:
    """Persons named for each step, and what nobody, or several, are called."""
    chosen: dict[str, list[int]] = {}
    missed = []
    for step, _name in flow.choices:
        texts = [one for one in re.split(r"[\s,，、;；]+", request.POST.get(f"c-{step}", "").strip()) if one]
        for text in texts[:MOST_NAMED]:
            person = find_person(text, asked)
            if person is None:
                missed.append(text)
            else:
                chosen.setdefault(step, []).append(person)
    return chosen, missed
