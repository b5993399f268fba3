"""Flows that somebody may start, and what starting one asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.contracts.flows import STEP, WorkKind
from sextant.lowcode.flows.document import ApproveStep, CopyStep, FlowDocument, FormStep
from sextant.lowcode.models import FlowStep, WorkItem
from sextant.lowcode.policy.flow_starting import UNIT, may_start
from sextant.lowcode.queries.definitions import current_versions
from sextant.lowcode.queries.flow_loading import document_of
from sextant.lowcode.registry_people import directory

KIND = "flow"


@dataclass(frozen=True, slots=True)
class StartableFlow:
    """A flow that the reader may start. `begins_with_form`: a form is the first thing; `choices` are the steps whose
    persons the starter names, (code, name)."""

    version: VersionRow
    document: FlowDocument
    choices: Sequence[tuple[str, str]]

    @property
    def begins_with_form(self) -> bool:
        """Whether the starter fills a form in first."""
        first = self.document.steps[0]
        return isinstance(first, FormStep) and any(one.source in ("starter", "about") for one in first.assignees)


def list_startable(actor: Actor, *, now: datetime, code: str | None = None) -> list[StartableFlow]:
    """Flows in the actor's list, by name; only the one of that code when it is given. At most two queries."""
    if actor.person_id is None or not may(actor, Permission.FLOW_START):
        return []
    versions = current_versions(KIND, on=now, codes=None if code is None else [code])
    read = [(one, document_of(one.id, one.digest)) for one in versions.values()]
    asks_units = any(one.source == UNIT for _, document in read for one in document.starters.among)
    on = company_day(now, settings.SEXTANT_ZONE)
    units = directory().units_of(actor.person_id, on=on) if asks_units else frozenset()
    roles = {role.value for role in actor.roles}
    found = [
        StartableFlow(version, document, choices_of(document))
        for version, document in read
        if may_start(document, person_id=actor.person_id, roles=roles, units=units)
    ]
    return sorted(found, key=lambda one: one.version.name)


def choices_of(document: FlowDocument) -> list[tuple[str, str]]:
    """Steps whose persons the starter names, with their names."""
    asking = [one for one in document.steps if isinstance(one, FormStep | ApproveStep | CopyStep)]
    return [(one.code, one.name or one.code) for one in asking if any(who.source == "chosen" for who in one.assignees)]


def find_own_form(run_id: int, *, person_id: int) -> int | None:
    """The open piece of work by which a run asks this person to fill something in, or None. One query."""
    steps = FlowStep.objects.filter(instance_id=run_id).values("id")
    found = WorkItem.objects.filter(
        kind=WorkKind.FILL.value, person_id=person_id, closed_at=None, subject_kind=STEP, subject_id__in=steps
    )
    return found.values_list("id", flat=True).first()
