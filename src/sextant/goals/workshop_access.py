"""The only door from a request to a meeting.

A meeting is run by whoever leads it, by the head of its unit and the heads above, and by HR. Whoever was invited reads
it, and so does who was given an action in it. For everyone else it does not exist.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.models import Participant, RedMark, Workshop
from sextant.people.models import Post
from sextant.people.queries import list_subtree_ids

PARTS = ("unit", "cycle", "lead", "minutes_by", "closed_by")


@dataclass(frozen=True, slots=True)
class WorkshopSight:
    """Which meetings somebody runs and reads on a day. `unit_ids` are the units below which they run all meetings;
    None: everywhere."""

    person_id: int | None
    unit_ids: frozenset[int] | None

    @property
    def workshops(self) -> QuerySet[Workshop]:
        """The meetings in sight."""
        if self.unit_ids is None:
            return Workshop.objects.all()
        seen = Q(unit_id__in=self.unit_ids)
        if self.person_id is not None:
            invited = Participant.objects.filter(workshop=OuterRef("pk"), person_id=self.person_id)
            acts = RedMark.objects.filter(step__workshop=OuterRef("pk"), person_id=self.person_id)
            seen |= Q(lead_id=self.person_id) | Exists(invited) | Exists(acts)
        return Workshop.objects.filter(seen)

    def access(self, workshop_id: int, *, is_locked: bool = False) -> Workshop:
        """The meeting, or AccessDenied: one answer for "there is none" and for "not for you"."""
        found = self.workshops.filter(id=workshop_id).select_related(*PARTS)
        workshop = (found.select_for_update(of=("self",)) if is_locked else found).first()
        if workshop is None:
            raise AccessDenied("workshop")
        return workshop

    def runs(self, workshop: Workshop) -> bool:
        """Whether they may write in it. No query."""
        if self.runs_in(workshop.unit_id):
            return True
        return self.person_id is not None and workshop.lead_id == self.person_id

    def runs_in(self, unit_id: int) -> bool:
        """Whether they may call a meeting of this unit. No query."""
        return self.unit_ids is None or unit_id in self.unit_ids


def workshop_sight(actor: Actor, *, on: date) -> WorkshopSight:
    """What the actor sees of meetings on the day. At most two queries; ask once a request."""
    if may(actor, Permission.PLAN_MANAGE):
        return WorkshopSight(actor.person_id, None)
    if actor.person_id is None or not may(actor, Permission.WORKSHOP_READ):
        return WorkshopSight(None, frozenset())
    posts = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gt=on), person_id=actor.person_id, is_head=True)
    headed = list(posts.filter(valid_from__lte=on).values_list("unit_id", flat=True))
    return WorkshopSight(actor.person_id, frozenset(list_subtree_ids(headed, on=on)) if headed else frozenset())
