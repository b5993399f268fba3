"""Giving a seat to somebody else: a manager who left, a colleague of HR who is away. A talk never waits for nobody."""

from datetime import datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.actions.work import close_work
from sextant.people.queries import list_persons
from sextant.tracking.access import SeenCase
from sextant.tracking.actions.case_table import come_to_case, note, place
from sextant.tracking.actions.case_work import BY_SEAT, refresh_work, tell
from sextant.tracking.contracts.cases import CASE, CaseRefused, SeatAnswer, SeatRole
from sextant.tracking.models import TalkSeat


def give_seat(case_id: int, *, role: SeatRole, person_id: int, actor: Actor, now: datetime) -> None:
    """Let this person sit there from now on, also where nobody sat; HR decides. They answer and confirm for themselves;
    what the former holder handed in stays, a draft of theirs does not pass on.

    Raises AccessDenied (who is not HR), CaseRefused (case.closed, case.settled, case.owner_seat, case.person_gone,
    case.seated).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now, roles=(), for_hr=True)
        if table.case.settled_at is not None:
            raise CaseRefused(Problem("case.settled"))
        if role is SeatRole.OWNER:
            raise CaseRefused(Problem("case.owner_seat"))
        if not list_persons(on=table.today, ids=[person_id], limit=1):
            raise CaseRefused(Problem("case.person_gone", {"field": "person"}))
        if any(one.person_id == person_id for one in table.seen.seats):
            raise CaseRefused(Problem("case.seated", {"field": "person"}))
        left = table.seen.seat(role)
        if left is not None:
            for kind in BY_SEAT:
                close_work(kind, subject=(CASE, case_id), now=now, person_ids=[left.person_id], outcome="void")
            left.delete()
        TalkSeat.objects.create(case=table.case, role=role.value, person_id=person_id, answer=SeatAnswer.NONE.value)
        seats = tuple(TalkSeat.objects.filter(case=table.case).select_related("person").order_by("id"))
        seen = SeenCase(table.case, seats, None, table.seen.manages)
        place(seen)
        refresh_work(seen, now=now, by=None)
        tell(
            seen, "tracking.case_opened", key="opened", now=now, to=[person_id], params={"day": table.case.meet_due_on}
        )
        note(table, "give_seat", {"role": role.value, "person": person_id, "left": left.person_id if left else None})
