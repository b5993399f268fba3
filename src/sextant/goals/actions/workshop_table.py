"""Writing in a meeting: the meeting under its lock, and a door for those who run it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.actions.create import GoalRefused
from sextant.goals.models import Workshop
from sextant.goals.policy.workshops import decide_text
from sextant.goals.workshop_access import workshop_sight


@dataclass(frozen=True, slots=True)
class Table:
    """A meeting under its lock, and who writes in it; `is_run`: they run it."""

    workshop: Workshop
    is_run: bool
    actor: Actor
    now: datetime
    today: date


def come_to_workshop(
    workshop_id: int, *, actor: Actor, now: datetime, is_closed_too: bool = False, is_run: bool = True
) -> Table:
    """Lock the meeting for somebody who runs it, or with `is_run` False for whoever reads it. The caller holds a
    transaction.

    Raises AccessDenied (out of sight, or only a reader), GoalRefused (workshop.closed, unless `is_closed_too`).
    """
    require(actor, Permission.WORKSHOP_RUN)
    today = company_day(now, settings.SEXTANT_ZONE)
    seen = workshop_sight(actor, on=today).access(workshop_id, is_locked=True)
    workshop = seen.workshop
    if is_run and not seen.is_run:
        raise AccessDenied("workshop")
    if workshop.closed_at is not None and not is_closed_too:
        raise GoalRefused([Problem("workshop.closed")])
    return Table(workshop, seen.is_run, actor, now, today)


def note(table: Table, verb: str, changes: Mapping[str, object]) -> None:
    """A line in the audit trail, with ids alone: what people wrote may name people."""
    record(
        verb,
        actor=table.actor,
        now=table.now,
        object_kind="workshop",
        object_id=table.workshop.pk,
        changes=dict(changes),
    )


def read_text(text: str, *, field: str, most: int) -> str:
    """What somebody wrote, without blanks around; GoalRefused (workshop.missing, workshop.long)."""
    if problems := decide_text(text, field=field, most=most):
        raise GoalRefused(problems)
    return text.strip()


def refuse_more_than(most: int, count: int, *, code: str) -> None:
    """GoalRefused with `code` where there are `most` already."""
    if count >= most:
        raise GoalRefused([Problem(code, {"most": most})])
