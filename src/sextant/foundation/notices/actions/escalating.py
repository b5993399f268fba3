"""What happens to notices as time goes by: those nobody reads go further, old ones go away."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from sextant.foundation.clock import company_day
from sextant.foundation.jobs.starting import start_after_commit
from sextant.foundation.notices.actions.sending import DELIVER_JOB, delivery_of, is_reachable, send_notice
from sextant.foundation.notices.contracts import ChannelKind, Escalation, NoticeSpec, Recipient
from sextant.foundation.notices.models import Channel, ContactPoint, Delivery, Notice
from sextant.foundation.notices.policy.when import When
from sextant.foundation.notices.recipients import recipients_of
from sextant.foundation.notices.registry import find_notice

UNREAD = "notices.unread"
KEEP_DAYS = 180
_AT_ONCE = 500


@transaction.atomic
def escalate_unread(*, now: datetime) -> int:
    """Send notices further that were not read in time; how many. Each once: two workers never take the same."""
    late = Notice.objects.filter(escalate_at__lte=now, read_at=None).order_by("id")
    rows = list(late.select_for_update(skip_locked=True)[:_AT_ONCE])
    specs = {row.code: find_notice(row.code) for row in rows}
    people = recipients_of(sorted({row.person_id for row in rows}), on=company_day(now, settings.SEXTANT_ZONE))
    for row in rows:
        spec, person = specs[row.code], people.get(row.person_id)
        if spec is not None and spec.escalation is not None and person is not None:
            _escalate(row, spec, spec.escalation, person, now=now)
    Notice.objects.filter(id__in=[row.pk for row in rows]).update(escalate_at=None)
    return len(rows)


def forget_old_notices(*, now: datetime) -> None:
    """Delete notices, and with them their deliveries, after half a year."""
    Notice.objects.filter(at__lt=now - timedelta(days=KEEP_DAYS)).delete()


def _escalate(row: Notice, spec: NoticeSpec, escalation: Escalation, person: Recipient, *, now: datetime) -> None:
    kind = escalation.channel
    bound = set(ContactPoint.objects.filter(person_id=row.person_id).values_list("person_id", "kind"))
    in_use = kind is not ChannelKind.IN_APP and Channel.objects.filter(kind=kind, is_active=True).exists()
    if in_use and is_reachable(person, kind, bound):
        delivery = delivery_of(row.pk, row.person_id, kind, When(now), now=now)
        delivery.reason = "escalated"
        Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
        start_after_commit(DELIVER_JOB, kind=kind.value)
    if escalation.tells_manager and person.manager_id is not None:
        send_notice(
            UNREAD,
            person_ids=[person.manager_id],
            params={"person": person.name, "what": spec.name},
            path=row.path,
            key=f"notice:{row.pk}",
            now=now,
        )
