"""The only door from a request to a red light's conversation.

Read by whose goal it is, by everyone above them on solid lines, by the three who sit at it, and by who may read all
(HR, executives, auditors). Colleagues of the same unit do not. Missing and forbidden look the same.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.people.queries import list_report_ids
from sextant.tracking.contracts.cases import SeatRole
from sextant.tracking.models import TalkCase, TalkSeat

PARTS = ("goal__cycle", "goal__metric", "owner", "minutes_by", "closed_by")


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case in sight with its seats, and the reader's own seat, None for who only reads. `manages`: HR, who may end it
    and give seats to others."""

    case: TalkCase
    seats: tuple[TalkSeat, ...]
    mine: TalkSeat | None
    manages: bool

    def seat(self, role: SeatRole) -> TalkSeat | None:
        """Who sits there, or None."""
        return next((one for one in self.seats if one.role == role.value), None)

    @property
    def lead(self) -> TalkSeat | None:
        """Who runs the talk: the manager, where there is none the colleague from HR."""
        return self.seat(SeatRole.MANAGER) or self.seat(SeatRole.HRBP)

    @property
    def leads(self) -> bool:
        """Whether the reader runs the talk."""
        return self.mine is not None and self.mine == self.lead


@dataclass(frozen=True, slots=True)
class CaseSight:
    """Whose cases an actor reads; `below` are the people under them, None where they read everyone's."""

    person_id: int | None
    below: frozenset[int] | None
    manages: bool

    @property
    def cases(self) -> QuerySet[TalkCase]:
        """The cases in sight: one filter by integer keys, shared by list, page, export and counts."""
        if self.below is None:
            return TalkCase.objects.all()
        if self.person_id is None:
            return TalkCase.objects.none()
        sits = TalkSeat.objects.filter(case=OuterRef("pk"), person_id=self.person_id)
        return TalkCase.objects.filter(Q(owner_id__in=self.below | {self.person_id}) | Exists(sits))

    @property
    def team(self) -> QuerySet[TalkCase]:
        """Those in sight that are not the reader's own."""
        return self.cases.exclude(owner_id=self.person_id) if self.person_id is not None else self.cases

    def access(self, case_id: int, *, is_locked: bool = False) -> SeenCase:
        """The case with its parts and seats, or AccessDenied: one answer for "there is none" and for "not for you".
        Two queries. Locked, the caller holds a transaction."""
        found = self.cases.filter(id=case_id).select_related(*PARTS)
        case = (found.select_for_update(of=("self",)) if is_locked else found).first()
        if case is None:
            raise AccessDenied("case")
        seats = tuple(TalkSeat.objects.filter(case=case).select_related("person").order_by("id"))
        mine = next((one for one in seats if self.person_id is not None and one.person_id == self.person_id), None)
        return SeenCase(case, seats, mine, self.manages)


def case_sight(actor: Actor, *, on: date) -> CaseSight:
    """What the actor reads of cases on the day. At most one query."""
    if may(actor, Permission.TRACKING_READ_ALL):
        return CaseSight(actor.person_id, None, may(actor, Permission.FLOW_MANAGE))
    if actor.person_id is None or not may(actor, Permission.TRACKING_READ):
        return CaseSight(None, frozenset(), manages=False)
    return CaseSight(actor.person_id, frozenset(list_report_ids(actor.person_id, on=on)), manages=False)


def access_case(actor: Actor, *, case_id: int, on: date, is_locked: bool = False) -> SeenCase:
    """The case and what the actor is to it, or AccessDenied. At most three queries."""
    return case_sight(actor, on=on).access(case_id, is_locked=is_locked)
