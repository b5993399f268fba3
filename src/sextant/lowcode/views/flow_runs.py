"""One run of a flow: where it is, who is asked, how long each step took, what time will do next, and its log."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now
from sextant.lowcode.access_flows import access_run
from sextant.lowcode.actions.flow_repair import assign_work, remind, resume_flow
from sextant.lowcode.actions.flows import withdraw_flow
from sextant.lowcode.contracts.flows import FlowRefused, StepState, WorkKind
from sextant.lowcode.flows.reading import read_typed
from sextant.lowcode.messages.flow_preview import shown_values
from sextant.lowcode.messages.flows import STATES, say_flow, say_line
from sextant.lowcode.messages.lengths import length_parts
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.flows import RunPage, read_run
from sextant.lowcode.registry_people import directory
from sextant.lowcode.views.run_parts import axis_of, ladders, next_of, person, persons_of, run_tabs, step_lines


@needs(Permission.WORK_READ)
@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The page of one run, for those who have to do with it."""
    page, moment = _ask(request, run_id), now()
    actor = actor_of(request)
    names = directory().names(persons_of(page))
    axis = axis_of(page, moment)
    lines = step_lines(page, names, axis, moment)
    live = [line for line in lines if line.step.is_live and line.step.state is not StepState.JOINED]
    mine = next(
        (one for step in page.steps for one in step.work if one.person_id == actor.person_id and not one.closed_at),
        None,
    )
    current = find_current("flow", page.run.flow_code, on=moment)
    context = {
        "page": page,
        "run": page.run,
        "state": STATES[page.run.state],
        "lines": lines,
        "live": live,
        "mine": mine,
        "tabs": run_tabs(run_id, current="flow_run"),
        "axis": axis,
        "about": person(page.run.about_id, names),
        "used": length_parts((page.run.ended_at or moment) - page.run.started_at),
        "next": next_of(page, moment),
        "ladders": ladders(page, names, moment),
        "log": [
            (_log_person(line.person_id, names), say_line(line.code, line.params, names=names), line)
            for line in reversed(page.log)
        ],
        "newest": current.number if current and current.number != page.run.number else None,
        "values": shown_values(page.flow, page.values),
        "may_remind": page.run.is_live and _is_own(page, actor),
        "may_withdraw": page.run.is_live and not page.run.is_part and _is_own(page, actor, about=False),
        "stuck": [line for line in live if line.problem] if may(actor, Permission.FLOW_MANAGE) else [],
        "assign": mine if mine is not None and mine.kind == WorkKind.ASSIGN else None,
        "missing": _missing(page),
    }
    return render(request, "lowcode/work/run.html", context)


@needs(Permission.WORK_READ)
@require_GET
def evidence(request: HttpRequest, run_id: int) -> HttpResponse:
    """Everything about a run as one JSON file, with the chain of digests that proves its log."""
    page = _ask(request, run_id)
    names = directory().names(persons_of(page))
    document = {
        "run": page.run.id,
        "flow": page.run.flow_code,
        "version": page.run.number,
        "title": page.run.title,
        "state": page.run.state.value,
        "started_at": page.run.started_at.isoformat(),
        "ended_at": page.run.ended_at.isoformat() if page.run.ended_at else None,
        "values": dict(page.values),
        "persons": {str(key): name for key, name in names.items()},
        "log": [
            {
                "number": line.number,
                "at": line.at.isoformat(),
                "person": line.person_id,
                "code": line.code,
                "step": line.node,
                "params": dict(line.params),
                "note": line.note,
                "digest": digest,
            }
            for line, digest in zip(page.log, page.digests, strict=True)
        ],
        "log_is_whole": page.is_whole,
    }
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="flow-{page.run.id}.json"'
    return answer


