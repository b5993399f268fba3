"""The door from a request to a piece of work: its person alone. Others see what it is about, where that is theirs to
see."""

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.lowcode.contracts.work import WorkRow
from sextant.lowcode.models import WorkItem


def access_work(actor: Actor, *, item_id: int) -> WorkRow:
    """The piece of work, open or closed, or AccessDenied: missing and somebody else's look the same. One query."""
    found = None
    if actor.person_id is not None and may(actor, Permission.WORK_READ):
        found = WorkItem.objects.filter(id=item_id, person_id=actor.person_id).first()
    if found is None:
        raise AccessDenied(Permission.WORK_READ)
    return found.row()
