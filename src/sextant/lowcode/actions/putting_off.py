"""Putting work off (稍后), and taking that back."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.lowcode.contracts.work import WorkRefused
from sextant.lowcode.models import WorkItem
from sextant.lowcode.policy.putting_off import PutOff, offers


def put_off(item_id: int, *, until: PutOff, actor: Actor, now: datetime) -> datetime:
    """Take an open item of the actor's out of their list; the instant at which it comes back.

    Its time limits go on. Raises AccessDenied for work that is not the actor's, WorkRefused with work.closed, or
    work.due_before when it would be due by then. Two queries.
    """
    with transaction.atomic():
        item = _own(item_id, actor)
        at = offers(now, due_at=item.due_at, zone=settings.SEXTANT_ZONE).get(until)
        if at is None:
            raise WorkRefused((Problem("work.due_before"),))
        item.put_off_until = at
        item.save(update_fields=["put_off_until"])
    return at


def take_back(item_id: int, *, actor: Actor) -> None:
    """Put an item back into the list at once. Raises as `put_off` does; one that was not put off stays as it is."""
    with transaction.atomic():
        item = _own(item_id, actor)
        item.put_off_until = None
        item.save(update_fields=["put_off_until"])


def _own(item_id: int, actor: Actor) -> WorkItem:
    item = None
    if actor.person_id is not None:
        item = WorkItem.objects.select_for_update().filter(id=item_id, person_id=actor.person_id).first()
    if item is None:
        raise AccessDenied(Permission.WORK_READ)
    if item.closed_at is not None:
        raise WorkRefused((Problem("work.closed"),))
    return item
