"""The two accounts of 绩效偏差分析 and what source systems hold back, as plain values for the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from sextant.engines.forms import Viewer
from sextant.foundation.webhooks.queries import Told, told_of
from sextant.lowcode.contracts.sheets import SheetRow, SheetState
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.queries.sheets import list_sheets, ready_form
from sextant.lowcode.views.sheet_lines import ShownLine, shown_lines
from sextant.people.models import Person
from sextant.tracking.actions.case_restrictions import ASKED, RESTRICTION
from sextant.tracking.contracts.cases import CASE, RestrictionKind, SeatRole
from sextant.tracking.messages.cases import RESTRICTIONS, ROLES
from sextant.tracking.models import TalkRestriction, TalkSeat
from sextant.tracking.queries.cases import form_versions, part_of
from sextant.tracking.views.case_asking import AskedCase

Words = Promise | str


@dataclass(frozen=True, slots=True)
class Account:
    """What one side wrote. `is_mine`: the reader writes it; `is_begun`: they did, and did not hand it in."""

    role: Words
    person: Person
    due_on: date
    told_at: datetime | None
    is_mine: bool
    is_begun: bool
    lines: tuple[ShownLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """Something a source system was asked to hold back, and how far that got."""

    row: TalkRestriction
    name: Words
    told: Told | None


def list_accounts(asked: AskedCase) -> list[Account]:
    """Both sides, the owner's first. At most two queries, and those of fields that name persons."""
    sheets = list_sheets((CASE, asked.case.pk))
    versions = form_versions([one.version_id for one in sheets if one.state is SheetState.HANDED_IN])
    case = asked.case
    days = {SeatRole.OWNER: case.owner_due_on, SeatRole.MANAGER: case.manager_due_on}
    told = {SeatRole.OWNER: case.owner_told_at, SeatRole.MANAGER: case.manager_told_at}
    found = []
    for role, due_on in days.items():
        seat = asked.seen.seat(role)
        if seat is None:
            continue
        sheet = _sheet(sheets, seat, is_told=told[role] is not None)
        is_mine = asked.seen.mine == seat
        document = versions[sheet.version_id].document if sheet and sheet.version_id in versions else None
        lines = _lines(sheet, document, asked) if sheet and document else ()
        is_begun = is_mine and sheet is not None and told[role] is None
        found.append(Account(ROLES[role], seat.person, due_on, told[role], is_mine, is_begun, lines))
    return found


def _sheet(sheets: list[SheetRow], seat: TalkSeat, *, is_told: bool) -> SheetRow | None:
    """What the side handed in, whoever sat there then; before that the draft of whoever sits there now."""
    if is_told:
        side = f"{seat.role}."
        return next((one for one in sheets if one.part.startswith(side) and one.state is SheetState.HANDED_IN), None)
    return next((one for one in sheets if one.part == part_of(seat)), None)


def _lines(sheet: SheetRow, document: object, asked: AskedCase) -> tuple[ShownLine, ...]:
    form = FormDocument.model_validate(document)
    viewer = Viewer(_relations(asked), sheet.part, is_reader=True)
    lines = shown_lines(
        ready_form(form), form, sheet.answers, viewer=viewer, actor=asked.actor, is_open=False, problems=()
    )
    return tuple(one for one in lines if one.is_shown and (one.said or one.choices))


def _relations(asked: AskedCase) -> frozenset[str]:
    mine = asked.seen.mine
    if mine is None:
        return frozenset({"hr" if asked.seen.manages else "upper"})
    return frozenset({{"owner": "self", "manager": "manager"}.get(mine.role, "hr")})


def list_held(restrictions: Iterable[TalkRestriction]) -> list[Held]:
    """What is held back, with how far the request got. One query, none without restrictions."""
    rows = list(restrictions)
    told = told_of(ASKED, subject_kind=RESTRICTION, subject_ids=[one.pk for one in rows])
    return [Held(one, RESTRICTIONS[RestrictionKind(one.kind)], told.get(one.pk)) for one in rows]
