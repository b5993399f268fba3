"""What a person does with their own notices."""

from datetime import datetime

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.notices.contracts import NoticeMissing
from sextant.foundation.notices.models import Notice


def mark_read(notice_id: int, *, actor: Actor, now: datetime) -> str:
    """The notice is read; the page it leads to. Raises AccessDenied, NoticeMissing (none, or another person's)."""
    require(actor, Permission.NOTICE_READ)
    if actor.person_id is None:
        raise NoticeMissing
    own = Notice.objects.filter(pk=notice_id, person_id=actor.person_id)
    path = own.values_list("path", flat=True).first()
    if path is None:
        raise NoticeMissing
    own.filter(read_at=None).update(read_at=now)
    return path


def mark_all_read(*, upto_id: int, actor: Actor, now: datetime) -> int:
    """Everything up to the newest one the person had before their eyes is read; how many were not."""
    require(actor, Permission.NOTICE_READ)
    if actor.person_id is None:
        return 0
    return Notice.objects.filter(person_id=actor.person_id, id__lte=upto_id, read_at=None).update(read_at=now)
