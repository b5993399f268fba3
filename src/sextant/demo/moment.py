"""The mark that the demo company is there, whole, and the moment its clock was last seen at."""

from datetime import datetime

from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.actions import record
from sextant.foundation.audit.models import AuditEntry

KIND, COMPANY = "demo", "xingcha"


def mark_complete(*, actor: Actor, now: datetime) -> None:
    """Note that everything was loaded: the last line that making the demo writes."""
    record("make_demo_company", actor=actor, now=now, object_kind=KIND, object_id=COMPANY)


def is_complete() -> bool:
    """Whether the demo company was made in this database, whole."""
    return AuditEntry.objects.filter(object_kind=KIND, object_id=COMPANY).exists()
