"""The only door from a request to a run of a flow.

Its starter, the person it is about, and everyone who was ever asked something in it see it; who may read all flows,
sees all.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.lowcode.contracts.flows import STEP
from sextant.lowcode.models import FlowInstance, FlowStep, WorkItem


def visible_runs(actor: Actor) -> QuerySet[FlowInstance]:
    """Runs the actor may read."""
    if may(actor, Permission.FLOW_READ_ALL):
        return FlowInstance.objects.all()
    if actor.person_id is None or not may(actor, Permission.WORK_READ):
        return FlowInstance.objects.none()
    mine = WorkItem.objects.filter(
        Q(person_id=actor.person_id) | Q(owner_id=actor.person_id), subject_kind=STEP, subject_id=OuterRef("pk")
    )
    asked = FlowStep.objects.filter(Exists(mine), instance=OuterRef("pk"))
    own = Q(starter_id=actor.person_id) | Q(about_id=actor.person_id)
    return FlowInstance.objects.filter(own | Exists(asked))


def access_run(actor: Actor, *, run_id: int) -> FlowInstance:
    """The run with its definition and version, or AccessDenied: one answer for "there is none" and "not for you". One
    query."""
    found = visible_runs(actor).filter(id=run_id).select_related("version", "definition").defer("version__document")
    instance = found.first()
    if instance is None:
        raise AccessDenied(Permission.WORK_READ)
    return instance
