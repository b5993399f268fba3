"""What people do with the work of a flow: answer it, hand it on, ask somebody besides, take the flow back.

Every action locks the root of the instance first and writes in one statement: at most eight queries for a step.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from sextant.engines.flow import (
    PERSONAL,
    Token,
    Verdict,
    Vote,
    abandon,
    complete,
    earlier,
    go_back,
    tally,
)
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.lowcode.actions.flow_holding import Held, hold, put_back, running_of
from sextant.lowcode.actions.flow_moves import apply, work_row
from sextant.lowcode.actions.flow_writing import Writes
from sextant.lowcode.contracts.flows import LIVE, FlowRefused, InstanceState, StepState, WorkKind
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.flows.reading import kept_value
from sextant.lowcode.models import FlowInstance, FlowStep, WorkItem
from sextant.lowcode.queries.flow_loading import document_of, lock_instances, state_of, token_of
from sextant.lowcode.queries.flow_staffing import Asked
from sextant.lowcode.registry_people import directory

MAIN = (WorkKind.FILL, WorkKind.APPROVE)
PUT_ASIDE = (WorkKind.COPY, WorkKind.ESCALATION)
_VOTES = {"agreed": Vote.AGREED, "returned": Vote.REFUSED, "": Vote.OPEN}


def answer_work(
    item_id: int,
    *,
    decision: Decision,
    note: str = "",
    to: str = "",
    values: Mapping[str, object] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Answer a piece of work: agree (or hand in what was filled, as `values`), or return it with a reason.

    Returned work goes to the earlier step `to`, without one to the step before; where there is none the instance ends
    as returned. A step is left as soon as enough have agreed, or as enough no longer can.

    Raises AccessDenied, FlowRefused (flow.work_closed, .needs_reason, .no_way_back, .hr_decides).
    """
    with transaction.atomic():
        held = hold(item_id, actor=actor, now=now)
        if held.item.kind not in (*MAIN, WorkKind.ADDED):
            raise FlowRefused(Problem("flow.hr_decides"))
        _vote(held, decision, note=note.strip(), to=to, values=values or {}, actor=actor)
        held.save(actor=actor)


def put_aside(item_id: int, *, actor: Actor, now: datetime) -> None:
    """Say that a copy or an escalation was read. Raises AccessDenied, FlowRefused (flow.work_closed)."""
    if actor.person_id is None:
        raise AccessDenied(Permission.WORK_READ)
    mine = WorkItem.objects.filter(id=item_id, person_id=actor.person_id, kind__in=[one.value for one in PUT_ASIDE])
    if not mine.exists():
        raise AccessDenied(Permission.WORK_READ)
    if not mine.filter(closed_at=None).update(closed_at=now, outcome="read", closed_by=actor.person_id):
        raise FlowRefused(Problem("flow.work_closed"))


def pass_on(item_id: int, *, to_person_id: int, note: str = "", actor: Actor, now: datetime) -> None:
    """Hand work on to somebody else (转交), who then answers in the actor's place.

    Raises AccessDenied, FlowRefused (flow.work_closed, .not_at_work, .already_asked).
    """
    with transaction.atomic():
        held = hold(item_id, actor=actor, now=now)
        _check_person(held, to_person_id, kind=held.item.kind)
        owner_id = held.item.owner_id or held.item.person_id
        WorkItem.objects.filter(id=item_id).update(person_id=to_person_id, owner_id=owner_id, put_off_until=None)
        held.log("flow.line.passed_on", actor=actor, note=note, to=to_person_id)
        put_back(held.running, held.writes)


def add_approver(item_id: int, *, person_id: int, note: str = "", actor: Actor, now: datetime) -> None:
    """Ask somebody besides (加签): the step waits for their consent too.

    Raises AccessDenied, FlowRefused (flow.work_closed, .not_at_work, .already_asked, .hr_decides).
    """
    with transaction.atomic():
        held = hold(item_id, actor=actor, now=now)
        if held.item.kind not in (*MAIN, WorkKind.ADDED):
            raise FlowRefused(Problem("flow.hr_decides"))
        _check_person(held, person_id, kind=None)
        due_at = held.item.due_at.isoformat() if held.item.due_at else None
        more = {"step_id": held.step.pk, "step": held.node.name, "due_at": due_at}
        held.writes.asked.append(work_row(held.running, WorkKind.ADDED, Asked(person_id), now, **more))
        held.log("flow.line.added", actor=actor, note=note, to=person_id)
        put_back(held.running, held.writes)


