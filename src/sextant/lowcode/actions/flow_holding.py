"""An instance in hand: taken under its lock, changed, put back with everything that follows from the change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sextant.engines.flow import Flow, Moves, Node, State, Token, complete, fail
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.lowcode.actions.flow_moves import apply
from sextant.lowcode.actions.flow_running import Running
from sextant.lowcode.actions.flow_writing import LogHead, Writes
from sextant.lowcode.contracts.flows import LIVE, FlowRefused, InstanceState
from sextant.lowcode.flows.reading import values_of
from sextant.lowcode.models import FlowInstance, FlowStep, WorkItem
from sextant.lowcode.queries.flow_loading import flow_of, lock_of_step, lock_of_work, state_of


@dataclass
class Held:
    """A step of a locked instance with the work it has opened; `item` is the work somebody wants to do now."""

    running: Running
    steps: list[FlowStep]
    step: FlowStep
    items: list[WorkItem]
    writes: Writes
    item: WorkItem

    @property
    def flow(self) -> Flow:
        """The definition it runs on."""
        return self.running.flow

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.running.state

    @property
    def node(self) -> Node:
        """What the definition says of the step. FlowRefused (flow.gone) when it says nothing any more."""
        found = self.flow.nodes.get(self.step.node)
        if found is None:
            raise FlowRefused(Problem("flow.gone", {"step": self.step.node}))
        return found

    @property
    def token(self) -> Token:
        """The token at the step. FlowRefused (flow.work_closed) when it has left."""
        for token in self.state.tokens:
            if token.serial == self.step.serial:
                return token
        raise FlowRefused(Problem("flow.work_closed"))

    @property
    def values(self) -> dict[str, object]:
        """The values as conditions read them."""
        return values_of(self.flow, self.running.values)

    def log(self, code: str, *, actor: Actor, note: str = "", **params: object) -> None:
        """Add a line about the step."""
        head, node = self.running.head, self.step.node
        self.writes.log(self.running.id, head, code, params, person_id=actor.person_id, node=node, note=note)

    def move(self, moves: Moves, *, ending: InstanceState | None = None) -> None:
        """Follow the engine."""
        apply(self.writes, [(self.running, moves)], ending=ending)

    def save(self, *, actor: Actor) -> None:
        """Write everything down; where the instance was a part of another and has ended, the other goes on."""
        put_back(self.running, self.writes)
        continue_whole(self.running, actor=actor, now=self.writes.now)


def hold(item_id: int, *, actor: Actor, now: datetime) -> Held:
    """The step behind a piece of work of the actor's, under the lock of its instance.

    Raises AccessDenied when there is no such work or it is somebody else's, FlowRefused (flow.work_closed) when it was
    answered meanwhile. Two queries, three where the instance is part of another.
    """
    if actor.person_id is None:
        raise AccessDenied(Permission.WORK_READ)
    found = lock_of_work(item_id, person_id=actor.person_id)
    item = next((one for one in found.items if one.pk == item_id), None) if found else None
    if found is None or item is None or item.person_id != actor.person_id:  # handed on while this waited for the lock
        raise AccessDenied(Permission.WORK_READ)
    if item.closed_at is not None or found.instance.state not in LIVE:
        raise FlowRefused(Problem("flow.work_closed"))
    running = running_of(found.instance, state_of(found.instance, found.steps))
    return Held(running, found.steps, found.step, found.items, Writes(now, actor), item)


def running_of(instance: FlowInstance, state: State) -> Running:
    """An instance as moves are applied to it. No query for a version seen before."""
    return Running(
        id=instance.pk,
        flow=flow_of(instance.version_id, instance.version.digest),
        flow_code=instance.definition.code,
        flow_name=instance.definition.name,
        title=instance.title,
        about_id=instance.about_id,
        starter_id=instance.starter_id,
        started_at=instance.started_at,
        values=instance.values,
        chosen=instance.chosen,
        state=state,
        standing=InstanceState(instance.state),
        head=LogHead(instance.lines, instance.log_head),
        root_id=instance.root_id,
        parent_step_id=instance.parent_step_id,
    )


def put_back(running: Running, writes: Writes) -> None:
    """Write one changed instance and everything noted for it. One query."""
    writes.changed.append(running.changed_row(writes.now))
    writes.save()


def continue_whole(running: Running, *, actor: Actor, now: datetime) -> None:
    """When a part has ended, the step that waited for it is done; a part that was returned or withdrawn leaves that
    step stuck, and HR decides. The root of both is locked already."""
    if running.parent_step_id is None or running.standing in LIVE:
        return
    found = lock_of_step(running.parent_step_id)
    if found is None:
        return
    step, whole = found.step, running_of(found.instance, state_of(found.instance, found.steps))
    if all(token.serial != step.serial for token in whole.state.tokens):
        return  # the whole went another way meanwhile
    writes = Writes(now, actor)
    if running.standing is InstanceState.ENDED:
        moves = complete(whole.flow, whole.state, step.serial, values_of(whole.flow, whole.values))
    else:
        told: Mapping[str, object] = {"step": step.node, "flow": running.flow_name}
        moves = fail(whole.flow, whole.state, step.serial, Problem("flow.part_not_done", told))
    writes.log(whole.id, whole.head, "flow.line.part_ended", {"flow": running.flow_name}, node=step.node)
    apply(writes, [(whole, moves)])
    put_back(whole, writes)
    continue_whole(whole, actor=actor, now=now)
