"""Writing the audit trail."""

from collections.abc import Mapping
from datetime import datetime

from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.models import AuditEntry


def record(
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    object_kind: str,
    object_id: object,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Add one line to the audit trail, inside the caller's transaction.

    `verb` is the action's name ("import_people"); `changes` holds plain JSON values only: counts, ids, before and
    after. Never personal text that the data-subject could ask to erase.
    """
    AuditEntry.objects.create(
        at=now,
        actor_user_id=actor.user_id,
        actor_label=actor.label,
        verb=verb,
        object_kind=object_kind,
        object_id=str(object_id),
        changes=dict(changes or {}),
    )
