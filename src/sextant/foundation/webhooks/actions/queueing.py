"""Putting events into the outbox of endpoints, and sending again what was sent before."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.events.actions.telling import row_of
from sextant.foundation.events.contracts import EventRow
from sextant.foundation.events.models import Event
from sextant.foundation.jobs.starting import start_after_commit
from sextant.foundation.webhooks.contracts import SendingState
from sextant.foundation.webhooks.models import Endpoint, Sending
from sextant.foundation.webhooks.policy import wants

SEND_JOB = "sextant.webhooks.send"
MOST_REPLAYED = 10_000


def queue_event(event: EventRow, *, now: datetime) -> int:
    """Queue the event for each active endpoint that wants it; for how many. Part of the caller's transaction."""
    rows = [
        _sending(endpoint, event, now=now)
        for endpoint in Endpoint.objects.filter(is_active=True).defer("secret", "old_secret")
        if wants(endpoint.codes, endpoint.only, code=event.code, params=event.params)
    ]
    Sending.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        start_after_commit(SEND_JOB, endpoint_id=row.endpoint_id)
    return len(rows)


def queue_for(name: str, event_id: int, *, now: datetime) -> bool:
    """Queue an event for the active endpoint of that name, whatever it subscribed to; False when there is none. For
    whoever addresses one receiver; part of the caller's transaction."""
    endpoint = Endpoint.objects.filter(name=name, is_active=True).defer("secret", "old_secret").first()
    if endpoint is None:
        return False
    event = row_of(Event.objects.get(pk=event_id))
    Sending.objects.bulk_create([_sending(endpoint, event, now=now)], ignore_conflicts=True)
    start_after_commit(SEND_JOB, endpoint_id=endpoint.pk)
    return True


@transaction.atomic
def send_test(endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Queue a message that says nothing, to see whether the receiver takes it. Raises AccessDenied,
    Endpoint.DoesNotExist."""
    require(actor, Permission.WEBHOOK_MANAGE)
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    body = _body("webhook.tested", now, {"subject": {"kind": "webhook", "id": endpoint.pk}})
    message_id = f"msg_test_{get_random_string(16)}"
    Sending.objects.create(
        endpoint=endpoint, message_id=message_id, code="webhook.tested", body=body, created_at=now, due_at=now
    )
    start_after_commit(SEND_JOB, endpoint_id=endpoint.pk)


@transaction.atomic
def replay(endpoint_id: int, sending_ids: Collection[int], *, actor: Actor, now: datetime) -> int:
    """Send these again, under the ids they had; how many. What is on its way is left alone. Raises AccessDenied."""
    require(actor, Permission.WEBHOOK_MANAGE)
    rows = Sending.objects.filter(endpoint_id=endpoint_id, id__in=sending_ids)
    return _again(endpoint_id, rows.exclude(state=SendingState.SENDING), actor=actor, now=now, span={})


@transaction.atomic
def replay_span(endpoint_id: int, *, since: datetime, until: datetime, actor: Actor, now: datetime) -> int:
    """Send every event of a half-open span that the endpoint wants, whether it was sent before or not (because the
    endpoint was switched off, or is new); how many, at most MOST_REPLAYED, the oldest first.

    Raises AccessDenied, Endpoint.DoesNotExist.
    """
    require(actor, Permission.WEBHOOK_MANAGE)
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    events = Event.objects.filter(at__gte=since, at__lt=until).order_by("id")
    if "*" not in endpoint.codes:
        events = events.filter(code__in=endpoint.codes)
    rows = (row_of(event) for event in events.iterator(chunk_size=2000))
    wanted = [one for one in rows if wants(endpoint.codes, endpoint.only, code=one.code, params=one.params)]
    wanted = wanted[:MOST_REPLAYED]
    Sending.objects.bulk_create(
        (_sending(endpoint, one, now=now) for one in wanted), ignore_conflicts=True, batch_size=1000
    )
    again = Sending.objects.filter(endpoint=endpoint, event_id__in=[one.id for one in wanted])
    span = {"since": since.isoformat(), "until": until.isoformat()}
    return _again(endpoint_id, again.exclude(state=SendingState.SENDING), actor=actor, now=now, span=span)


def _again(endpoint_id: int, rows: QuerySet[Sending], *, actor: Actor, now: datetime, span: dict[str, str]) -> int:
    number = rows.update(
        state=SendingState.WAITING, attempts=0, due_at=now, problem="", excerpt="", status=None, finished_at=None
    )
    if number:
        changes = {"number": number, **span}
        record("replay", actor=actor, now=now, object_kind="webhook", object_id=endpoint_id, changes=changes)
        Endpoint.objects.filter(pk=endpoint_id).update(paused_until=None)
        start_after_commit(SEND_JOB, endpoint_id=endpoint_id)
    return number


def _sending(endpoint: Endpoint, event: EventRow, *, now: datetime) -> Sending:
    kind, subject_id = event.subject
    told = {"subject": {"kind": kind, "id": subject_id}, "actor_person_id": event.actor_person_id, **event.params}
    return Sending(
        endpoint=endpoint,
        event_id=event.id,
        message_id=f"msg_{event.id}_{endpoint.pk}",
        code=event.code,
        body=_body(event.code, event.at, told),
        created_at=now,
        due_at=now,
    )


def _body(code: str, at: datetime, told: dict[str, object]) -> str:
    document = {"type": code, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": told}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def list_waiting_endpoints(*, now: datetime) -> Iterable[int]:
    """Endpoints that have something to send now: due messages, or claims of dead workers, which are put back."""
    dead = Sending.objects.filter(state=SendingState.SENDING, claimed_until__lt=now)
    dead.update(state=SendingState.WAITING, claimed_until=None, due_at=now, problem="interrupted")
    due = Sending.objects.filter(state=SendingState.WAITING, due_at__lte=now, endpoint__is_active=True)
    due = due.exclude(endpoint__paused_until__gt=now)
    return list(due.order_by().values_list("endpoint_id", flat=True).distinct())
