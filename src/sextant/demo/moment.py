"""The mark that the demo company is there, whole, and the clock it lives by.

Its story ends in the week of the first start. Were its days to pass like others, every light would go grey within a
few weeks of not being looked at. So its clock stands still while the demo is off: a start goes on where the last ended.
"""

import os
from datetime import datetime, timedelta

from django.db.models import Max

from sextant.foundation import clock
from sextant.foundation.access.contracts import Actor
from sextant.foundation.accounts.models import UserSession
from sextant.foundation.audit.actions import record
from sextant.foundation.audit.models import AuditEntry

KIND, COMPANY = "demo", "xingcha"
PAUSE = timedelta(hours=12)
"""A shorter break is no break: the clock goes on as it did."""


def mark_complete(what: str = COMPANY, *, actor: Actor, now: datetime) -> None:
    """Note that everything was loaded, of the company or of a case: the last line that making it writes."""
    record("make_demo", actor=actor, now=now, object_kind=KIND, object_id=what)


def is_complete(what: str = COMPANY) -> bool:
    """Whether the demo company, or a case, was made in this database, whole."""
    return AuditEntry.objects.filter(object_kind=KIND, object_id=what).exists()


def clock_behind(now: datetime) -> timedelta:
    """How far to set the clock of a demo back that is started at `now`, in whole seconds: the time since it was last
    used, zero where that was within the last hours, or where it is not there yet."""
    made = AuditEntry.objects.filter(object_kind=KIND).aggregate(at=Max("at"))["at"]
    if made is None:
        return timedelta(0)
    last = max(one for one in (made, _last_seen(), _last_written()) if one is not None)
    gap = now - last
    return timedelta(seconds=int(gap.total_seconds())) if gap > PAUSE else timedelta(0)


def set_clock_back() -> None:
    """Let the clock of this process, and of those it starts, go on where the demo was last used."""
    if "SEXTANT_NOW" not in os.environ:
        os.environ[clock.BEHIND] = str(int(clock_behind(clock.now() + clock.behind()).total_seconds()))


def _last_seen() -> datetime | None:
    """When somebody last opened a page."""
    last: datetime | None = UserSession.objects.aggregate(at=Max("last_seen_at"))["at"]
    return last


def _last_written() -> datetime | None:
    """When the latest line of the audit trail was written."""
    return AuditEntry.objects.order_by("-id").values_list("at", flat=True).first()
