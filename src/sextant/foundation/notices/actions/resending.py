"""Sending again what was given up."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.jobs.starting import start_after_commit
from sextant.foundation.notices.actions.sending import DELIVER_JOB
from sextant.foundation.notices.contracts import DeliveryState
from sextant.foundation.notices.models import Delivery

_AGAIN = (DeliveryState.DEAD, DeliveryState.WAITING)


@transaction.atomic
def resend(delivery_ids: Collection[int] | None, *, actor: Actor, now: datetime) -> int:
    """Send these now: dead letters with all their tries again, waiting ones without waiting; None: every dead letter.
    How many. What arrived or is on its way is never sent twice. Raises AccessDenied."""
    require(actor, Permission.NOTICE_MANAGE)
    rows = Delivery.objects.filter(state__in=_AGAIN)
    rows = rows.filter(state=DeliveryState.DEAD) if delivery_ids is None else rows.filter(id__in=delivery_ids)
    kinds = list(rows.order_by().values_list("kind", flat=True).distinct())
    number = rows.update(
        state=DeliveryState.WAITING,
        attempts=0,
        created_at=now,  # its days begin again
        due_at=now,
        is_digest=False,
        reason="resent",
        problem="",
        detail="",
        finished_at=None,
    )
    if number:
        record("resend", actor=actor, now=now, object_kind="delivery", object_id="", changes={"number": number})
    for kind in kinds:
        start_after_commit(DELIVER_JOB, kind=kind)
    return number