def withdraw_flow(instance_id: int, *, note: str = "", actor: Actor, now: datetime) -> None:
    """End an instance, with every other flow that runs as a part of it: whoever started it, where the definition allows
    that, and HR. Raises AccessDenied, FlowRefused (flow.not_running, .is_part, .may_not_withdraw)."""
    with transaction.atomic():
        whole = _hold_instance(instance_id, actor=actor)
        if whole.root_id is not None:
            raise FlowRefused(Problem("flow.is_part"))
        is_manager = may(actor, Permission.FLOW_MANAGE)
        if not is_manager and not document_of(whole.version_id, whole.version.digest).may_withdraw:
            raise FlowRefused(Problem("flow.may_not_withdraw"))
        parts = FlowInstance.objects.filter(root_id=whole.pk, state__in=[one.value for one in LIVE])
        writes = Writes(now, actor)
        for instance in (whole, *parts.select_related("version", "definition").defer("version__document")):
            live = list(FlowStep.objects.filter(instance=instance, closed_at=None))
            running = running_of(instance, state_of(instance, live))
            apply(writes, [(running, abandon(running.state))], ending=InstanceState.WITHDRAWN)
            writes.log(running.id, running.head, "flow.line.withdrawn", person_id=actor.person_id, note=note)
            writes.changed.append(running.changed_row(now))
        writes.save()


def ways_back(steps: list[FlowStep], step: FlowStep, personal: frozenset[str]) -> tuple[Token, ...]:
    """Earlier steps of people (`personal` are their codes) to which this one may return, the latest last."""
    done = [one for one in steps if one.state == StepState.DONE and one.node in personal and one.serial < step.serial]
    visits = tuple(token_of(one) for one in done)
    return tuple(one for one in earlier(visits, token_of(step).scope) if one.node != step.node)


def _vote(held: Held, decision: Decision, *, note: str, to: str, values: Mapping[str, object], actor: Actor) -> None:
    """One more voice; the step is left when that settles it."""
    is_return = decision is Decision.RETURN
    if is_return and not note:
        raise FlowRefused(Problem("flow.needs_reason"))
    outcome = "returned" if is_return else "agreed"
    held.writes.answer(held.item.pk, outcome, by=actor.person_id, note=note)
    written = "filled" if held.item.kind == WorkKind.FILL and not is_return else outcome
    held.log(f"flow.line.{written}", actor=actor, note=note)
    _keep_values(held, values)
    verdict = _verdict(held, outcome)
    if verdict is Verdict.AGREED:
        held.move(complete(held.flow, held.state, held.token.serial, held.values))
    elif verdict is Verdict.REFUSED:
        _send_back(held, to)


def _verdict(held: Held, outcome: str) -> Verdict:
    voices = {one.pk: _VOTES.get(one.outcome) for one in held.items} | {held.item.pk: _VOTES[outcome]}
    main = [voice for one in held.items if one.kind in MAIN and (voice := voices[one.pk]) is not None]
    added = [voice for one in held.items if one.kind == WorkKind.ADDED and (voice := voices[one.pk]) is not None]
    return tally(main, quorum=held.node.quorum, count=held.node.count, added=added)


def _send_back(held: Held, to: str) -> None:
    personal = frozenset(code for code, node in held.flow.nodes.items() if node.kind in PERSONAL)
    ways = ways_back(held.steps, held.step, personal)
    chosen = next((one for one in ways if one.node == to), None) if to else next(reversed(ways), None)
    if to and chosen is None:
        raise FlowRefused(Problem("flow.no_way_back"))
    if chosen is None:
        held.move(abandon(held.state), ending=InstanceState.RETURNED)
    else:
        held.move(go_back(held.flow, held.state, held.token.serial, chosen, held.values))


def _keep_values(held: Held, values: Mapping[str, object]) -> None:
    known = {name: kept_value(value) for name, value in values.items() if name in held.flow.fields}
    if known:
        held.running.values = {**held.running.values, **known}


def _check_person(held: Held, person_id: int, *, kind: str | None) -> None:
    """Whether somebody can be asked: at work, and not asked at this step already (as `kind`, or at all)."""
    if person_id not in directory().names([person_id]) or directory().gone(
        [person_id], on=company_day(held.writes.now, settings.SEXTANT_ZONE)
    ):
        raise FlowRefused(Problem("flow.not_at_work"))
    is_asked = any(
        one.person_id == person_id and one.closed_at is None and (kind is None or one.kind == kind)
        for one in held.items
    )
    if is_asked:
        raise FlowRefused(Problem("flow.already_asked"))


def _hold_instance(instance_id: int, *, actor: Actor) -> FlowInstance:
    """A live instance of the actor's, or of anybody's for who manages flows, under its lock."""
    instance = lock_instances([instance_id]).get(instance_id)
    is_own = instance is not None and actor.person_id is not None and instance.starter_id == actor.person_id
    if instance is None or not (is_own or may(actor, Permission.FLOW_MANAGE)):
        raise AccessDenied(Permission.FLOW_MANAGE)
    if instance.state not in LIVE:
        raise FlowRefused(Problem("flow.not_running"))
    return instance
