"""接入: calls of other systems become flows, each order once, and what could not be taken is told to HR."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from pydantic import ValidationError

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.clock import company_day
from sextant.foundation.events.contracts import EventRow
from sextant.foundation.notices.actions import send_notice
from sextant.foundation.webhooks.models import Trigger
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.contracts.flows import FlowRefused, NewInstance
from sextant.lowcode.queries.definitions import current_versions
from sextant.lowcode.registry_people import directory, list_assignee_sources
from sextant.people.queries import resolve_persons
from sextant.tracking.contracts.help import LINE_LENGTH
from sextant.tracking.intake_document import KIND, IntakeDocument, text_at
from sextant.tracking.models import Intake

INTAKE_FAILED = "tracking.intake_failed"
_TITLE_LENGTH = 200


class IntakeRefused(Exception):
    """A call could not become a flow."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def take_in(event: EventRow, *, now: datetime) -> None:
    """Start what the intakes of this trigger say. Runs in the transaction that marks the event as told, so each call is
    taken in once; an order that was told before starts nothing. Raises nothing: what cannot be taken is kept with its
    reason, and HR is told."""
    trigger = Trigger.objects.filter(key=str(event.params["trigger"])).first()
    if trigger is None:
        return
    for version in current_versions(KIND, on=now).values():
        try:
            document = IntakeDocument.model_validate(version.document)
        except ValidationError:  # published in a shape of before: its kind would upgrade it, there is none yet
            continue
        if document.trigger == trigger.name:
            _take(version, document, event, trigger, now=now)


def _take(version: VersionRow, document: IntakeDocument, event: EventRow, trigger: Trigger, *, now: datetime) -> None:
    kept = Intake(event_id=event.id, definition_code=version.code, at=now)
    try:
        new = _instance(version, document, event.params["payload"], now=now)
        kept.instance_id = start_flow(document.flow, new, actor=Actor.system(trigger.name), now=now)
        if kept.instance_id is None:
            kept.problem, kept.detail = "intake.present", (new.key or "")[:LINE_LENGTH]
    except IntakeRefused as error:
        kept.problem, kept.detail = error.problem.code, str(error.problem.params.get("value", ""))[:LINE_LENGTH]
    except FlowRefused as error:
        kept.problem = error.problems[0].code
    kept.save()
    if kept.problem and kept.problem != "intake.present":
        _tell_hr(kept, trigger, now=now)


def _instance(version: VersionRow, document: IntakeDocument, body: object, *, now: datetime) -> NewInstance:
    """The run that a body asks for. Raises IntakeRefused (intake.no_key, intake.unknown_person)."""
    key, called = text_at(body, document.key), text_at(body, document.about.at)
    if not key:
        raise IntakeRefused(Problem("intake.no_key", {"value": document.key}))
    about_id = resolve_persons([called], by=document.about.by).get(called)
    gone = directory().gone([about_id], on=company_day(now, settings.SEXTANT_ZONE)) if about_id is not None else ()
    if about_id is None or about_id in gone:
        raise IntakeRefused(Problem("intake.unknown_person", {"value": called}))
    title = " ".join(filter(None, (text_at(body, place) for place in document.title)))
    told = {name: text_at(body, place) for name, place in document.values.items()}
    return NewInstance(
        title=title[:_TITLE_LENGTH],
        about_id=about_id,
        starter_id=about_id,
        key=f"{version.code}:{key}"[:120],
        values={name: text for name, text in told.items() if text},
    )


def _tell_hr(kept: Intake, trigger: Trigger, *, now: datetime) -> None:
    holders = list_assignee_sources()["people.role"].resolve([0], {"role": Role.HR.value}, on=now.date())
    told = {"trigger": trigger.name, "detail": kept.detail or kept.problem}
    path = reverse("webhooks:trigger", args=[trigger.pk])
    send_notice(INTAKE_FAILED, person_ids=holders.get(0, ()), params=told, path=path, key=str(kept.event_id), now=now)
