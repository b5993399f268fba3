"""Starting flows: one, or a hundred thousand in one go."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from sextant.engines.flow import start
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.foundation.audit.actions import record
from sextant.lowcode.actions.flow_moves import apply
from sextant.lowcode.actions.flow_running import Running
from sextant.lowcode.actions.flow_telling import tell_start
from sextant.lowcode.actions.flow_writing import Row, Writes
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.contracts.flows import FlowRefused, NewInstance
from sextant.lowcode.flows.reading import kept_value, values_of
from sextant.lowcode.models import FlowInstance, FlowLog, FlowStep, FlowTimer, WorkItem
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.flow_loading import flow_of

KIND = "flow"
AT_ONCE = 1000
"""Instances started in one transaction: enough to make round trips cheap, few enough to hold in memory."""
MANY = 10_000
"""From so many on the planner's picture of the tables is out of date at once."""


@dataclass(frozen=True, slots=True)
class StartReport:
    """How many instances were started, and how many were there already under their key."""

    started: int
    present: int


def start_flow(code: str, new: NewInstance, *, actor: Actor, now: datetime) -> int | None:
    """Start the flow of that code on the version that holds now; the id of the instance, None when one with its key
    was started before.

    Everyone starts flows about themselves; who may manage flows, about anybody. Raises AccessDenied, FlowRefused
    (flow.not_published, flow.wrong_value).
    """
    require(actor, Permission.FLOW_START)
    if not may(actor, Permission.FLOW_MANAGE) and new.about_id != actor.person_id:
        raise AccessDenied(Permission.FLOW_START)
    version = _current(code, now)
    with transaction.atomic():
        found = _start(version, [new], actor=actor, now=now)
    return found[0].id if found else None


def start_flows(code: str, new: Iterable[NewInstance], *, actor: Actor, now: datetime) -> StartReport:
    """Start many instances, AT_ONCE in a transaction: whoever is interrupted starts again, and those with a key that
    were there are passed over. Raises AccessDenied, FlowRefused."""
    require(actor, Permission.FLOW_MANAGE)
    version = _current(code, now)
    started = asked = 0
    waiting = iter(new)
    while some := list(islice(waiting, AT_ONCE)):
        with transaction.atomic():
            asked += len(some)
            started += len(_start(version, some, actor=actor, now=now, tells=False))
    with transaction.atomic():
        changes = {"started": started, "version": version.number}
        record("start_flows", actor=actor, now=now, object_kind="flow", object_id=version.code, changes=changes)
    if started >= MANY:
        _count_anew()
    return StartReport(started, asked - started)


def _count_anew() -> None:
    """Tell the planner what the tables hold: until it learns by itself, each step would read them from end to end."""
    tables = (FlowInstance, FlowStep, FlowTimer, FlowLog, WorkItem)
    names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


def start_part(
    version: VersionRow, new: NewInstance, *, root_id: int, parent_step_id: int, actor: Actor, now: datetime
) -> Running:
    """Start another flow as a part of the instance whose step waits for it, and whose root is locked."""
    return _start(version, [new], actor=actor, now=now, root_id=root_id, parent_step_id=parent_step_id)[0]


def _current(code: str, now: datetime) -> VersionRow:
    version = find_current(KIND, code, on=now)
    if version is None:
        raise FlowRefused(Problem("flow.not_published", {"flow": code}))
    return version


def _start(
    version: VersionRow,
    new: Sequence[NewInstance],
    *,
    actor: Actor,
    now: datetime,
    root_id: int | None = None,
    parent_step_id: int | None = None,
    tells: bool = True,
) -> list[Running]:
    wanted = _without_present(version, new)
    flow = flow_of(version.id, version.digest)
    writes, moved = Writes(now, actor, tells), []
    for instance_id, one in zip(_ids(len(wanted)), wanted, strict=True):
        kept = {name: kept_value(value) for name, value in one.values.items() if name in flow.fields}
        running = Running(
            id=instance_id,
            flow=flow,
            flow_code=version.code,
            flow_name=version.name,
            title=one.title[:200],
            about_id=one.about_id,
            starter_id=one.starter_id if one.starter_id is not None else actor.person_id,
            started_at=now,
            values=kept,
            chosen=one.chosen,
            root_id=root_id,
            parent_step_id=parent_step_id,
        )
        told = {"version": version.number}
        writes.log(running.id, running.head, "flow.line.started", told, person_id=running.starter_id)
        tell_start(writes, running, version=version.number)
        moved.append((running, start(flow, values_of(flow, kept))))
    apply(writes, moved)
    for (running, _), one in zip(moved, wanted, strict=True):
        writes.started.append(_row(running, version, one, now))
    if moved:
        writes.save()
    return [running for running, _ in moved]


def _row(running: Running, version: VersionRow, new: NewInstance, now: datetime) -> Row:
    return running.changed_row(now) | {
        "definition_id": version.definition_id,
        "version_id": version.id,
        "key": new.key,
        "title": running.title,
        "about_id": running.about_id,
        "starter_id": running.starter_id,
        "chosen": running.chosen,
        "root_id": running.root_id,
        "parent_step_id": running.parent_step_id,
    }


def _without_present(version: VersionRow, new: Sequence[NewInstance]) -> list[NewInstance]:
    """Those whose key nobody used yet, each key once. Whoever uses the same key at this moment waits and is refused by
    the constraint, so a key is never used twice."""
    keys = {one.key for one in new if one.key is not None}
    used: set[str | None] = set()
    if keys:
        _lock_keys(version.definition_id)
        found = FlowInstance.objects.filter(definition_id=version.definition_id, key__in=keys)
        used = set(found.values_list("key", flat=True))
    wanted = []
    for one in new:
        if one.key is None or one.key not in used:
            wanted.append(one)
            used.add(one.key)
    return wanted


def _lock_keys(definition_id: int) -> None:
    """Those who start one flow with keys come one after the other, so that each sees the keys of the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lowcode.flow_keys'), %s)", [definition_id])


def _ids(number: int) -> Iterator[int]:
    """Ids for new instances, so that their steps can be written with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('lowcode_flowinstance', 'id')) FROM generate_series(1, %s)", [number]
        )
        return iter([row[0] for row in cursor.fetchall()])
