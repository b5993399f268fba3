"""Calling endpoints: each message signed, at least once, and an endpoint that does not take them rests as a whole.

One job per endpoint runs at a time, and after a failure it stops: a receiver that hangs keeps one worker busy for one
call. Order is kept while all goes well; a message that is tried again comes behind others, so receivers go by the
timestamp of the event.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from sextant.foundation.notices.actions import send_notice
from sextant.foundation.outbound.calls import Answer, Caller, CallFailed
from sextant.foundation.secrets import SecretUnreadable, unseal
from sextant.foundation.webhooks.contracts import SendingState
from sextant.foundation.webhooks.models import Endpoint, Sending
from sextant.foundation.webhooks.policy import decide_next_try, decide_rest, must_switch_off
from sextant.foundation.webhooks.signing import headers_for

CALL_SECONDS = 15.0
_CLAIM = timedelta(minutes=5)
_AT_ONCE = 20
_SECONDS_AT_ONCE = 60.0
_GONE = 410


def send_waiting(endpoint_id: int, *, now: datetime) -> bool:
    """Send what is due to the endpoint; whether there is more to do right away."""
    ends_at = time.monotonic() + _SECONDS_AT_ONCE
    with Caller(allowed_hosts=settings.SEXTANT_OUTBOUND_HOSTS, seconds=CALL_SECONDS) as caller:
        while time.monotonic() < ends_at:
            endpoint = Endpoint.objects.filter(pk=endpoint_id, is_active=True).first()
            if endpoint is None or (endpoint.paused_until is not None and endpoint.paused_until > now):
                return False
            claimed = _claim(endpoint_id, now=now)
            if not claimed:
                return False
            if not _send_all(caller, endpoint, claimed, now=now):
                return False
    return True


@transaction.atomic
def _claim(endpoint_id: int, *, now: datetime) -> list[Sending]:
    waiting = Sending.objects.filter(endpoint_id=endpoint_id, state=SendingState.WAITING, due_at__lte=now)
    rows = list(waiting.select_for_update(skip_locked=True).order_by("due_at", "id")[:_AT_ONCE])
    Sending.objects.filter(id__in=[row.pk for row in rows]).update(
        state=SendingState.SENDING, claimed_until=now + _CLAIM
    )
    return rows


def _send_all(caller: Caller, endpoint: Endpoint, rows: list[Sending], *, now: datetime) -> bool:
    """Send the claimed messages one after the other; False after the first that was not taken, the rest put back."""
    for place, row in enumerate(rows):
        answer, problem = _call(caller, endpoint, row, now=now)
        if problem:
            _put_back(rows[place + 1 :])
            _note_failure(endpoint, row, answer, problem, now=now)
            return False
        _note(row, state=SendingState.DONE, answer=answer, problem="", now=now)
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=0, failing_since=None, paused_until=None)
    return True


def _call(caller: Caller, endpoint: Endpoint, row: Sending, *, now: datetime) -> tuple[Answer | None, str]:
    """One call: the answer, if one came, and what is wrong with it; "" when the message was taken."""
    body = row.body.encode()
    try:
        signed = headers_for(
            _keys(endpoint, now=now), message_id=row.message_id, timestamp=int(now.timestamp()), body=body
        )
        answer = caller.send("POST", endpoint.url, body=body, headers={"Content-Type": "application/json", **signed})
    except CallFailed as failed:
        return None, failed.code
    except SecretUnreadable:
        return None, "secret_unreadable"
    if answer.status < 300:
        return answer, ""
    return answer, "gone" if answer.status == _GONE else "refused"


def _keys(endpoint: Endpoint, *, now: datetime) -> list[str]:
    keys = [unseal(bytes(endpoint.secret))]
    if endpoint.old_secret is not None and endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        keys.append(unseal(bytes(endpoint.old_secret)))
    return keys


def _note_failure(endpoint: Endpoint, row: Sending, answer: Answer | None, problem: str, *, now: datetime) -> None:
    attempts = row.attempts + 1
    again = decide_next_try(attempts, now=now)
    state = SendingState.WAITING if again else SendingState.DEAD
    _note(row, state=state, answer=answer, problem=problem, now=now, due_at=again)
    since = endpoint.failing_since or now
    Endpoint.objects.filter(pk=endpoint.pk).update(
        failures=F("failures") + 1, failing_since=since, paused_until=decide_rest(endpoint.failures + 1, now=now)
    )
    if problem == "gone" or must_switch_off(since, now=now):
        _switch_off(endpoint, since=since, now=now)


@transaction.atomic
def _switch_off(endpoint: Endpoint, *, since: datetime, now: datetime) -> None:
    """Nobody looks after the receiver, or it said that it is gone for good: nothing more is queued for it."""
    off = Endpoint.objects.filter(pk=endpoint.pk, is_active=True).update(is_active=False, switched_off_at=now)
    if off and endpoint.owner_person_id is not None:
        send_notice(
            "webhooks.switched_off",
            person_ids=[endpoint.owner_person_id],
            params={"name": endpoint.name, "since": since},
            path=reverse("webhooks:endpoint", kwargs={"endpoint_id": endpoint.pk}),
            key=f"endpoint:{endpoint.pk}:{int(now.timestamp())}",
            now=now,
        )


def _note(
    row: Sending,
    *,
    state: SendingState,
    answer: Answer | None,
    problem: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    Sending.objects.filter(pk=row.pk, state=SendingState.SENDING).update(
        state=state,
        attempts=F("attempts") + 1,
        claimed_until=None,
        due_at=due_at or row.due_at,
        status=answer.status if answer else None,
        problem=problem,
        excerpt=answer.excerpt if answer and problem else "",
        milliseconds=answer.milliseconds if answer else None,
        finished_at=None if state is SendingState.WAITING else now,
    )


def _put_back(rows: list[Sending]) -> None:
    Sending.objects.filter(id__in=[row.pk for row in rows], state=SendingState.SENDING).update(
        state=SendingState.WAITING, claimed_until=None
    )
