"""The door to help for a goal: whoever stands above its owner chooses, the owner sees what was chosen, HR sees all.

Whom somebody sees as a manager is what `goals.access` says; members of a unit see its goals, but not what its head is
offered about them.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.access import NOBODY, Sight, sight_of
from sextant.goals.models import Goal
from sextant.people.access import PeopleSight, visible_person_ids, visible_unit_ids
from sextant.people.models import Unit
from sextant.people.queries import list_report_ids
from sextant.tracking.contracts.help_rows import HelpSide
from sextant.tracking.models import HelpAct, HelpPack

_UNDER_HEADED = """
    SELECT below.id FROM people_unit AS below
    JOIN people_unit AS own ON own.path @> below.path
    JOIN people_post AS post ON post.unit_id = own.id
    WHERE post.person_id = %s AND post.is_head AND post.valid_from <= %s
      AND (post.valid_until IS NULL OR post.valid_until > %s)
"""


@dataclass(frozen=True)
class HelpSight:
    """What `actor` sees of help on a day. Each part is asked once, and only by who needs it."""

    actor: Actor
    on: date

    @cached_property
    def person_ids(self) -> frozenset[int] | None:
        """Whose goals they see as their manager or as themselves; None for everyone's. At most one query."""
        if may(self.actor, Permission.GOAL_READ_ALL):
            return None
        found = visible_person_ids(self.actor, on=self.on) if may(self.actor, Permission.GOAL_READ) else NOBODY
        return NOBODY if found is None else found

    @cached_property
    def sight(self) -> Sight:
        """The goals they may read. One query more."""
        if self.person_ids is None:
            return sight_of(self.actor, on=self.on)
        units = visible_unit_ids(self.actor, on=self.on)
        return sight_of(self.actor, on=self.on, people=PeopleSight(self.person_ids, units, self.on))

    @property
    def _units(self) -> RawSQL:
        """Units the actor heads, and those below, as a subquery."""
        return RawSQL(_UNDER_HEADED, (self.actor.person_id or 0, self.on, self.on))

    @property
    def is_hr(self) -> bool:
        """Whether they look after everyone's goals, not just read them."""
        return may(self.actor, Permission.PLAN_MANAGE)

    @property
    def _reads_all(self) -> bool:
        return may(self.actor, Permission.TRACKING_READ_ALL)

    def side_in(self, goal: Goal) -> HelpSide | None:
        """What the actor is to help for this goal; None: nothing, it does not exist for them."""
        if not may(self.actor, Permission.TRACKING_READ):
            return None
        if goal.owner_person_id is not None and goal.owner_person_id == self.actor.person_id:
            return HelpSide.OWNS
        if self.is_hr or self._stands_above(goal):
            return HelpSide.CHOOSES
        return HelpSide.READS if self._reads_all else None

    def _stands_above(self, goal: Goal) -> bool:
        if goal.owner_unit_id is not None:
            return Unit.objects.filter(id=goal.owner_unit_id).filter(id__in=self._units).exists()
        seen = self.person_ids
        if seen is None and self.actor.person_id is not None:  # who sees everyone does not lead everyone
            return goal.owner_person_id in list_report_ids(self.actor.person_id, on=self.on)
        return seen is not None and goal.owner_person_id in seen

    def access_goal(self, goal_id: int) -> tuple[Goal, HelpSide]:
        """The goal with cycle, metric and owner, and the actor's side; AccessDenied where there is none for them."""
        goal = (
            Goal.objects.filter(id=goal_id).select_related("cycle", "metric", "owner_person", "owner_unit", "plan")
        ).first()
        side = None if goal is None else self.side_in(goal)
        if goal is None or side is None:
            raise AccessDenied("help")
        return goal, side

    @property
    def packs(self) -> QuerySet[HelpPack]:
        """The packs in sight."""
        if not may(self.actor, Permission.TRACKING_READ):
            return HelpPack.objects.none()
        if self._reads_all or self.is_hr or self.person_ids is None:
            return HelpPack.objects.all()
        seen = Q(person_id__in=self.person_ids) | Q(unit_id__in=self._units)
        if self.actor.person_id is not None:
            seen |= Q(keeper_id=self.actor.person_id) | Q(person_id=self.actor.person_id)
        return HelpPack.objects.filter(seen)

    def access_pack(self, pack_id: int, *, is_locked: bool = False) -> tuple[HelpPack, HelpSide]:
        """The pack and the actor's side in it. Whoever was given it chooses, also when the lines have changed since."""
        found = self.packs.filter(id=pack_id)
        if is_locked:
            found = found.select_for_update(of=("self",))
        named = ("goal__cycle", "goal__metric", "goal__owner_person", "goal__owner_unit", "keeper")
        pack = found.select_related(*named).first()
        if pack is None:
            raise AccessDenied("help")
        if pack.keeper_id is not None and pack.keeper_id == self.actor.person_id:
            return pack, HelpSide.CHOOSES
        return pack, self.side_in(pack.goal) or HelpSide.READS

    def access_act(self, act_id: int, *, is_locked: bool = False) -> HelpAct:
        """Something this actor was given to do or asked to help with; AccessDenied for what is another's."""
        found = HelpAct.objects.filter(id=act_id, person_id=self.actor.person_id or 0)
        if is_locked:
            found = found.select_for_update(of=("self",))
        act = None
        if self.actor.person_id is not None and may(self.actor, Permission.TRACKING_READ):
            act = found.select_related("pack__goal__metric", "pack__keeper", "chosen_by", "script").first()
        if act is None:
            raise AccessDenied("help")
        return act


def help_sight(actor: Actor, *, on: date) -> HelpSight:
    """What `actor` sees of help on the day. No query yet."""
    return HelpSight(actor, on)
