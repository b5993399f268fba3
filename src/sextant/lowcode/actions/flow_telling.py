"""Events of flows, noted down with the rows they tell of."""

from sextant.engines.flow import Moves
from sextant.lowcode.actions.flow_running import Running
from sextant.lowcode.actions.flow_writing import Row, Writes
from sextant.lowcode.contracts.flow_events import FlowEvent
from sextant.lowcode.contracts.flows import LIVE
from sextant.lowcode.models import FlowTimer


def tell_start(writes: Writes, running: Running, *, version: int) -> None:
    """A run began."""
    more = {"starter_id": running.starter_id, "version": version}
    writes.tell(FlowEvent.STARTED, running.id, {**_about(running), **more})


def tell_moves(writes: Writes, running: Running, moves: Moves) -> None:
    """Steps were left and entered, and perhaps the run has ended; `running` stands as it does after the moves."""
    if not writes.tells:
        return
    about = _about(running)
    for closed in moves.closed:
        writes.tell(FlowEvent.LEFT, running.id, {**about, "state": closed.ending.value}, serial=closed.serial)
    for opened in moves.opened:
        serial = opened.token.serial
        writes.tell(FlowEvent.ENTERED, running.id, {**about, "state": opened.token.standing.value}, serial=serial)
        if opened.ending is not None:
            writes.tell(FlowEvent.LEFT, running.id, {**about, "state": opened.ending.value}, serial=serial)
    if running.standing not in LIVE:
        more = {"started_at": running.started_at.isoformat(), "state": running.standing.value}
        writes.tell(FlowEvent.ENDED, running.id, {**about, **more})


def tell_limit(writes: Writes, running: Running, timer: FlowTimer) -> None:
    """A step has not been left by one of its limits; the timer's step is at hand."""
    step = timer.step
    more = {"step_id": step.pk, "step": step.node, "entered_at": step.opened_at.isoformat(), "limit": timer.code}
    writes.tell(FlowEvent.LIMIT_PASSED, running.id, {**_about(running), **more})


def _about(running: Running) -> Row:
    return {"flow": running.flow_code, "instance_id": running.id, "about_id": running.about_id}
