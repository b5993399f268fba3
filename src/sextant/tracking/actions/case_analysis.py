"""绩效偏差分析: both sides write their account on a form of their own; the other reads it once it is handed in."""

from datetime import datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.actions.sheets import begin_sheet
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.sheets import find_sheet
from sextant.tracking.actions.case_table import come_to_case, note, place
from sextant.tracking.actions.case_work import refresh_work, tell
from sextant.tracking.contracts.cases import CASE, MANAGER_FORM, OWN_FORM, CaseRefused, SeatRole
from sextant.tracking.queries.cases import part_of

FORMS = {SeatRole.OWNER: OWN_FORM, SeatRole.MANAGER: MANAGER_FORM}


def begin_analysis(case_id: int, *, actor: Actor, now: datetime) -> int:
    """The sheet of the actor's account, made with the form in force when they first open it; asking twice gives one.

    Raises AccessDenied (no seat that writes one), CaseRefused (case.closed, case.no_form).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now, roles=FORMS, is_closed_too=True)
        assert table.seen.mine is not None  # the door asked for a seat
        role, part = SeatRole(table.seen.mine.role), part_of(table.seen.mine)
        there = find_sheet((CASE, case_id), part=part)
        if there is not None:
            return there.id
        if table.case.settled_at is not None or table.case.closed_at is not None:
            raise CaseRefused(Problem("case.closed"))
        form = find_current("form", FORMS[role], on=now)
        if form is None:
            raise CaseRefused(Problem("case.no_form"))
        sheet = begin_sheet(form.id, subject=(CASE, case_id), part=part, about_id=table.case.owner_id, now=now)
        return sheet.id


def take_account(sheet: SheetRow, *, actor: Actor, now: datetime) -> None:
    """An account was handed in: the other side may read it, and the case goes on. Runs in that transaction."""
    role = SeatRole(sheet.part.partition(".")[0])
    table = come_to_case(sheet.subject[1], actor=actor, now=now, roles={role})
    case = table.case
    column = "owner_told_at" if role is SeatRole.OWNER else "manager_told_at"
    setattr(case, column, now)
    case.save(update_fields=[column])
    place(table.seen)
    refresh_work(table.seen, now=now, by=actor.person_id)
    other = table.seen.seat(SeatRole.MANAGER if role is SeatRole.OWNER else SeatRole.OWNER)
    if other is not None:
        tell(table.seen, "tracking.account_written", key=f"account:{role.value}", now=now, to=[other.person_id])
    note(table, "hand_in_account", {"side": role.value})
