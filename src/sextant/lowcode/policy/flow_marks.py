"""Where a run stands in the picture of its flow: one mark for each step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sextant.engines.flow import Flow, StepKind
from sextant.lowcode.contracts.flows import StepState


class Mark(StrEnum):
    """What the picture says of a step. AHEAD: it may still come; SKIPPED: it will not."""

    DONE = "done"
    NOW = "now"
    LATE = "late"
    WAITING = "waiting"
    STUCK = "stuck"
    RETURNED = "returned"
    SKIPPED = "skipped"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of a step: how it stands, and when it should be done (None: no limit)."""

    node: str
    state: StepState
    due_at: datetime | None = None


_MARKS = {
    StepState.OPEN: Mark.NOW,
    StepState.JOINED: Mark.WAITING,
    StepState.STUCK: Mark.STUCK,
    StepState.DONE: Mark.DONE,
    StepState.RETURNED: Mark.RETURNED,
    StepState.VOID: Mark.SKIPPED,
}
_LIVE = (Mark.STUCK, Mark.LATE, Mark.NOW, Mark.WAITING)


def mark_steps(
    flow: Flow, visits: Iterable[Visit], *, passed: Iterable[str], has_ended: bool, moment: datetime
) -> Mapping[str, Mark]:
    """The mark of every step. `visits` in their order, the last of a step counts, and one that is under way before all;
    `passed` are gates that the log names; `has_ended`: the run came to its end, which no line names."""
    marks = dict.fromkeys((code for code in passed if code in flow.nodes), Mark.DONE)
    for visit in visits:
        mark = _MARKS[visit.state]
        if mark is Mark.NOW and visit.due_at is not None and visit.due_at < moment:
            mark = Mark.LATE
        former = marks.get(visit.node)
        if former not in _LIVE or mark in _LIVE:
            marks[visit.node] = mark
    if has_ended:
        marks |= dict.fromkeys(_ends(flow, marks), Mark.DONE)
    ahead = _reach(flow, [code for code, mark in marks.items() if mark in _LIVE])
    return {code: marks.get(code, Mark.AHEAD if code in ahead else Mark.SKIPPED) for code in flow.nodes}


def _ends(flow: Flow, marks: Mapping[str, Mark]) -> list[str]:
    """Ends that a step which was done leads to without a choice; where only branches lead to ends, a single end."""
    ends = [code for code, node in flow.nodes.items() if node.kind is StepKind.END]
    led = [flow.nodes[code].next for code, mark in marks.items() if mark is Mark.DONE and code in flow.nodes]
    found = [code for code in ends if code in led]
    return found or ends[:1] if len(ends) == 1 or found else []


def _reach(flow: Flow, codes: list[str]) -> set[str]:
    """Every step that some way leads to from one of these."""
    seen: set[str] = set()
    todo = [way for code in codes if code in flow.nodes for way in flow.nodes[code].ways]
    while todo:
        code = todo.pop()
        if code in flow.nodes and code not in seen:
            seen.add(code)
            todo += flow.nodes[code].ways
    return seen
