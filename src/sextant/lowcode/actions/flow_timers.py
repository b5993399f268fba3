"""What time does: limits that are reached, waits that are over, calls and other flows that are due.

Several workers may fire at once: each takes instances that nobody holds, and reads their timers again under the lock,
so that no timer fires twice. A worker that dies leaves everything as it was.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from sextant.engines.flow import Limit, Node, ReactionKind, complete, fail
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.foundation.notices.actions import send_notice
from sextant.lowcode.actions.flow_holding import continue_whole, running_of
from sextant.lowcode.actions.flow_moves import CALLED, NESTED, WAITED, apply, work_row
from sextant.lowcode.actions.flow_running import Running
from sextant.lowcode.actions.flow_starting import KIND, start_flow, start_part
from sextant.lowcode.actions.flow_telling import tell_limit
from sextant.lowcode.actions.flow_writing import Writes
from sextant.lowcode.contracts.flows import STEP, FlowRefused, NewInstance, WorkKind
from sextant.lowcode.flows.reading import kept_value, values_of
from sextant.lowcode.models import FlowStep, FlowTimer, WorkItem
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.flow_loading import lock_instances, state_of
from sextant.lowcode.queries.flow_staffing import HR, Question, staff
from sextant.lowcode.registry_flows import list_flow_actions

AT_ONCE = 500
LATE = "lowcode.flow_late"
Due = tuple[Running, FlowTimer, Node]


def fire_timers(*, actor: Actor, now: datetime, at_once: int = AT_ONCE) -> int:
    """Fire every timer that is due and whose instance nobody holds; how many. Timers of held instances fire with the
    next call, or with the worker that holds them."""
    total = 0
    while True:
        with transaction.atomic():
            fired = _fire_some(actor=actor, now=now, at_once=at_once)
        total += fired
        if not fired:
            return total


def _fire_some(*, actor: Actor, now: datetime, at_once: int) -> int:
    waiting = FlowTimer.objects.filter(due_at__lte=now).order_by("due_at", "id")
    held = lock_instances(
        list(dict.fromkeys(waiting.values_list("instance_id", flat=True)[:at_once])), skip_locked=True
    )
    if not held:
        return 0
    timers = list(waiting.filter(instance_id__in=held))
    steps: dict[int, list[FlowStep]] = {one: [] for one in held}
    for step in FlowStep.objects.filter(instance_id__in=held, closed_at=None).order_by("serial"):
        steps[step.instance_id].append(step)
    open_steps = {step.pk: step for some in steps.values() for step in some}
    for timer in timers:
        timer.step = open_steps[timer.step_id]  # timers of closed steps are gone
    running = {one.pk: running_of(one, state_of(one, steps[one.pk])) for one in held.values()}
    moving: dict[int, FlowTimer] = {}
    reached: list[FlowTimer] = []
    for timer in timers:
        if timer.code not in {WAITED, CALLED, NESTED}:
            reached.append(timer)
        else:  # one move of an instance at a time; what is left over fires in the next round
            moving.setdefault(timer.instance_id, timer)
    writes = Writes(now, actor, fired=[timer.pk for timer in (*reached, *moving.values())])
    _react(writes, [(running[one.instance_id], one) for one in reached], actor=actor)
    for instance_id, timer in moving.items():
        _move(writes, running[instance_id], timer, actor=actor)
    touched = {timer.instance_id for timer in (*reached, *moving.values())}
    writes.changed = [running[one].changed_row(now) for one in touched]
    writes.save()
    for instance_id, timer in moving.items():
        if timer.code == NESTED:
            _start_part(running[instance_id], timer.step, actor=actor, now=now)
        else:
            continue_whole(running[instance_id], actor=actor, now=now)
    return len(writes.fired)


def _react(writes: Writes, reached: Sequence[tuple[Running, FlowTimer]], *, actor: Actor) -> None:
    """What the ladders say to the limits that were reached. A rung that the version no longer has says nothing."""
    rungs = [(running, timer, limit) for running, timer in reached if (limit := _rung(running, timer)) is not None]
    for running, timer, limit in rungs:
        code = {ReactionKind.NOTIFY: "notified", ReactionKind.ESCALATE: "escalated", ReactionKind.START: "spawned"}
        told = {"limit": limit.code, "amount": limit.after.amount, "unit": limit.after.unit.value}
        writes.log(running.id, running.head, f"flow.line.{code[limit.reaction]}", told, node=timer.step.node)
        tell_limit(writes, running, timer)
    _escalate(writes, [rung for rung in rungs if rung[2].reaction is ReactionKind.ESCALATE])
    _notify(writes.now, [rung for rung in rungs if rung[2].reaction is ReactionKind.NOTIFY])
    for running, timer, limit in rungs:
        if limit.reaction is ReactionKind.START:
            _spawn(running, timer, limit, now=writes.now)


def _rung(running: Running, timer: FlowTimer) -> Limit | None:
    node = running.flow.nodes.get(timer.step.node)
    return next((limit for limit in node.limits if limit.code == timer.code), None) if node else None


def _escalate(writes: Writes, rungs: Sequence[tuple[Running, FlowTimer, Limit]]) -> None:
    """Work of its own kind for whoever stands above: it asks them to look, and counts for nobody's consent."""
    if not rungs:
        return
    day = company_day(writes.now, settings.SEXTANT_ZONE)
    found = staff([_question(running, timer, limit) for running, timer, limit in rungs], on=day)
    for (running, timer, _), persons in zip(rungs, found, strict=True):
        node = running.flow.nodes[timer.step.node]
        for one in persons:
            more = {"step_id": timer.step_id, "step": node.name}
            writes.asked.append(work_row(running, WorkKind.ESCALATION, one, writes.now, **more))


