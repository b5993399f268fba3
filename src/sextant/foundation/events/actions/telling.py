"""Telling subscribers what happened: each exactly once, in order per subject.

A handler runs in the transaction that marks its event as told. What it writes and the mark are therefore one: a worker
that is killed in between leaves neither. A handler that fails is asked again later, and what comes behind it for the
same subject waits, until it has had its tries; then it is a dead letter and the others go on.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.events.actions.publishing import TELL_JOB
from sextant.foundation.events.contracts import EventRow, Subscription, TellingState
from sextant.foundation.events.models import Event, Telling
from sextant.foundation.events.policy import decide_next_try
from sextant.foundation.events.registry import handler_of, subscriptions
from sextant.foundation.jobs.starting import start_after_commit

logger = logging.getLogger(__name__)
_AT_ONCE = 100
KEEP_TOLD = timedelta(days=30)
KEEP_EVENTS = timedelta(days=800)
"""Rules are tried on past events: two years are two cycles of a year, with some days to spare."""


def tell_waiting(*, now: datetime, most: int = 2000) -> int:
    """Tell subscribers what waits for them; how many were told or tried. Ends after `most`, or when nothing is due.

    Several may run at once: each telling is locked by the one that tries it, the others pass it by.
    """
    tried = 0
    while tried < most:
        ids = _due_ids(now=now)
        done = sum(_tell_one(telling_id, now=now) for telling_id in ids)
        if not done:
            break
        tried += done
    return tried


def tell_again(telling_ids: list[int] | None, *, actor: Actor, now: datetime) -> int:
    """Give dead letters their tries again, every one for None; how many were dead."""
    require(actor, Permission.WEBHOOK_MANAGE)
    with transaction.atomic():
        dead = Telling.objects.filter(state=TellingState.DEAD)
        if telling_ids is not None:
            dead = dead.filter(id__in=telling_ids)
        count = dead.update(state=TellingState.WAITING, attempts=0, due_at=now, problem="", done_at=None)
        if count:
            record("tell_again", actor=actor, now=now, object_kind="telling", object_id="", changes={"count": count})
            start_after_commit(TELL_JOB)
    return count


def forget_old_events(*, now: datetime) -> None:
    """Delete what nobody will ask about any more: who was told, and much later what happened."""
    Telling.objects.filter(state=TellingState.TOLD, done_at__lt=now - KEEP_TOLD).delete()
    Event.objects.filter(at__lt=now - KEEP_EVENTS).delete()


def _due_ids(*, now: datetime) -> list[int]:
    """The due tellings that have no older one waiting before them, oldest first."""
    before = Telling.objects.filter(
        subscriber=OuterRef("subscriber"),
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        state=TellingState.WAITING,
        id__lt=OuterRef("id"),
    )
    due = Telling.objects.filter(~Exists(before), state=TellingState.WAITING, due_at__lte=now)
    return list(due.order_by("due_at", "id").values_list("id", flat=True)[:_AT_ONCE])


@transaction.atomic
def _tell_one(telling_id: int, *, now: datetime) -> bool:
    """Tell one, or mark its failure; False when another worker has it or had it."""
    waiting = Telling.objects.filter(id=telling_id, state=TellingState.WAITING)
    telling = waiting.select_for_update(of=("self",), skip_locked=True).select_related("event").first()
    if telling is None:
        return False
    subscriber = next((one for one in subscriptions() if one.name == telling.subscriber), None)
    problem = _told(subscriber, telling.event, now=now)
    if problem is None:
        telling.state, telling.problem, telling.done_at = TellingState.TOLD, "", now
    else:
        _mark_failed(telling, problem, now=now)
    telling.save(update_fields=["state", "attempts", "due_at", "problem", "done_at"])
    return True


def _told(subscriber: Subscription | None, event: Event, *, now: datetime) -> str | None:
    """Call the handler; None when it went well, else what went wrong. Its writes are undone when it fails."""
    if subscriber is None:
        return "no such subscriber any more"
    try:
        with transaction.atomic():
            handler_of(subscriber.handler)(row_of(event), now=now)
    except Exception as error:
        logger.exception("%s failed on event %s", subscriber.name, event.pk)
        return f"{type(error).__name__}: {error}"[:2000]
    return None


def _mark_failed(telling: Telling, problem: str, *, now: datetime) -> None:
    telling.attempts += 1
    telling.problem = problem
    again = decide_next_try(telling.attempts, now=now)
    if again is None:
        telling.state, telling.done_at = TellingState.DEAD, now
    else:
        telling.due_at = again


def row_of(event: Event) -> EventRow:
    """The event as its subscribers read it."""
    return EventRow(
        id=event.pk,
        code=event.code,
        subject=(event.subject_kind, event.subject_id),
        params=dict(event.params),
        at=event.at,
        actor_person_id=event.actor_person_id,
        actor_label=event.actor_label,
    )
