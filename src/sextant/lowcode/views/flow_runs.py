"""One run of a flow: where it is, who is asked, how long each step took, what time will do next, and its log."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now
from sextant.lowcode.access_flows import access_run
from sextant.lowcode.actions.flow_repair import assign_work, remind, resume_flow
from sextant.lowcode.actions.flows import withdraw_flow
from sextant.lowcode.contracts.flows import FlowRefused, WorkKind
from sextant.lowcode.flows.reading import read_typed
from sextant.lowcode.messages.flow_preview import shown_values
from sextant.lowcode.messages.flows import KINDS, STATES, STEP_STATES, say_flow, say_line, say_span
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.flows import RunPage, StepRow, persons_of_log, read_run
from sextant.lowcode.registry_people import PersonName, directory

ICONS = {
    "form": "square-pen",
    "approve": "stamp",
    "copy": "send",
    "wait": "timer",
    "call": "zap",
    "subflow": "workflow",
}
LONGEST_LADDER = 8
Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as the table shows it; `x`, `w` and `limit_x` place its bar on the time axis, in per cent."""

    step: StepRow
    kind: str
    state: str
    icon: str
    persons: tuple[tuple[PersonName, str], ...]
    took: tuple[tuple[str, str], ...]
    limit: str
    is_over: bool
    x: float
    w: float
    limit_x: float | None
    problem: str


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder of the present step: done, ahead, and what it does."""

    at: str
    text: str
    state: str
    due_at: datetime | None


@needs(Permission.WORK_READ)
@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The page of one run, for those who have to do with it."""
    page, moment = _ask(request, run_id), now()
    actor = actor_of(request)
    names = directory().names(_persons(page))
    lines = list(_lines(page, names, moment))
    live = [line for line in lines if line.step.is_live]
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
        "about": _person(page.run.about_id, names),
        "used": _length((page.run.ended_at or moment) - page.run.started_at),
        "next_timer": page.timers[0] if page.timers else None,
        "next_in": _length(page.timers[0].due_at - moment) if page.timers and page.timers[0].due_at > moment else (),
        "ladder": list(_ladder(page, live, moment)),
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
    names = directory().names(_persons(page))
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


def _persons(page: RunPage) -> set[int]:
    asked = {one.person_id for step in page.steps for one in step.work}
    return asked | persons_of_log(page.log) | {page.run.about_id}


def _person(person_id: int, names: Names) -> PersonName:
    return PersonName(person_id, names.get(person_id, "—"))


def _log_person(person_id: int | None, names: Names) -> str:
    return names.get(person_id, "—") if person_id is not None else _("系统")


def _lines(page: RunPage, names: Names, moment: datetime) -> Iterator[StepLine]:
    """Steps with their bars; the axis runs from the start to now, to the end, or to the last limit ahead."""
    start = page.run.started_at
    last = max([page.run.ended_at or moment, *(step.limit_at for step in page.steps if step.is_live and step.limit_at)])
    whole = max((last - start).total_seconds(), 60.0)
    for step in page.steps:
        until = step.closed_at or page.run.ended_at or moment
        x = (step.opened_at - start).total_seconds() / whole * 100
        problem = step.problem if step.is_live else None
        yield StepLine(
            step=step,
            kind=str(KINDS[step.kind]) if step.kind else "",
            state=str(STEP_STATES[step.state]),
            icon=ICONS.get(step.kind.value if step.kind else "", "git-branch"),
            persons=tuple((_person(one.person_id, names), one.outcome) for one in step.asked),
            took=_length(until - step.opened_at),
            limit=say_span(step.limit.amount, step.limit.unit.value) if step.limit else "",
            is_over=step.limit_at is not None and until > step.limit_at,
            x=round(x, 2),
            w=round(max((until - step.opened_at).total_seconds() / whole * 100, 0.8), 2),
            limit_x=round((step.limit_at - start).total_seconds() / whole * 100, 2) if step.limit_at else None,
            problem=say_flow(Problem(problem["code"], problem["params"])) if problem else "",
        )


def _ladder(page: RunPage, live: list[StepLine], moment: datetime) -> Iterator[Rung]:
    """The rungs of the present step: those reached, now, and those ahead."""
    climbed = ((one, node) for one in live if (node := page.flow.nodes.get(one.step.node)) and node.limits)
    line, node = next(climbed, (None, None))
    if line is None or node is None:
        return
    ahead = {timer.code: timer.due_at for timer in page.timers if timer.step_id == line.step.id}
    texts = {"notify": _("提醒处理人"), "escalate": _("升级"), "start": _("另开流程")}
    has_passed = False
    for limit in node.limits[:LONGEST_LADDER]:
        is_ahead = limit.code in ahead
        if is_ahead and not has_passed:
            has_passed = True
            yield Rung("", _("现在"), "now", None)
        at = say_span(limit.after.amount, limit.after.unit.value)
        yield Rung(at, texts[limit.reaction.value], "" if is_ahead else "bad", ahead.get(limit.code))


def _missing(page: RunPage) -> list[str]:
    """Fields that a stopped run lacks."""
    stuck = [step.problem for step in page.steps if step.is_live and step.problem]
    wanted = {name for problem in stuck for name in problem["params"].get("names", [])}
    return [name for name in page.flow.fields if name in wanted]


def _length(span: timedelta) -> tuple[tuple[str, str], ...]:
    """A length of time as (number, unit) pairs, two at most: 51 小时 20 分."""
    minutes = max(int(span.total_seconds() // 60), 0)
    days, hours = divmod(minutes // 60, 24)
    if days >= 4:
        return ((str(days), _("天")), (str(hours), _("小时")))[: 2 if hours else 1]
    if minutes >= 60:
        return ((str(minutes // 60), _("小时")), (str(minutes % 60), _("分")))
    return ((str(minutes), _("分")),)