def _question(running: Running, timer: FlowTimer, limit: Limit) -> Question:
    to = limit.to or (HR,)
    return Question(
        to, running.about_id, running.starter_id, timer.step.node, running.flow, running.values, running.chosen
    )


def _notify(now: datetime, rungs: Sequence[tuple[Running, FlowTimer, Limit]]) -> None:
    """Tell those whose answer the step waits for."""
    if not rungs:
        return
    steps = [timer.step_id for _, timer, _ in rungs]
    waiting = WorkItem.objects.filter(subject_kind=STEP, subject_id__in=steps, closed_at=None, is_information=False)
    persons: dict[int, set[int]] = {}
    for step_id, person_id in waiting.exclude(kind=WorkKind.ESCALATION).values_list("subject_id", "person_id"):
        persons.setdefault(step_id, set()).add(person_id)
    for running, timer, limit in rungs:
        told = {"title": running.title, "flow": running.flow_name}
        asked = persons.get(timer.step_id, set())
        if asked:
            key = f"{timer.step_id}:{limit.code}"
            send_notice(LATE, person_ids=asked, params=told, path=running.path, key=key, now=now)


def _spawn(running: Running, timer: FlowTimer, limit: Limit, *, now: datetime) -> None:
    """Open the flow that the rung names, once for this step; it runs on its own."""
    new = NewInstance(
        title=running.title,
        about_id=running.about_id,
        starter_id=running.starter_id,
        key=f"step:{timer.step_id}:{limit.code}",
        values=running.values,
    )
    try:
        start_flow(limit.flow, new, actor=Actor.system("flow"), now=now)
    except FlowRefused:
        return  # a flow that is not published any more; publishing refuses a ladder that names one


def _move(writes: Writes, running: Running, timer: FlowTimer, *, actor: Actor) -> None:
    """A wait is over, a call is due, or another flow is to be started once this is written."""
    step, values = timer.step, values_of(running.flow, running.values)
    node = running.flow.nodes.get(step.node)
    if timer.code == NESTED or all(token.serial != step.serial for token in running.state.tokens):
        return
    if timer.code == CALLED and node is not None:
        problem = _call(running, node, actor=actor, now=writes.now)
        if problem is not None:
            apply(writes, [(running, fail(running.flow, running.state, step.serial, problem))])
            return
        writes.log(running.id, running.head, "flow.line.called", {"action": node.action}, node=step.node)
        values = values_of(running.flow, running.values)
    apply(writes, [(running, complete(running.flow, running.state, step.serial, values))])


def _call(running: Running, node: Node, *, actor: Actor, now: datetime) -> Problem | None:
    """Do what the step says, all or nothing; why not, when it cannot be done."""
    action = list_flow_actions().get(node.action)
    if action is None:
        return Problem("flow.unknown_action", {"step": node.code, "action": node.action})
    try:
        with transaction.atomic():
            values = values_of(running.flow, running.values)
            given = action.run(running.about_id, params=node.params, values=values, actor=actor, now=now)
    except (OperationalError, InterfaceError):
        raise  # the database went away, or two waited for each other: the timer is still there
    except Exception as error:
        return Problem("flow.call_failed", {"step": node.code, "action": node.action, "reason": type(error).__name__})
    known = {name: kept_value(value) for name, value in (given or {}).items() if name in running.flow.fields}
    running.values = {**running.values, **known}
    return None


def _start_part(running: Running, step: FlowStep, *, actor: Actor, now: datetime) -> None:
    """Start the flow that a step waits for; where there is none the step is stuck."""
    node = running.flow.nodes.get(step.node)
    if node is None:
        return
    version = find_current(KIND, node.flow, on=now)
    if version is None:
        told = {"step": node.code, "flow": node.flow}
        writes = Writes(now, actor)
        stuck = fail(running.flow, running.state, step.serial, Problem("flow.not_published", told))
        apply(writes, [(running, stuck)])
        writes.changed.append(running.changed_row(now))
        writes.save()
        return
    new = NewInstance(
        title=running.title, about_id=running.about_id, starter_id=running.starter_id, values=running.values
    )
    root_id = running.root_id or running.id
    part = start_part(version, new, root_id=root_id, parent_step_id=step.pk, actor=actor, now=now)
    continue_whole(part, actor=actor, now=now)
