"""Instances as actions work on them: under the lock of their root, with the steps they visited."""

from collections.abc import Collection
from functools import lru_cache

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from sextant.engines.flow import Flow, Standing, State, Token, read_scope
from sextant.lowcode.contracts.flows import LIVE_STEPS
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.flows.reading import read_flow
from sextant.lowcode.models import FlowInstance, FlowStep
from sextant.lowcode.queries.definitions import get_version


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


def lock_of_step(step_id: int) -> tuple[FlowInstance, list[FlowStep]] | None:
    """The instance of a step under its root's lock, and every step it has visited, oldest first; None when there is no
    such step. Two queries, three where the instance is part of another."""
    own = FlowStep.objects.filter(id=step_id).values("instance_id")
    roots = FlowStep.objects.filter(id=step_id).values(root=Coalesce("instance__root_id", "instance_id"))
    root = _with_version(FlowInstance.objects.filter(id__in=roots), False).first()
    if root is None:
        return None
    steps = list(FlowStep.objects.filter(instance_id__in=own).order_by("serial"))
    if steps[0].instance_id == root.pk:
        return root, steps
    instance = FlowInstance.objects.select_related("version", "definition").defer("version__document")
    return instance.get(id=steps[0].instance_id), steps


def state_of(instance: FlowInstance, steps: Collection[FlowStep]) -> State:
    """Where the instance stands, as the engine takes it."""
    live = tuple(token_of(step) for step in steps if step.state in LIVE_STEPS)
    return State(live, instance.serials, instance.forks)


def token_of(step: FlowStep) -> Token:
    """A visit of a step as a token; one that is over counts as open."""
    standing = Standing(step.state) if step.state in LIVE_STEPS else Standing.OPEN
    return Token(step.serial, step.node, read_scope(step.scope), standing)


def _rooted_in(ids: Collection[int]) -> Q:
    """The instances themselves where they are nobody's part, and the roots of the others."""
    roots = FlowInstance.objects.filter(id__in=ids, root__isnull=False).values("root_id")
    return Q(id__in=ids, root=None) | Q(id__in=roots)


def _with_version(instances: QuerySet[FlowInstance], skip_locked: bool) -> QuerySet[FlowInstance]:
    held = instances.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
    return held.select_related("version", "definition").defer("version__document").order_by("id")
