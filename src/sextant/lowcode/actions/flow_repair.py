"""What HR does for flows that cannot go on by themselves: name approvers, repair values, replace who left; and what
reminds people."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from sextant.engines.flow import Assignee, Standing, resume
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.notices.actions import send_notice
from sextant.lowcode.actions.flow_holding import continue_whole, hold, put_back, running_of
from sextant.lowcode.actions.flow_moves import apply, work_row
from sextant.lowcode.actions.flow_running import Running
from sextant.lowcode.actions.flow_writing import Writes
from sextant.lowcode.contracts.flows import LIVE, STEP, FlowRefused, InstanceState, WorkKind
from sextant.lowcode.flows.reading import kept_value, values_of
from sextant.lowcode.models import FlowStep, WorkItem
from sextant.lowcode.queries.flow_loading import lock_instances, lock_of_step, state_of
from sextant.lowcode.queries.flow_staffing import HR, Asked, Question, staff
from sextant.lowcode.registry_people import directory

BETWEEN_REMINDERS = timedelta(hours=1)
REMINDER = "lowcode.flow_reminder"


def assign_work(item_id: int, *, person_ids: Collection[int], note: str = "", actor: Actor, now: datetime) -> None:
    """Name who is asked at a step for which nobody was found.

    Raises AccessDenied, FlowRefused (flow.work_closed, .nobody_named, .not_at_work).
    """
    require(actor, Permission.FLOW_MANAGE)
    with transaction.atomic():
        held = hold(item_id, actor=actor, now=now)
        if held.item.kind != WorkKind.ASSIGN:
            raise AccessDenied(Permission.FLOW_MANAGE)
        known = directory().names(person_ids)
        gone = directory().gone(person_ids, on=company_day(now, settings.SEXTANT_ZONE))
        if not person_ids or gone or set(person_ids) - set(known):
            raise FlowRefused(Problem("flow.not_at_work" if person_ids else "flow.nobody_named"))
        kind = WorkKind.FILL if held.node.kind.value == "form" else WorkKind.APPROVE
        for person_id in dict.fromkeys(person_ids):
            due_at = held.step.due_at.isoformat() if held.step.due_at else None
            more = {"step_id": held.step.pk, "step": held.node.name, "due_at": due_at}
            held.writes.asked.append(work_row(held.running, kind, Asked(person_id), now, **more))
        for item in held.items:
            if item.kind == WorkKind.ASSIGN and item.closed_at is None:
                mine = item.pk == item_id
                held.writes.answer(item.pk, "agreed" if mine else "void", by=actor.person_id if mine else None)
        held.log("flow.line.assigned", actor=actor, note=note, to=list(person_ids))
        put_back(held.running, held.writes)


def resume_flow(
    instance_id: int, *, values: Mapping[str, object], note: str = "", actor: Actor, now: datetime
) -> InstanceState:
    """Repair the values of a stopped instance and try again where it stopped; how it stands then.

    Raises AccessDenied, FlowRefused (flow.not_stopped).
    """
    require(actor, Permission.FLOW_MANAGE)
    with transaction.atomic():
        instance = lock_instances([instance_id]).get(instance_id)
        if instance is None:
            raise AccessDenied(Permission.FLOW_MANAGE)
        steps = list(FlowStep.objects.filter(instance=instance, closed_at=None).order_by("serial"))
        running = running_of(instance, state_of(instance, steps))
        stuck = [token.serial for token in running.state.tokens if token.standing is Standing.STUCK]
        if not stuck:
            raise FlowRefused(Problem("flow.not_stopped"))
        known = {name: kept_value(value) for name, value in values.items() if name in running.flow.fields}
        running.values = {**running.values, **known}
        writes = Writes(now, actor)
        told = {"names": sorted(known)}
        writes.log(running.id, running.head, "flow.line.resumed", told, person_id=actor.person_id, note=note.strip())
        _answer_repairs(writes, [one.pk for one in steps if one.serial in stuck], actor=actor)
        for serial in stuck:
            values = values_of(running.flow, running.values)
            apply(writes, [(running, resume(running.flow, running.state, serial, values))])
            put_back(running, writes)  # each by itself: the next may close what this one opened
            writes = Writes(now, actor)
        continue_whole(running, actor=actor, now=now)
        record("resume_flow", actor=actor, now=now, object_kind="flow_run", object_id=instance_id, changes=told)
    return running.standing


def remind(instance_id: int, *, actor: Actor, now: datetime) -> int:
    """Remind everyone whose answer an instance waits for (催办), each at most once an hour; how many were.

    Raises AccessDenied unless the actor started it, it is about them, or they manage flows.
    """
    with transaction.atomic():
        instance = lock_instances([instance_id]).get(instance_id)
        own = instance is not None and actor.person_id in {instance.starter_id, instance.about_id}
        if instance is None or not ((own and actor.person_id is not None) or may(actor, Permission.FLOW_MANAGE)):
            raise AccessDenied(Permission.WORK_READ)
        live = FlowStep.objects.filter(instance=instance, closed_at=None).values("id")
        waiting = WorkItem.objects.filter(subject_kind=STEP, subject_id__in=live, closed_at=None, is_information=False)
        due = waiting.filter(Q(reminded_at=None) | Q(reminded_at__lte=now - BETWEEN_REMINDERS))
        found = list(due.values_list("id", "person_id", "path"))
        if not found:
            return 0
        WorkItem.objects.filter(id__in=[row[0] for row in found]).update(reminded_at=now)
        writes = Writes(now, actor)
        persons = sorted({row[1] for row in found})
        running = running_of(instance, state_of(instance, list(FlowStep.objects.filter(instance=instance))))
        writes.log(running.id, running.head, "flow.line.reminded", {"to": persons}, person_id=actor.person_id)
        put_back(running, writes)
        key = f"{instance_id}:{now.isoformat(timespec='minutes')}"
        told = {"title": running.title, "flow": running.flow_name}
        send_notice(REMINDER, person_ids=persons, params=told, path=found[0][2], key=key, now=now)
    return len(persons)


def replace_who_left(*, actor: Actor, now: datetime) -> int:
    """Give the open work of flows whose person has left to whoever the definition names now, else to HR; how many
    pieces. Doing it twice changes nothing."""
    day = company_day(now, settings.SEXTANT_ZONE)
    waiting = WorkItem.objects.filter(subject_kind=STEP, closed_at=None)
    gone = directory().gone(set(waiting.values_list("person_id", flat=True).distinct()), on=day)
    items = list(waiting.filter(person_id__in=gone).order_by("id").values_list("id", "subject_id"))
    return sum(_replace(item_id, step_id, actor=actor, now=now) for item_id, step_id in items)


def _replace(item_id: int, step_id: int, *, actor: Actor, now: datetime) -> bool:
    with transaction.atomic():
        found = lock_of_step(step_id)
        item = WorkItem.objects.filter(id=item_id, closed_at=None).first()
        if found is None or item is None or found.instance.state not in LIVE:
            return False
        step, running = found.step, running_of(found.instance, state_of(found.instance, found.steps))
        writes = Writes(now, actor)
        writes.answer(item_id, "void", by=None)
        writes.log(running.id, running.head, "flow.line.left", {"person": item.person_id}, node=step.node)
        kind = WorkKind(item.kind)
        node = running.flow.nodes.get(step.node)
        if kind is not WorkKind.COPY:
            there = set(
                WorkItem.objects.filter(subject_id=step_id, subject_kind=STEP).values_list("person_id", flat=True)
            )
            wanted = node.assignees if node and kind in (WorkKind.FILL, WorkKind.APPROVE) else ()
            persons = _ask_again(running, wanted, step.node, now, there)
            kind = kind if persons else WorkKind.ASSIGN
            persons = persons or _ask_again(running, (HR,), step.node, now, {item.person_id})
            for one in persons:
                more = {"step_id": step_id, "step": node.name if node else step.node}
                due_at = item.due_at.isoformat() if item.due_at else None
                writes.asked.append(work_row(running, kind, one, now, due_at=due_at, **more))
        put_back(running, writes)
    return True


def _ask_again(
    running: Running, assignees: tuple[Assignee, ...], node: str, now: datetime, without: set[int]
) -> list[Asked]:
    """Whom the expressions name now, without those who were asked before."""
    question = Question(
        assignees, running.about_id, running.starter_id, node, running.flow, running.values, running.chosen
    )
    (found,) = staff([question], on=company_day(now, settings.SEXTANT_ZONE))
    return [one for one in found if one.person_id not in without]


def _answer_repairs(writes: Writes, step_ids: Collection[int], *, actor: Actor) -> None:
    """Who repaired has done their piece; the pieces of others become void with the step."""
    if actor.person_id is None:
        return
    mine = WorkItem.objects.filter(
        subject_kind=STEP, subject_id__in=step_ids, kind=WorkKind.REPAIR, closed_at=None, person_id=actor.person_id
    )
    for item_id in mine.values_list("id", flat=True):
        writes.answer(item_id, "agreed", by=actor.person_id)
