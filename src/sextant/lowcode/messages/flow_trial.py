"""What a rehearsal of a flow says: each step it came by as a line, with who, when, why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from sextant.engines.flow import (
    Answer,
    Called,
    How,
    Node,
    Quorum,
    ReactionKind,
    Result,
    Rung,
    StepKind,
    Stop,
    Unit,
    Way,
)
from sextant.lowcode.flows.document import BranchStep, FlowDocument
from sextant.lowcode.messages.flow_preview import said_value
from sextant.lowcode.messages.flows import KINDS, say_flow, say_span
from sextant.lowcode.messages.lengths import say_length
from sextant.lowcode.queries.flow_trial import Trial
from sextant.lowcode.registry_flows import list_flow_actions
from sextant.lowcode.registry_people import PersonName

ICONS: Mapping[StepKind, str] = {
    StepKind.FORM: "square-pen",
    StepKind.APPROVE: "stamp",
    StepKind.COPY: "send",
    StepKind.WAIT: "timer",
    StepKind.CALL: "zap",
    StepKind.SUBFLOW: "workflow",
    StepKind.END: "flag",
}

PERSONS_SHOWN = 5
GATES = frozenset({StepKind.BRANCH, StepKind.FORK, StepKind.JOIN, StepKind.END})
ANSWERS: Mapping[Answer, Promise | str] = {
    Answer.AGREE: lazy("同意"),
    Answer.RETURN: lazy("退回"),
    Answer.SILENT: lazy("没有人处理"),
}
UNITS: Mapping[Unit, Promise | str] = {
    Unit.MINUTE: lazy("分钟"),
    Unit.HOUR: lazy("小时"),
    Unit.WORKDAY: lazy("工作日"),
}


@dataclass(frozen=True, slots=True)
class RungLine:
    """A limit: after how long and when, what it does, whether it is reached."""

    after: str
    at: datetime
    text: str
    is_reached: bool


@dataclass(frozen=True, slots=True)
class WayLine:
    """A way of a branch that was looked at; `holds` None where a value is missing."""

    name: str
    condition: str
    reads: tuple[tuple[str, str], ...]
    holds: bool | None


@dataclass(frozen=True, slots=True)
class StopLine:
    """A step as the list shows it. `tone`: done, gate, wait, bad, back."""

    code: str
    name: str
    icon: str
    tone: str
    state: str
    at: datetime
    took: str
    persons: tuple[PersonName, ...]
    more: int
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    problems: tuple[str, ...]
    ways: tuple[WayLine, ...]
    rungs: tuple[RungLine, ...]


def say_result(trial: Trial) -> str:
    """What it came to, in a sentence."""
    played = trial.played
    last = next((stop for stop in reversed(played.stops) if stop.how in (How.WAITING, How.STUCK)), None)
    name = _name(trial, last.node) if last else ""
    if played.result is Result.ENDED:
        return _("走到结束，共 %(length)s") % {"length": say_length(played.at - played.stops[0].at)}
    if played.result is Result.RETURNED:
        return _("被退回，流程到此为止")
    if played.result is Result.WAITING:
        return _("停在“%(step)s”：没有人处理") % {"step": name}
    return _("停在“%(step)s”，走不下去") % {"step": name} if name else _("走不下去")


def say_stops(trial: Trial, document: FlowDocument) -> list[StopLine]:
    """Every step in the order it was come by."""
    texts = {step.code: [arm.when for arm in step.arms] for step in document.steps if isinstance(step, BranchStep)}
    return [_line(trial, stop, texts.get(stop.node, [])) for stop in trial.played.stops]


def say_unseen(trial: Trial) -> list[str]:
    """Names of the steps nobody came by."""
    return [_name(trial, code) for code in trial.played.unseen]


def _line(trial: Trial, stop: Stop, texts: list[str]) -> StopLine:
    node = trial.flow.nodes.get(stop.node)
    called = stop.called.asked
    return StopLine(
        code=stop.node,
        name=_name(trial, stop.node) or _("没有下一步"),
        icon=ICONS.get(stop.kind, "git-branch") if stop.kind else "triangle-alert",
        tone=_tone(stop),
        state=_state(stop),
        at=stop.at,
        took=say_length(stop.until - stop.at) if stop.until and stop.until > stop.at else "",
        persons=tuple(_person(trial, person, owner) for person, owner in called[:PERSONS_SHOWN]),
        more=max(len(called) - PERSONS_SHOWN, 0),
        notes=tuple(_notes(stop, node)) if node else (),
        warnings=tuple(_warnings(trial, stop)),
        problems=tuple(say_flow(problem) for problem in stop.problems),
        ways=tuple(_way(way, texts, place) for place, way in enumerate(stop.ways)),
        rungs=tuple(_rung(trial, rung) for rung in stop.rungs),
    )


def _tone(stop: Stop) -> str:
    if stop.how is How.PASSED:
        return "wait" if stop.until is None else "gate"
    return {How.DONE: "done", How.WAITING: "wait", How.STUCK: "bad"}.get(stop.how, "back")


def _state(stop: Stop) -> str:
    """A word where a step was not simply done."""
    words = {How.WAITING: _("没有人处理"), How.STUCK: _("走不下去"), How.RETURNED: _("退回"), How.VOID: _("作废")}
    if stop.how is How.PASSED and (stop.until is None or stop.until > stop.at):
        return _("等其他路")
    return words.get(stop.how, "")


def _notes(stop: Stop, node: Node) -> Iterator[str]:
    number = len(stop.called.asked)
    if node.kind is StepKind.APPROVE and number > 1:
        if stop.needed == number:
            yield _("%(n)s 人都要同意") % {"n": number}
        elif node.quorum is Quorum.ANY:
            yield _("一人同意即可")
        else:
            yield _("%(k)s 人同意即可，共问 %(n)s 人") % {"k": stop.needed, "n": number}
    if node.kind is StepKind.WAIT and node.span:
        yield _("等 %(span)s") % {"span": say_span(node.span.amount, node.span.unit.value)}
    if node.kind is StepKind.CALL and stop.how is not How.STUCK:
        action = list_flow_actions().get(node.action)
        yield _("会执行“%(action)s”；试跑不执行") % {"action": action.name if action else node.action}
    if node.kind is StepKind.SUBFLOW and stop.how is not How.STUCK:
        yield _("会开始流程“%(flow)s”；试跑当它立刻办完") % {"flow": node.flow}


def _warnings(trial: Trial, stop: Stop) -> Iterator[str]:
    """What is said of who is not there."""
    called, names = stop.called, trial.names
    for person in called.left[:PERSONS_SHOWN]:
        yield _("%(person)s已离职，不会问到") % {"person": names.get(person, "—")}
    for person in sorted(trial.leaving.get(stop.serial or 0, ()))[:PERSONS_SHOWN]:
        yield _("走到这一步时%(person)s已离职，会另找人") % {"person": names.get(person, "—")}
    is_asking = stop.kind in (StepKind.FORM, StepKind.APPROVE) and stop.how is not How.STUCK
    if is_asking and not called.asked and called.instead:
        yield _("找不到处理人，会先请%(persons)s指定") % {"persons": _named(trial, called)}
    elif is_asking and not called.asked:
        yield _("找不到处理人，也没有人力资源可以指定")
    if stop.kind is StepKind.COPY and not called.asked:
        yield _("没有人会收到")


def _way(way: Way, texts: list[str], place: int) -> WayLine:
    written = texts[place] if place < len(texts) else way.text
    name = way.arm.name if way.arm.name and way.arm.name != written else ""
    if not written:
        name = name or _("其他情况")
    reads = tuple((read, said_value(value) if value is not None else _("没有值")) for read, value in way.reads)
    return WayLine(name, written, reads, way.holds)


def _rung(trial: Trial, rung: Rung) -> RungLine:
    limit = rung.limit
    told = {"persons": _named(trial, rung.called), "flow": limit.flow}
    texts = {
        ReactionKind.NOTIFY: _("提醒%(persons)s"),
        ReactionKind.ESCALATE: _("升级给%(persons)s"),
        ReactionKind.START: _("另开流程“%(flow)s”"),
    }
    after = say_span(limit.after.amount, limit.after.unit.value)
    return RungLine(after, rung.at, texts[limit.reaction] % told, rung.is_reached)


def _person(trial: Trial, person_id: int, owner_id: int | None) -> PersonName:
    note = ""
    if owner_id is not None:
        note = _("代%(person)s") % {"person": trial.names.get(owner_id, "—")}
    return PersonName(person_id, trial.names.get(person_id, "—"), note)


def _named(trial: Trial, called: Called) -> str:
    persons = [person for person, _owner in called.asked] or list(called.instead)
    shown = _("、").join(trial.names.get(one, "—") for one in persons[:PERSONS_SHOWN])
    if len(persons) > PERSONS_SHOWN:
        return ngettext("%(names)s 等 %(n)s 人", "%(names)s 等 %(n)s 人", len(persons)) % {
            "names": shown,
            "n": len(persons),
        }
    return shown or _("无人")


def _name(trial: Trial, code: str) -> str:
    node = trial.flow.nodes.get(code)
    if node is None:
        return code
    return node.name or (str(KINDS[node.kind]) if node.kind in GATES else f"{KINDS[node.kind]} {code}")
