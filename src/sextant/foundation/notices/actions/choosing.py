"""What a person chooses: channels per notice, quiet hours and digests, where they are reached."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.notices.contracts import ChannelKind, Recipient
from sextant.foundation.notices.models import Choice, CompanyRule, ContactPoint, Habits
from sextant.foundation.notices.policy.preferring import is_wanted, masked
from sextant.foundation.notices.policy.when import Wishes
from sextant.foundation.notices.queries.preferences import get_matrix
from sextant.foundation.notices.registry import get_notice
from sextant.foundation.secrets import seal


@transaction.atomic
def save_choices(
    on: Collection[str], *, codes: Collection[str] | None = None, person: Recipient | None, actor: Actor
) -> None:
    """Of the notices `codes` (None: all), exactly those cells are on whose key ("code|kind") is in `on`. What the
    company fixed, or the person has no address for, stays as it is. Only what differs from the company's word is kept,
    so that who never chose follows when the company changes its mind.

    Raises AccessDenied.
    """
    person_id = _own(actor)
    matrix = get_matrix(person_id, person=person)
    rules = {(one.code, one.kind): one.as_word() for one in CompanyRule.objects.all()}
    cells = [
        (line.code, cell)
        for _, lines in matrix.groups
        for line in lines
        if codes is None or line.code in codes
        for cell in line.cells
        if not cell.is_fixed and cell.head.is_bound
    ]
    by_kind: dict[ChannelKind, list[str]] = {}
    kept = []
    for code, cell in cells:
        kind = cell.head.kind
        by_kind.setdefault(kind, []).append(code)
        if is_wanted(get_notice(code), kind, rules.get((code, kind)), None) != (cell.key in on):
            kept.append(Choice(person_id=person_id, code=code, kind=kind, is_on=cell.key in on))
    for kind, touched in by_kind.items():
        Choice.objects.filter(person_id=person_id, kind=kind, code__in=touched).delete()
    Choice.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["person_id", "code", "kind"], update_fields=["is_on"]
    )


def save_habits(wishes: Wishes, *, actor: Actor) -> None:
    """When the person may be disturbed from now on; what waits already keeps its time. Raises AccessDenied."""
    Habits.objects.update_or_create(
        person_id=_own(actor),
        defaults={
            "is_quiet": wishes.is_quiet,
            "quiet_from": wishes.quiet_from,
            "quiet_until": wishes.quiet_until,
            "is_quiet_on_weekends": wishes.is_quiet_on_weekends,
            "lets_urgent_pass": wishes.lets_urgent_pass,
            "digest": wishes.digest.value,
            "digest_hour": wishes.digest_hour,
        },
    )


def bind_contact(kind: ChannelKind, value: str, *, actor: Actor, now: datetime) -> None:
    """Where the person is reached on a channel; an empty value takes the address away. Raises AccessDenied."""
    person_id, value = _own(actor), value.strip()
    if not value:
        ContactPoint.objects.filter(person_id=person_id, kind=kind).delete()
        return
    ContactPoint.objects.update_or_create(
        person_id=person_id,
        kind=kind.value,
        defaults={"value": seal(value), "hint": masked(value), "changed_at": now},
    )


def _own(actor: Actor) -> int:
    require(actor, Permission.NOTICE_READ)
    if actor.person_id is None:
        raise AccessDenied("a person")
    return actor.person_id
