"""Instances as actions work on them: under the lock of their root, with the steps they visited."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model, Q, QuerySet

from sextant.engines.flow import Flow, Standing, State, Token, read_scope
from sextant.lowcode.contracts.flows import LIVE_STEPS, STEP
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.flows.reading import read_flow
from sextant.lowcode.models import Definition, DefinitionVersion, FlowInstance, FlowStep, WorkItem
from sextant.lowcode.queries.definitions import get_version


def _all_but(model: type[Model], *left_out: str) -> tuple[str, ...]:
    """Columns of a table in the order in which `from_db` takes them; what is left out is read when it is asked for."""
    return tuple(one.attname for one in model._meta.concrete_fields if one.attname not in left_out)


RUN_FIELDS = _all_but(FlowInstance, "key")
STEP_FIELDS = _all_but(FlowStep, "problem")
WORK_FIELDS = _all_but(WorkItem, "params", "note")
_RUN = ", ".join(f'root."{name}"' for name in RUN_FIELDS) + ", definition.code, definition.name, number, digest"
_OF_DEFINITION = """JOIN lowcode_definition AS definition ON definition.id = root.definition_id
JOIN lowcode_definitionversion AS version ON version.id = root.version_id"""
_LOCK = f"""
SELECT step.id, step.instance_id, {_RUN} {{joined}}
JOIN lowcode_flowinstance AS run ON run.id = step.instance_id
JOIN lowcode_flowinstance AS root ON root.id = coalesce(run.root_id, run.id)
{_OF_DEFINITION} WHERE {{where}} FOR NO KEY UPDATE OF root
"""
_PART = f"SELECT {_RUN} FROM lowcode_flowinstance AS root {_OF_DEFINITION} WHERE root.id = %s"
_STEPS = f"""
SELECT {", ".join(f"step.{name}" for name in STEP_FIELDS)}, {", ".join(f"item.{name}" for name in WORK_FIELDS)}
FROM lowcode_flowstep AS step
LEFT JOIN lowcode_workitem AS item ON step.id = %s AND item.subject_kind = %s AND item.subject_id = step.id
WHERE step.instance_id = %s ORDER BY step.serial, item.id
"""


@lru_cache(maxsize=500)
def flow_of(version_id: int, digest: str) -> Flow:
    """The flow of a version as the engine runs it; `digest` is that of its document. One query the first time, none
    afterwards: a published version never changes.

    ValueError when the document cannot run, which publishing refuses.
    """
    outcome = read_flow(document_of(version_id, digest))
    if outcome.value is None:
        raise ValueError(f"version {version_id} cannot run: {[one.code for one in outcome.problems]}")
    return outcome.value


@lru_cache(maxsize=500)
def document_of(version_id: int, digest: str) -> FlowDocument:
    """The document of a version. One query the first time."""
    return FlowDocument.model_validate(get_version(version_id).document)


def lock_instances(ids: Collection[int], *, skip_locked: bool = False) -> dict[int, FlowInstance]:
    """These instances with their definition and version, under the lock of their roots: one order everywhere, so that
    nobody waits for somebody who waits for them. Instances whose root somebody else holds are left out when
    `skip_locked`. One query, two where an instance is part of another."""
    found = {one.pk: one for one in _with_version(FlowInstance.objects.filter(_rooted_in(ids)), skip_locked)}
    parts = [one for one in ids if one not in found]
    if parts:
        held = _with_version(FlowInstance.objects.filter(id__in=parts, root_id__in=list(found)), skip_locked)
        found |= {one.pk: one for one in held}
    return {one: found[one] for one in ids if one in found}


@dataclass(frozen=True, slots=True)
class LockedStep:
    """A step of an instance whose root is locked, with every step the instance has visited, oldest first, and all the
    work the step ever opened. They hold what actions need; the rest of a row is read when it is asked for."""

    instance: FlowInstance
    steps: list[FlowStep]
    step: FlowStep
    items: list[WorkItem]


def lock_of_step(step_id: int) -> LockedStep | None:
    """The step under its root's lock; None when there is no such step. Two queries, three where the instance is part of
    another."""
    return _lock("FROM lowcode_flowstep AS step", "step.id = %s", [step_id])


def lock_of_work(item_id: int, *, person_id: int) -> LockedStep | None:
    """The step behind a piece of work of the person's under its root's lock; None when they have no such work. It may
    have been handed on while this waited: look at the items. As `lock_of_step`."""
    joined = "FROM lowcode_workitem AS item JOIN lowcode_flowstep AS step ON step.id = item.subject_id"
    where = "item.id = %s AND item.subject_kind = %s AND item.person_id = %s"
    return _lock(joined, where, [item_id, STEP, person_id])


def state_of(instance: FlowInstance, steps: Collection[FlowStep]) -> State:
    """Where the instance stands, as the engine takes it."""
    live = tuple(token_of(step) for step in steps if step.state in LIVE_STEPS)
    return State(live, instance.serials, instance.forks)


def token_of(step: FlowStep) -> Token:
    """A visit of a step as a token; one that is over counts as open."""
    standing = Standing(step.state) if step.state in LIVE_STEPS else Standing.OPEN
    return Token(step.serial, step.node, read_scope(step.scope), standing)


def _lock(joined: str, where: str, values: list[int | str]) -> LockedStep | None:
    """Written out in SQL: building the same with the ORM costs more than running it, at every step of every flow."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(joined=joined, where=where), values)
        row = cursor.fetchone()
        if row is None:
            return None
        step_id, instance_id = row[:2]
        if row[2] != instance_id:  # a part: its root is locked, it is read afterwards
            cursor.execute(_PART, [instance_id])
            row = (step_id, instance_id, *cursor.fetchone())
        cursor.execute(_STEPS, [step_id, STEP, instance_id])
        found = cursor.fetchall()
    steps: dict[int, FlowStep] = {}
    items = []
    for one in found:
        step = steps.get(one[0])
        if step is None:
            steps[one[0]] = step = FlowStep.from_db(None, STEP_FIELDS, one[: len(STEP_FIELDS)])
        if one[len(STEP_FIELDS)] is not None:
            items.append(WorkItem.from_db(None, WORK_FIELDS, one[len(STEP_FIELDS) :]))
    return LockedStep(_instance_of(row[2:]), list(steps.values()), steps[step_id], items)


def _instance_of(row: tuple[Any, ...]) -> FlowInstance:
    *own, code, name, number, digest = row
    own[RUN_FIELDS.index("values")] = json.loads(own[RUN_FIELDS.index("values")])
    own[RUN_FIELDS.index("chosen")] = json.loads(own[RUN_FIELDS.index("chosen")])
    instance = FlowInstance.from_db(None, RUN_FIELDS, own)
    instance.definition = Definition(id=instance.definition_id, code=code, name=name)
    instance.version = DefinitionVersion(id=instance.version_id, number=number, digest=digest)
    return instance


def _rooted_in(ids: Collection[int]) -> Q:
    """The instances themselves where they are nobody's part, and the roots of the others."""
    roots = FlowInstance.objects.filter(id__in=ids, root__isnull=False).values("root_id")
    return Q(id__in=ids, root=None) | Q(id__in=roots)


def _with_version(instances: QuerySet[FlowInstance], skip_locked: bool) -> QuerySet[FlowInstance]:
    held = instances.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
    return held.select_related("version", "definition").defer("version__document").order_by("id")
