"""Turning moves of the engine into steps, work, timers and lines of the log, for one instance or for thousands."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from sextant.engines.flow import PERSONAL, Moves, Node, Opened, Span, Standing, StepKind, Unit
from sextant.foundation.clock import company_day
from sextant.foundation.jobs.starting import start_after_commit
from sextant.lowcode.actions.flow_running import Running
from sextant.lowcode.actions.flow_telling import tell_moves
from sextant.lowcode.actions.flow_writing import Row, Writes
from sextant.lowcode.contracts.flows import InstanceState, WorkKind
from sextant.lowcode.queries.flow_staffing import HR, Asked, Question, staff

TIMERS_JOB = "sextant.lowcode.fire_timers"
WAITED, CALLED, NESTED = "wait", "call", "subflow"
"""Codes of the timers that steps set for themselves; `_` is no part of a rung's code, so they cannot meet."""
HR_HAS = Span(1, Unit.WORKDAY)
"""How long HR has for a step that nobody was found for or that cannot go on."""


def apply(writes: Writes, moved: Sequence[tuple[Running, Moves]], *, ending: InstanceState | None = None) -> None:
    """Note down what the moves do. `ending` is how an instance ends that has no token left (default: it reached its
    end). Whom the steps ask is found for all instances together."""
    asking: list[tuple[Running, Opened]] = []
    for running, moves in moved:
        running.state = moves.state
        running.standing = _standing(moves, ending)
        for closed in moves.closed:
            writes.close_step(running.id, closed.serial, closed.ending)
        for opened in moves.opened:
            writes.open_step(running.id, opened, due_at=_due_at(writes, running, opened))
            asking.append((running, opened))
        for line in moves.lines:
            writes.log(running.id, running.head, line.code, line.params, node=line.node)
        tell_moves(writes, running, moves)
    if asking:
        _ask(writes, asking)


def work_row(running: Running, kind: WorkKind, asked: Asked, now: datetime, **more: object) -> Row:
    """Work of a step for one person. `more` names the step: `serial` of one that opens now, or `step_id`."""
    return {
        "instance_id": running.id,
        "kind": kind.value,
        "person_id": asked.person_id,
        "owner_id": asked.owner_id,
        "about_id": running.about_id,
        "params": {"title": running.title, "flow": running.flow_name, "step": more.pop("step", "")},
        "path": running.path,
        "is_information": kind is WorkKind.COPY,
        "due_at": None,
        **more,
    }


def _standing(moves: Moves, ending: InstanceState | None) -> InstanceState:
    if moves.has_ended:
        return ending or InstanceState.ENDED
    return InstanceState.STOPPED if moves.is_stopped else InstanceState.RUNNING


def _ask(writes: Writes, asking: Sequence[tuple[Running, Opened]]) -> None:
    """Open the work of the steps and set their timers."""
    day = company_day(writes.now, settings.SEXTANT_ZONE)
    personal = [(running, opened) for running, opened in asking if _asks_persons(running, opened)]
    answers = staff([_question(running, opened) for running, opened in personal], on=day) if personal else []
    unheld: list[tuple[Running, Opened]] = [pair for pair in asking if pair[1].token.standing is Standing.STUCK]
    for (running, opened), persons in zip(personal, answers, strict=True):
        node = running.flow.nodes[opened.token.node]
        _open_work(writes, running, opened, node, persons)
        if not persons and node.kind is not StepKind.COPY:
            unheld.append((running, opened))
    for running, opened in asking:
        if opened.token.standing is Standing.OPEN and opened.ending is None:
            _set_timers(writes, running, opened)
    if unheld:
        _ask_hr(writes, unheld)


def _asks_persons(running: Running, opened: Opened) -> bool:
    node = running.flow.nodes.get(opened.token.node)
    is_held = node is not None and opened.token.standing is Standing.OPEN
    return is_held and node is not None and (node.kind in PERSONAL or node.kind is StepKind.COPY)


def _question(running: Running, opened: Opened) -> Question:
    node = running.flow.nodes[opened.token.node]
    return Question(
        node.assignees,
        running.about_id,
        running.starter_id,
        node.code,
        running.flow,
        running.values,
        running.chosen,
    )


def _due_at(writes: Writes, running: Running, opened: Opened) -> datetime | None:
    node = running.flow.nodes.get(opened.token.node)
    is_held = node is not None and opened.token.standing is Standing.OPEN
    return writes.deadlines.due_at(node) if node is not None and is_held else None


def _open_work(writes: Writes, running: Running, opened: Opened, node: Node, persons: tuple[Asked, ...]) -> None:
    kind = {StepKind.FORM: WorkKind.FILL, StepKind.COPY: WorkKind.COPY}.get(node.kind, WorkKind.APPROVE)
    due = writes.deadlines.due_at(node)
    due_at = due.isoformat() if due else None
    for one in persons:
        more = {"serial": opened.token.serial, "step": node.name, "due_at": due_at}
        writes.asked.append(work_row(running, kind, one, writes.now, **more))


def _set_timers(writes: Writes, running: Running, opened: Opened) -> None:
    node = running.flow.nodes[opened.token.node]
    timers = list(writes.deadlines.limits(node))
    if node.kind is StepKind.WAIT and node.span is not None:
        timers.append((WAITED, writes.deadlines.end_of(node.span)))
    elif node.kind in {StepKind.CALL, StepKind.SUBFLOW}:
        timers.append((CALLED if node.kind is StepKind.CALL else NESTED, writes.now))
        start_after_commit(TIMERS_JOB)
    at = {"instance_id": running.id, "serial": opened.token.serial}
    writes.timers += [{**at, "code": code, "due_at": due_at.isoformat()} for code, due_at in timers]


def _ask_hr(writes: Writes, unheld: Sequence[tuple[Running, Opened]]) -> None:
    """Steps nobody was found for, and steps that cannot go on, go to HR with the reason."""
    day = company_day(writes.now, settings.SEXTANT_ZONE)
    questions = [Question((HR,), one.about_id, None, opened.token.node, one.flow) for one, opened in unheld]
    due_at = writes.deadlines.end_of(HR_HAS).isoformat()
    for (running, opened), persons in zip(unheld, staff(questions, on=day), strict=True):
        is_stuck = opened.token.standing is Standing.STUCK
        node = running.flow.nodes.get(opened.token.node)
        name = node.name if node else opened.token.node
        code = "flow.line.stuck" if is_stuck else "flow.line.nobody"
        reason = dict(opened.problem.params) if opened.problem else {}
        told = {"problem": opened.problem.code, "names": reason.get("names", [])} if opened.problem else {}
        writes.log(running.id, running.head, code, told, node=opened.token.node)
        kind = WorkKind.REPAIR if is_stuck else WorkKind.ASSIGN
        for one in persons:
            more = {"serial": opened.token.serial, "step": name, "due_at": due_at}
            writes.asked.append(work_row(running, kind, one, writes.now, **more))
