"""Naming somebody who acts for one while one is away."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.lowcode.contracts.work import WorkRefused
from sextant.lowcode.models import Deputy
from sextant.lowcode.registry_people import directory

MOST_DAYS = 366


def name_deputy(person_id: int, *, from_on: date, last_on: date, actor: Actor, now: datetime) -> None:
    """Let `person_id` act for the actor from the first day to the last, instead of whoever was named before. New work
    that may be passed on goes to them; what waits already stays.

    Raises AccessDenied, WorkRefused (deputy.self, deputy.days, deputy.not_at_work).
    """
    require(actor, Permission.WORK_READ)
    if actor.person_id is None:
        raise AccessDenied(Permission.WORK_READ)
    today = company_day(now, settings.SEXTANT_ZONE)
    if person_id == actor.person_id:
        raise WorkRefused((Problem("deputy.self"),))
    if not today <= last_on or from_on > last_on or (last_on - from_on).days >= MOST_DAYS:
        raise WorkRefused((Problem("deputy.days"),))
    if directory().gone([person_id], on=today) or person_id not in directory().names([person_id]):
        raise WorkRefused((Problem("deputy.not_at_work"),))
    with transaction.atomic():
        Deputy.objects.filter(person_id=actor.person_id, until_on__gt=today).delete()
        until_on = last_on + timedelta(days=1)
        kept = Deputy.objects.create(
            person_id=actor.person_id, deputy_id=person_id, from_on=from_on, until_on=until_on, made_at=now
        )
        changes = {"deputy": person_id, "from_on": from_on.isoformat(), "until_on": until_on.isoformat()}
        record("name_deputy", actor=actor, now=now, object_kind="deputy", object_id=kept.pk, changes=changes)


def end_deputy(*, actor: Actor, now: datetime) -> bool:
    """Act for oneself again; whether somebody was named."""
    require(actor, Permission.WORK_READ)
    if actor.person_id is None:
        raise AccessDenied(Permission.WORK_READ)
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        ended, _ = Deputy.objects.filter(person_id=actor.person_id, until_on__gt=today).delete()
        if ended:
            record("end_deputy", actor=actor, now=now, object_kind="person", object_id=actor.person_id)
    return bool(ended)
