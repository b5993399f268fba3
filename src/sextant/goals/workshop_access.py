"""The only door from a request to a meeting.

A meeting is run by whoever leads it, by the head of its unit and the heads above, and by HR. Whoever was invited reads
it, and so does who was given an action in it. For everyone else it does not exist.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Case, Exists, F, Func, OuterRef, Q, QuerySet, Value, When

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.models import Participant, RedMark, Workshop
from sextant.people.models import Post
from sextant.people.queries import list_subtree_ids

PARTS = ("unit", "cycle", "lead", "minutes_by", "closed_by")


@dataclass(frozen=True, slots=True)
class SeenWorkshop:
    """A meeting in sight, and whether the reader runs it: writes in it and closes it."""

    workshop: Workshop
    is_run: bool


@dataclass(frozen=True, slots=True)
class WorkshopSight:
    """Which meetings somebody runs and reads on a day. Making one asks nothing."""

    person_id: int | None
    runs_all: bool
    on: date

    @property
    def workshops(self) -> QuerySet[Workshop]:
        """The meetings in sight."""
        if self.runs_all:
            return Workshop.objects.all()
        invited = Participant.objects.filter(workshop=OuterRef("pk"), person_id=self._person)
        acts = RedMark.objects.filter(step__workshop=OuterRef("pk"), person_id=self._person)
        return Workshop.objects.filter(self._running | Exists(invited) | Exists(acts))

    def access(self, workshop_id: int, *, is_locked: bool = False) -> SeenWorkshop:
        """The meeting with its parts, or AccessDenied: one answer for "there is none" and for "not for you". One
        query."""
        found = self.workshops.filter(id=workshop_id).select_related(*PARTS)
        if not self.runs_all:
            running = Case(When(self._running, then=Value(True)), default=Value(False), output_field=BooleanField())
            found = found.annotate(is_run=running)
        workshop = (found.select_for_update(of=("self",)) if is_locked else found).first()
        if workshop is None:
            raise AccessDenied("workshop")
        return SeenWorkshop(workshop, self.runs_all or bool(getattr(workshop, "is_run", False)))

    def list_run_units(self) -> tuple[int, ...] | None:
        """The units whose meetings they may call: those they head and all below; None = every unit. At most two
        queries."""
        if self.runs_all:
            return None
        headed = list(self._headed.values_list("unit_id", flat=True))
        return list_subtree_ids(headed, on=self.on) if headed else ()

    @property
    def _person(self) -> int:
        return self.person_id or 0

    @property
    def _headed(self) -> QuerySet[Post]:
        still = Q(valid_until=None) | Q(valid_until__gt=self.on)
        return Post.objects.filter(still, valid_from__lte=self.on, person_id=self._person, is_head=True)

    @property
    def _running(self) -> Q:
        holds = Func(
            F("unit__path"),
            OuterRef("unit__path"),
            template="(%(expressions)s)",
            arg_joiner=" @> ",
            output_field=BooleanField(),
        )
        return Q(lead_id=self._person) | Q(Exists(self._headed.filter(holds)))


def workshop_sight(actor: Actor, *, on: date) -> WorkshopSight:
    """What the actor sees of meetings on the day. No query."""
    reads = may(actor, Permission.WORKSHOP_READ)
    return WorkshopSight(actor.person_id if reads else None, may(actor, Permission.PLAN_MANAGE), on)
