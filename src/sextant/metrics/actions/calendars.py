"""Writing which calendar counts the days of a unit and of those below it."""

from datetime import datetime

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.intake.locks import transaction_locked
from sextant.metrics.models import CalendarUse, CalendarVersion
from sextant.people.queries import resolve_units

_LOCK = "metrics.rules"


def use_calendar(code: str, *, unit_code: str, actor: Actor, now: datetime) -> None:
    """Count the days of a unit, and of the units below it that have none of their own, by the calendar `code` from the
    next evaluation on.

    Rules of a metric or a goal that name a calendar go before it. Raises AccessDenied, DocumentRefused
    (`rules.calendar_unknown`, `calendar.unit_unknown`).
    """
    require(actor, Permission.METRIC_DEFINE)
    unit_id = _unit_id(unit_code)
    with transaction_locked(_LOCK):
        if not CalendarVersion.objects.filter(code=code).exists():
            raise DocumentRefused(Problem("rules.calendar_unknown", {"code": code}))
        in_use = CalendarUse.objects.filter(unit_id=unit_id, until_at=None).first()
        if in_use and in_use.code == code:
            return
        _end_use(unit_id, now)
        CalendarUse.objects.create(unit_id=unit_id, code=code, from_at=now, from_by=actor.label)
        _audit("use_calendar", unit_id, [in_use.code if in_use else None, code], actor, now)


def drop_calendar(*, unit_code: str, actor: Actor, now: datetime) -> bool:
    """Count a unit's days as the unit above does again; False when it had no calendar of its own. As `use_calendar`."""
    require(actor, Permission.METRIC_DEFINE)
    unit_id = _unit_id(unit_code)
    with transaction_locked(_LOCK):
        if not _end_use(unit_id, now):
            return False
        _audit("drop_calendar", unit_id, None, actor, now)
    return True


def _unit_id(unit_code: str) -> int:
    unit_id = resolve_units([unit_code], by="code").get(unit_code)
    if unit_id is None:
        raise DocumentRefused(Problem("calendar.unit_unknown", {"unit": unit_code}))
    return unit_id


def _end_use(unit_id: int, now: datetime) -> int:
    return CalendarUse.objects.filter(unit_id=unit_id, until_at=None).update(until_at=now)


def _audit(verb: str, unit_id: int, calendar: object, actor: Actor, now: datetime) -> None:
    record(verb, actor=actor, now=now, object_kind="unit", object_id=unit_id, changes={"calendar": calendar})