@needs(Permission.WORK_READ)
@require_POST
def press(request: HttpRequest, run_id: int) -> HttpResponse:
    """Remind everyone the run waits for (催办)."""
    _ask(request, run_id)
    try:
        reminded = remind(run_id, actor=actor_of(request), now=now())
    except AccessDenied as error:
        raise PermissionDenied from error
    if reminded:
        messages.success(request, ngettext("已催办 %(n)s 人。", "已催办 %(n)s 人。", reminded) % {"n": reminded})
    else:
        messages.info(request, _("一小时内已催办过。"))
    return redirect("lowcode:flow_run", run_id=run_id)


@needs(Permission.WORK_READ)
@require_POST
def withdraw(request: HttpRequest, run_id: int) -> HttpResponse:
    """Take a run back."""
    _ask(request, run_id)
    note = request.POST.get("note", "").replace("\0", "")[:1000]
    return _told(
        request, run_id, lambda: withdraw_flow(run_id, note=note, actor=actor_of(request), now=now()), _("已撤回。")
    )


@needs(Permission.FLOW_MANAGE)
@require_POST
def repair(request: HttpRequest, run_id: int) -> HttpResponse:
    """Fill in what a stopped run lacks, and let it go on."""
    page = _ask(request, run_id)
    given = {key[2:]: str(value).strip() for key, value in request.POST.items() if key.startswith("v-")}
    values, wrong = {}, []
    for name, text in given.items():
        if not text:
            continue
        kind = page.flow.fields.get(name)
        value = read_typed(text, kind) if kind is not None else None
        if value is None:
            wrong.append(name)
        else:
            values[name] = value
    if wrong:
        messages.error(request, _("“%(names)s”填写有误。请检查。") % {"names": _("、").join(wrong)})
        return redirect("lowcode:flow_run", run_id=run_id)
    return _told(
        request, run_id, lambda: resume_flow(run_id, values=values, actor=actor_of(request), now=now()), _("已继续。")
    )


@needs(Permission.FLOW_MANAGE)
@require_POST
def assign(request: HttpRequest, run_id: int) -> HttpResponse:
    """Name who is asked at a step for which nobody was found."""
    page, actor = _ask(request, run_id), actor_of(request)
    mine = [one for step in page.steps for one in step.work if one.person_id == actor.person_id and not one.closed_at]
    item = next((one for one in mine if one.kind == WorkKind.ASSIGN), None)
    numbers = [one for one in request.POST.get("numbers", "").replace("，", ",").replace(",", " ").split() if one]
    found = directory().by_number(numbers)
    if item is None or not numbers or set(numbers) - set(found):
        messages.error(request, _("找不到这些工号的同事，或已有人指定。请检查。"))
        return redirect("lowcode:flow_run", run_id=run_id)
    ids = [found[one] for one in numbers]
    return _told(request, run_id, lambda: assign_work(item.id, person_ids=ids, actor=actor, now=now()), _("已指定。"))


def _ask(request: HttpRequest, run_id: int) -> RunPage:
    """The run the request is about; Http404 for one that is not there for this reader."""
    try:
        return read_run(access_run(actor_of(request), run_id=run_id))
    except AccessDenied as error:
        raise Http404 from error


def _told(request: HttpRequest, run_id: int, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it and say so; what is refused is said on the page."""
    try:
        act()
    except AccessDenied as error:
        raise PermissionDenied from error
    except FlowRefused as error:
        for problem in error.problems:
            messages.error(request, say_flow(problem))
    else:
        messages.success(request, done)
    return redirect("lowcode:flow_run", run_id=run_id)


def _is_own(page: RunPage, actor: Actor, *, about: bool = True) -> bool:
    own = {page.run.starter_id, page.run.about_id if about else None} - {None}
    return actor.person_id in own or may(actor, Permission.FLOW_MANAGE)


def _log_person(person_id: int | None, names: Mapping[int, str]) -> str:
    return names.get(person_id, "—") if person_id is not None else _("系统")


def _missing(page: RunPage) -> list[str]:
    """Fields that a stopped run lacks."""
    stuck = [step.problem for step in page.steps if step.is_live and step.problem]
    wanted = {name for problem in stuck for name in problem["params"].get("names", [])}
    return [name for name in page.flow.fields if name in wanted]
