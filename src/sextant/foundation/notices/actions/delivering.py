"""Handing deliveries over to their channel.

A worker claims some, commits that, sends them, and notes what became of each. A worker that dies in between leaves
claims that run out, and what it had is sent again: towards the outside no more than "at least once" can be promised,
and each message carries an id that stays the same, for those who can tell.

A channel whose other side is away rests as a whole: ten thousand messages cost one attempt to connect each time, and
none of them loses a try by it.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from sextant.foundation.notices.actions.outgoing import Outgoing, make_outgoing
from sextant.foundation.notices.channels.contracts import Sender, SendFailed, Sent
from sextant.foundation.notices.channels.opening import open_sender
from sextant.foundation.notices.contracts import DeliveryState
from sextant.foundation.notices.models import Channel, Delivery
from sextant.foundation.notices.policy.again import KEEP_TRYING, decide_next_try, decide_rest

logger = logging.getLogger(__name__)
_CLAIM = timedelta(minutes=5)
_AT_ONCE = 50
_SILENT = frozenset({"silent", "cut_off"})
_LONGEST_WAIT = timedelta(hours=6)
_SECONDS_AT_ONCE = 60.0
"""A job hands over for a minute and then makes room for others."""


def deliver(kind: str, *, now: datetime) -> bool:
    """Hand over what is due on this channel; whether there is more to do right away.

    One job per channel runs at a time: a channel that hangs keeps one worker busy for at most one call, then rests.
    """
    ends_at = time.monotonic() + _SECONDS_AT_ONCE
    _give_up_old(kind, now=now)
    while time.monotonic() < ends_at:
        channel = Channel.objects.filter(kind=kind, is_active=True).first()
        if channel is None or (channel.paused_until is not None and channel.paused_until > now):
            return False
        claimed = _claim(kind, now=now)
        if not claimed:
            return False
        if not _hand_over(channel, claimed, now=now):
            return False
    return True


def list_due_kinds(*, now: datetime) -> list[str]:
    """Channels that have something to do: due deliveries, or claims of dead workers. Resting ones are left alone."""
    release_dead_claims(now=now)
    due = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=now).values_list("kind", flat=True)
    resting = Channel.objects.filter(paused_until__gt=now).values_list("kind", flat=True)
    return list(due.exclude(kind__in=list(resting)).order_by().distinct())


def release_dead_claims(*, now: datetime) -> int:
    """Put back what workers had when they died; how many."""
    dead = Delivery.objects.filter(state=DeliveryState.SENDING, claimed_until__lt=now)
    return dead.update(state=DeliveryState.WAITING, claimed_until=None, due_at=now, problem="interrupted")


@transaction.atomic
def _claim(kind: str, *, now: datetime) -> list[Delivery]:
    """Take the next due ones, and with a digest all that goes into it."""
    waiting = Delivery.objects.filter(kind=kind, state=DeliveryState.WAITING, due_at__lte=now)
    locked = waiting.select_for_update(of=("self",), skip_locked=True).order_by("due_at", "person_id", "id")
    rows = list(locked[:_AT_ONCE])
    collectors = {row.person_id for row in rows if row.is_digest}
    if collectors:
        held = {row.pk for row in rows}
        rows += [row for row in locked.filter(is_digest=True, person_id__in=collectors) if row.pk not in held]
    ids = [row.pk for row in rows]
    Delivery.objects.filter(id__in=ids).update(
        state=DeliveryState.SENDING, claimed_until=now + _CLAIM, attempts=F("attempts") + 1
    )
    for row in rows:
        row.attempts += 1
    return rows


def _hand_over(channel: Channel, claimed: list[Delivery], *, now: datetime) -> bool:
    """Send what was claimed; False when the channel must rest, with everything unsent put back."""
    outgoing, unsendable = make_outgoing(channel.kind, claimed, now=now)
    _drop(unsendable, now=now)
    left = list(outgoing)
    try:
        with open_sender(channel) as sender:
            while left:
                _send_one(sender, left[0], now=now)
                left.pop(0)
    except SendFailed as failed:
        _rest(channel, failed, left, now=now)
        return False
    if channel.failures:
        Channel.objects.filter(pk=channel.pk).update(failures=0, paused_until=None, problem="", detail="")
    return True


def _send_one(sender: Sender, one: Outgoing, *, now: datetime) -> None:
    """Send one and note it. Raises SendFailed only for what concerns the whole channel."""
    began = time.monotonic()
    try:
        sent = sender.send(one.message)
    except SendFailed as failed:
        if failed.is_whole:
            raise
        _note_failure(one, failed, now=now)
    except Exception as error:  # a bug in one channel must not stop its worker, nor lose the message
        logger.exception("a message could not be made or sent")
        _note_failure(one, SendFailed("broken", type(error).__name__), now=now)
    else:
        _note_sent(one, sent, now=now, milliseconds=round((time.monotonic() - began) * 1000))


def _note_sent(one: Outgoing, sent: Sent, *, now: datetime, milliseconds: int) -> None:
    state = DeliveryState.DELIVERED if sent.is_confirmed else DeliveryState.SENT
    _rows(one.delivery_ids).update(
        state=state,
        claimed_until=None,
        problem="",
        detail="",
        remote_id=sent.remote_id,
        finished_at=now,
        milliseconds=milliseconds,
    )


def _note_failure(one: Outgoing, failed: SendFailed, *, now: datetime) -> None:
    again = None if failed.is_final else decide_next_try(one.attempts, now=now)
    what = {"problem": failed.code, "detail": failed.detail, "claimed_until": None}
    if again is None:
        _rows(one.delivery_ids).update(state=DeliveryState.DEAD, finished_at=now, **what)
    else:
        _rows(one.delivery_ids).update(state=DeliveryState.WAITING, due_at=again, **what)


def _rest(channel: Channel, failed: SendFailed, left: list[Outgoing], *, now: datetime) -> None:
    """Let the whole channel rest. What was not sent keeps its tries. When the other side fell silent over a message,
    that one goes behind the others: were it the cause, it would hold them up for ever."""
    until = decide_rest(channel.failures + 1, now=now, asked_seconds=failed.wait)
    Channel.objects.filter(pk=channel.pk).update(
        failures=F("failures") + 1, paused_until=until, problem=failed.code, detail=failed.detail
    )
    if left and failed.code in _SILENT:
        again = decide_next_try(left[0].attempts, now=now) or now + _LONGEST_WAIT
        _rows(left.pop(0).delivery_ids).update(
            state=DeliveryState.WAITING, claimed_until=None, due_at=again, problem=failed.code, detail=failed.detail
        )
    ids = [delivery_id for one in left for delivery_id in one.delivery_ids]
    _rows(ids).update(
        state=DeliveryState.WAITING, claimed_until=None, attempts=F("attempts") - 1, problem=failed.code, detail=""
    )
    logger.warning("channel %s rests until %s: %s", channel.kind, until.isoformat(), failed.code)


def _drop(deliveries: Iterable[Delivery], *, now: datetime) -> None:
    """Those nobody can be sent any more: the person left, took the address away, or the notice was retired."""
    ids = [row.pk for row in deliveries]
    _rows(ids).update(state=DeliveryState.DROPPED, claimed_until=None, finished_at=now, problem="nobody")


def _give_up_old(kind: str, *, now: datetime) -> None:
    old = Delivery.objects.filter(
        kind=kind, state=DeliveryState.WAITING, is_digest=False, created_at__lt=now - KEEP_TRYING, due_at__lte=now
    )
    old.exclude(problem="").update(state=DeliveryState.DEAD, finished_at=now)


def _rows(ids: Iterable[int]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(id__in=list(ids), state=DeliveryState.SENDING)
