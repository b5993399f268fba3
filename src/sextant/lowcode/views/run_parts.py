"""What the pages of a run share: steps as lines on a time axis, ladders with what really happened, what comes next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from sextant.engines.flow import Limit, ReactionKind
from sextant.engines.values import Problem
from sextant.foundation.clock import company_day
from sextant.lowcode.contracts.flows import WorkKind
from sextant.lowcode.messages.flow_trial import ICONS
from sextant.lowcode.messages.flows import KINDS, STEP_STATES, say_flow, say_span
from sextant.lowcode.messages.lengths import Parts, length_parts
from sextant.lowcode.policy.flow_log import LogLine
from sextant.lowcode.queries.flows import RunPage, StepRow, TimerRow, persons_of_log
from sextant.lowcode.registry_people import PersonName
from sextant.ui.formats import write_day_words

PERSONS_SHOWN = 3
LEAST_WIDTH = 0.8
"""A bar in per cent of the axis: a step that took no time is still seen."""
Names = Mapping[int, str]
_REACHED = {"flow.line.notified", "flow.line.escalated", "flow.line.spawned"}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as the table shows it; `x` and `w` place its bar on the time axis, `ticks` its limits, in per cent."""

    step: StepRow
    name: str
    kind: str
    state: str
    at: str
    icon: str
    persons: tuple[tuple[PersonName, str], ...]
    more: int
    took: Parts
    limit: str
    is_over: bool
    x: float
    w: float
    ticks: tuple[float, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From when to when the bars are drawn."""

    start: datetime
    end: datetime

    def place(self, moment: datetime) -> float:
        """Where an instant lies, in per cent."""
        whole = max((self.end - self.start).total_seconds(), 60.0)
        return round((moment - self.start).total_seconds() / whole * 100, 2)


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of a ladder: `state` "bad" where it was reached, "now", or "" ahead; `note` says who got it."""

    at: str
    text: str
    state: str
    moment: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The limits of a step that is under way."""

    step: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """What time will do next: in how long, and what."""

    length: Parts
    text: str


def run_tabs(run_id: int, *, current: str) -> list[dict[str, object]]:
    """The two views of a run."""
    texts = {"flow_run": _("经过"), "flow_picture": _("流程图")}
    return [
        {"href": reverse(f"lowcode:{name}", args=[run_id]), "text": text, "count": None, "current": name == current}
        for name, text in texts.items()
    ]


def persons_of(page: RunPage) -> set[int]:
    """Everybody whom the page of a run names."""
    asked = {one.person_id for step in page.steps for one in step.work}
    return asked | persons_of_log(page.log) | {page.run.about_id}


def person(person_id: int, names: Names) -> PersonName:
    """A person with the name they have."""
    return PersonName(person_id, names.get(person_id, "—"))


def axis_of(page: RunPage, moment: datetime) -> Axis:
    """From the start to now, to the end, or to the last limit ahead."""
    live = {step.id for step in page.steps if step.is_live}
    ahead = [timer.due_at for timer in page.timers if timer.step_id in live]
    return Axis(page.run.started_at, max([page.run.ended_at or moment, *ahead]))


def step_lines(page: RunPage, names: Names, axis: Axis, moment: datetime) -> list[StepLine]:
    """Steps with their bars, in the order they were entered."""
    days = [company_day(step.opened_at, settings.SEXTANT_ZONE) for step in page.steps]
    lines = []
    for place, step in enumerate(page.steps):
        clock = step.opened_at.astimezone(settings.SEXTANT_ZONE).strftime("%H:%M")
        is_new_day = place == 0 or days[place] != days[place - 1]
        at = f"{write_day_words(days[place])} {clock}" if is_new_day else clock
        lines.append(_line(page, step, names, axis, moment, at))
    return lines


def ladders(page: RunPage, names: Names, moment: datetime) -> list[Ladder]:
    """The ladders of the steps under way, each with what was reached, now, and what is ahead."""
    found = []
    for step in page.steps:
        node = page.flow.nodes.get(step.node)
        if step.is_live and node is not None and node.limits:
            rungs = [_rung(page, step, limit, names) for limit in node.limits]
            used = length_parts(moment - step.opened_at)[0]
            here = Rung(" ".join(used), _("现在"), "now", None)
            place = sum(1 for rung in rungs if rung.state == "bad")
            found.append(Ladder(step.name, (*rungs[:place], here, *rungs[place:])))
    return found


def next_of(page: RunPage, moment: datetime) -> Next | None:
    """The first timer that is set, in words; None when time does nothing."""
    if not page.timers or not page.run.is_live:
        return None
    timer = page.timers[0]
    return Next(length_parts(timer.due_at - moment) if timer.due_at > moment else (), _said(page, timer))


def _line(page: RunPage, step: StepRow, names: Names, axis: Axis, moment: datetime, at: str) -> StepLine:
    until = step.closed_at or page.run.ended_at or moment
    x, problem = axis.place(step.opened_at), step.problem if step.is_live else None
    asked, kind = step.asked, str(KINDS[step.kind]) if step.kind else ""
    return StepLine(
        step=step,
        name=kind if kind and step.name == step.node else step.name,
        kind=kind,
        state=str(STEP_STATES[step.state]),
        at=at,
        icon=ICONS.get(step.kind, "git-branch") if step.kind else "git-branch",
        persons=tuple((person(one.person_id, names), one.outcome) for one in asked[:PERSONS_SHOWN]),
        more=max(len(asked) - PERSONS_SHOWN, 0),
        took=length_parts(until - step.opened_at),
        limit=say_span(step.limit.amount, step.limit.unit.value) if step.limit else "",
        is_over=step.limit_at is not None and until > step.limit_at,
        x=x,
        w=max(axis.place(until) - x, LEAST_WIDTH),
        ticks=tuple(sorted({axis.place(at) for at in _limits_at(page, step) if at <= axis.end})),
        problem=say_flow(Problem(problem["code"], problem["params"])) if problem else "",
    )


def _limits_at(page: RunPage, step: StepRow) -> Iterator[datetime]:
    """When the limits of a visit are or were reached."""
    if step.limit_at is not None:
        yield step.limit_at
    yield from (timer.due_at for timer in page.timers if timer.step_id == step.id and _limit_of(page, timer))
    yield from (line.at for line in _reached(page, step))


def _reached(page: RunPage, step: StepRow) -> list[LogLine]:
    """Lines of the log about limits of this visit."""
    return [
        line
        for line in page.log
        if line.code in _REACHED
        and line.node == step.node
        and step.opened_at <= line.at
        and (step.closed_at is None or line.at <= step.closed_at)
    ]


def _rung(page: RunPage, step: StepRow, limit: Limit, names: Names) -> Rung:
    at = say_span(limit.after.amount, limit.after.unit.value)
    line = next((one for one in _reached(page, step) if one.params.get("limit") == limit.code), None)
    if line is None:
        ahead = next((one.due_at for one in page.timers if (one.step_id, one.code) == (step.id, limit.code)), None)
        return Rung(at, _ahead(limit), "", ahead)
    done = {
        ReactionKind.NOTIFY: _("已提醒处理人"),
        ReactionKind.ESCALATE: _("已升级"),
        ReactionKind.START: _("已另开流程"),
    }
    note = _received(step, line.at, names) if limit.reaction is ReactionKind.ESCALATE else ""
    return Rung(at, done[limit.reaction], "bad", line.at, note)


def _ahead(limit: Limit) -> str:
    texts = {
        ReactionKind.NOTIFY: _("提醒处理人"),
        ReactionKind.ESCALATE: _("升级"),
        ReactionKind.START: _("另开流程“%(flow)s”") % {"flow": limit.flow},
    }
    return texts[limit.reaction]


def _received(step: StepRow, at: datetime, names: Names) -> str:
    """Who got the escalation, and who has looked at it."""
    got = [one for one in step.work if one.kind == WorkKind.ESCALATION and one.opened_at == at]
    said = []
    for one in got:
        told = {"person": names.get(one.person_id, "—")}
        said.append(_("%(person)s已读") % told if one.closed_at else _("%(person)s收到") % told)
    return _("、").join(said)


def _limit_of(page: RunPage, timer: TimerRow) -> Limit | None:
    step = next((one for one in page.steps if one.id == timer.step_id), None)
    node = page.flow.nodes.get(step.node) if step else None
    return next((one for one in node.limits if one.code == timer.code), None) if node else None


def _said(page: RunPage, timer: TimerRow) -> str:
    limit = _limit_of(page, timer)
    if limit is None:
        return _("后继续")
    texts = {ReactionKind.NOTIFY: _("后提醒处理人"), ReactionKind.ESCALATE: _("后升级")}
    return texts.get(limit.reaction, _("后另开流程"))
