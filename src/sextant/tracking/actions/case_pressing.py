"""What is late goes up: to the manager of who runs the talk and to HR, once for each stage of a case."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sextant.foundation.access.contracts import Actor, Permission, Role
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.contracts import GoalState
from sextant.tracking.access import SeenCase
from sextant.tracking.actions.case_work import LATE, ask, find_persons, tell
from sextant.tracking.contracts.cases import CASE, SeatRole, Stage
from sextant.tracking.messages.cases import STAGES
from sextant.tracking.models import TalkCase, TalkSeat


def press_late_cases(*, actor: Actor, now: datetime) -> int:
    """Escalate every open case whose day is over; how many. Suspended goals wait. Twice is once.

    Raises AccessDenied.
    """
    require(actor, Permission.RUN_START)
    today = company_day(now, settings.SEXTANT_ZONE)
    late = TalkCase.objects.filter(closed_at=None, due_on__lt=today, goal__state=GoalState.RUNNING)
    pressed = 0
    for case_id, stage, done in late.order_by("id").values_list("id", "stage", "pressed_for"):
        if stage != done:
            pressed += _press(case_id, actor=actor, now=now)
    return pressed


def _press(case_id: int, *, actor: Actor, now: datetime) -> bool:
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        found = TalkCase.objects.select_for_update(of=("self",)).select_related("goal", "owner")
        case = found.filter(id=case_id, closed_at=None, due_on__lt=today).first()
        if case is None or case.pressed_for == case.stage:
            return False
        case.pressed_for = case.stage
        case.save(update_fields=["pressed_for"])
        seen = SeenCase(case, tuple(TalkSeat.objects.filter(case=case).order_by("id")), None, manages=False)
        above = _above(seen, now=now)
        ask(case, LATE, above, due_on=None, now=now)
        everyone = [*above, *(one.person_id for one in seen.seats)]
        what = {"what": STAGES[Stage(case.stage)]}
        tell(seen, "tracking.case_late", key=f"late:{case.stage}", now=now, params=what, to=everyone)
        record("press_red_case", actor=actor, now=now, object_kind=CASE, object_id=case.pk, changes={"at": case.stage})
    return True


def _above(seen: SeenCase, *, now: datetime) -> tuple[int, ...]:
    """The manager above who runs the talk and the colleague from HR; everyone of HR where neither is to be found."""
    today = company_day(now, settings.SEXTANT_ZONE)
    lead, partner = seen.lead, seen.seat(SeatRole.HRBP)
    above = find_persons("people.line_manager", lead.person_id, on=today) if lead else ()
    found = {*above, *([partner.person_id] if partner else [])} - {seen.case.owner_id}
    if lead is not None:
        found.discard(lead.person_id)
    return tuple(sorted(found)) or find_persons("people.role", seen.case.owner_id, on=today, role=Role.HR.value)
