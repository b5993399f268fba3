"""Writing in a case: the case under its lock, and a door for those who have a seat."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.tracking.access import SeenCase, access_case
from sextant.tracking.contracts.cases import CASE, CaseRefused, SeatRole
from sextant.tracking.models import TalkCase, TalkMeasure
from sextant.tracking.policy.case_stations import due_of, stage_of
from sextant.tracking.queries.cases import facts_of


@dataclass(frozen=True, slots=True)
class CaseTable:
    """A case under its lock, and who writes in it."""

    seen: SeenCase
    actor: Actor
    now: datetime
    today: date

    @property
    def case(self) -> TalkCase:
        """The case itself."""
        return self.seen.case


def come_to_case(
    case_id: int,
    *,
    actor: Actor,
    now: datetime,
    roles: Collection[SeatRole] | None = None,
    is_lead: bool = False,
    for_hr: bool = False,
    is_closed_too: bool = False,
) -> CaseTable:
    """Lock the case for somebody who may act in it. The caller holds a transaction.

    Without more: anybody with a seat. `roles`: only these seats. `is_lead`: only who runs the talk. `for_hr`: HR as
    well. Raises AccessDenied (out of sight, or only a reader), CaseRefused (case.closed, unless `is_closed_too`).
    """
    require(actor, Permission.TRACKING_ACT)
    today = company_day(now, settings.SEXTANT_ZONE)
    seen = access_case(actor, case_id=case_id, on=today, is_locked=True)
    sits = seen.mine is not None and (roles is None or seen.mine.role in {one.value for one in roles})
    if not ((seen.leads if is_lead else sits) or (for_hr and seen.manages)):
        raise AccessDenied("case")
    if seen.case.closed_at is not None and not is_closed_too:
        raise CaseRefused(Problem("case.closed"))
    return CaseTable(seen, actor, now, today)


def place(seen: SeenCase) -> None:
    """Write down where the case stands now, and until when. The caller saves nothing else of these columns."""
    case = seen.case
    facts = facts_of(case, seen.seats)
    stage, due_on = stage_of(facts).value, due_of(facts)
    if (stage, due_on) != (case.stage, case.due_on):
        case.stage, case.due_on = stage, due_on
        case.save(update_fields=["stage", "due_on"])


def count_open_measures(case: TalkCase) -> int:
    """How many measures are not ticked off. One query."""
    return TalkMeasure.objects.filter(case=case, done_on=None).count()


def note(table: CaseTable, verb: str, changes: Mapping[str, object] | None = None) -> None:
    """A line in the audit trail, with ids, days and counts alone: what people wrote is theirs."""
    record(
        verb,
        actor=table.actor,
        now=table.now,
        object_kind=CASE,
        object_id=table.case.pk,
        changes=dict(changes or {}),
    )


def read_text(text: str, *, field: str, most: int) -> str:
    """What somebody wrote, without blanks around; CaseRefused (case.missing, case.long)."""
    words = text.strip()
    if not words:
        raise CaseRefused(Problem("case.missing", {"field": field}))
    if len(words) > most:
        raise CaseRefused(Problem("case.long", {"field": field, "most": most}))
    return words
