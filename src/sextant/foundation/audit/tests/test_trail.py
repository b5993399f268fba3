"""The trail is written with the change, goes with it when it fails, and cannot be altered."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.foundation.audit.models import AuditEntry

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def write_one() -> AuditEntry:
    record("sign_goal", actor=Actor.system("test"), now=NOON, object_kind="goal", object_id=7, changes={"base": "100"})
    return AuditEntry.objects.get()


def test_entry_holds_who_what_and_when(db: None) -> None:
    entry = write_one()
    assert (entry.verb, entry.object_kind, entry.object_id, entry.actor_label) == ("sign_goal", "goal", "7", "test")


def test_entry_goes_when_the_change_fails(db: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write_one()
        raise RuntimeError
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("attempt", ["update", "delete"])
def test_entry_cannot_be_altered(db: None, attempt: str) -> None:
    entry = write_one()
    rows = AuditEntry.objects.filter(pk=entry.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(verb="other") if attempt == "update" else rows.delete()
    assert AuditEntry.objects.get().verb == "sign_goal"
