"""Moving running instances to another version of their flow, all in one command."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Case, F, Value, When

from sextant.engines.flow import Flow, depths, read_scope
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.lowcode.actions.flow_starting import KIND
from sextant.lowcode.actions.flow_writing import LogHead, Writes
from sextant.lowcode.contracts.definitions import VersionState
from sextant.lowcode.contracts.flows import LIVE, FlowRefused
from sextant.lowcode.models import DefinitionVersion, FlowInstance, FlowStep
from sextant.lowcode.queries.flow_loading import flow_of, lock_instances

AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class MoveReport:
    """How many instances go to the new version, and how many stay because they wait at a step (by code) that it does
    not have, has as another kind, or has inside other parallel arms."""

    moved: int
    staying: Mapping[str, int]


def move_instances(
    code: str,
    *,
    from_number: int,
    to_number: int,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    actor: Actor,
    now: datetime,
) -> MoveReport:
    """Let what runs on one version of a flow go on with another. `mapping` says where a step goes that was removed or
    renamed. Work that is open and timers that are set stay as they are; a timer knows its rung by its name.

    Instances move AT_ONCE in a transaction: who is interrupted starts again. Raises AccessDenied, FlowRefused
    (flow.no_version, flow.unknown_step).
    """
    require(actor, Permission.FLOW_MANAGE)
    old, new = _version(code, from_number), _version(code, to_number)
    here, there = flow_of(old.pk, old.digest), flow_of(new.pk, new.digest)
    wanted = dict(mapping or {})
    unknown = [step for step in (*wanted, *wanted.values()) if step not in here.nodes and step not in there.nodes]
    if unknown:
        raise FlowRefused(Problem("flow.unknown_step", {"step": unknown[0]}))
    allowed = _allowed(here, there, wanted)
    moved, staying, last = 0, Counter[str](), 0
    live = FlowInstance.objects.filter(version=old, state__in=[one.value for one in LIVE]).order_by("id")
    while ids := list(live.filter(id__gt=last).values_list("id", flat=True)[:AT_ONCE]):
        last = ids[-1]
        with transaction.atomic():
            if not dry_run:
                ids = [pk for pk, one in lock_instances(ids).items() if one.version_id == old.pk and one.state in LIVE]
            going, held = _sort(ids, allowed)
            staying.update(held)
            moved += len(going)
            if not dry_run:
                _move(going, new, wanted, actor=actor, now=now)
    if not dry_run:
        changes = {"from": from_number, "to": to_number, "moved": moved, "staying": dict(staying)}
        record("move_instances", actor=actor, now=now, object_kind="flow", object_id=code, changes=changes)
    return MoveReport(moved, dict(staying))


def _version(code: str, number: int) -> DefinitionVersion:
    found = DefinitionVersion.objects.filter(
        definition__kind=KIND, definition__code=code, number=number, state=VersionState.PUBLISHED.value
    ).first()
    if found is None:
        raise FlowRefused(Problem("flow.no_version", {"number": number}))
    return found


def _allowed(here: Flow, there: Flow, mapping: Mapping[str, str]) -> dict[str, int]:
    """Steps at which an instance may change over, with the number of forks it must stand in."""
    inside = depths(there)
    allowed = {}
    for code, node in here.nodes.items():
        target = there.nodes.get(mapping.get(code, code))
        if target is not None and target.kind is node.kind and target.code in inside:
            allowed[code] = inside[target.code]
    return allowed


def _sort(ids: list[int], allowed: Mapping[str, int]) -> tuple[list[int], Counter[str]]:
    """Instances that may go, and those that stay by the first step that holds them. One query."""
    held: dict[int, str] = {}
    live = FlowStep.objects.filter(instance_id__in=ids, closed_at=None).order_by("serial")
    for instance_id, node, scope in live.values_list("instance_id", "node", "scope"):
        if allowed.get(node) != len(read_scope(scope)):
            held.setdefault(instance_id, node)
    return [one for one in ids if one not in held], Counter(held.values())


def _move(ids: list[int], new: DefinitionVersion, mapping: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """Four or five queries."""
    found = list(FlowInstance.objects.filter(id__in=ids).values_list("id", "lines", "log_head"))
    FlowInstance.objects.filter(id__in=ids).update(version=new)
    if mapping:  # all at once: two steps may change places
        renamed = Case(*(When(node=before, then=Value(after)) for before, after in mapping.items()), default=F("node"))
        FlowStep.objects.filter(instance_id__in=ids, closed_at=None, node__in=mapping).update(node=renamed)
    writes, heads = Writes(now, actor), {}
    for instance_id, lines, digest in found:
        heads[instance_id] = head = LogHead(lines, digest)
        writes.log(instance_id, head, "flow.line.moved", {"version": new.number}, person_id=actor.person_id)
    writes.save()
    _keep_heads(heads)


def _keep_heads(heads: Mapping[int, LogHead]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE lowcode_flowinstance AS old SET lines = new.lines, log_head = new.digest "
            "FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS new (id, lines, digest) WHERE old.id = new.id",
            [list(heads), [one.lines for one in heads.values()], [one.digest for one in heads.values()]],
        )
