"""The only door from a request to a goal.

Everyone sees their own goals, those of the people below them, and the goals of the units around them: their own unit,
its ancestors, and the subtree of every unit they head. Who may read all goals, reads all goals.

A plan is seen like its owner's goals, and by the one who signs it for the company. A unit's plan that is still being
negotiated is seen by its two sides alone: what a head and their manager argue about is not yet the team's.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.contracts import PlanState, Side
from sextant.goals.models import AdjustmentRequest, Goal, Plan
from sextant.people.access import PeopleSight, people_sight
from sextant.people.contracts import LineKind
from sextant.people.models import Post, ReportingLine
from sextant.people.queries import list_report_ids, list_subtree_ids

NOBODY: frozenset[int] = frozenset()
AGREED_STATES = (PlanState.SIGNED, PlanState.RUNNING, PlanState.CLOSED)
LATELY = timedelta(days=92)
PLAN_PARTS = ("cycle", "owner_person", "owner_unit", "counterpart", "template_version__template")


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose goals an actor sees on a day; both sets are None where all goals are seen."""

    person_ids: frozenset[int] | None
    unit_ids: frozenset[int] | None
    reader_id: int | None = None
    on: date | None = None

    @property
    def goals(self) -> QuerySet[Goal]:
        """The goals in sight: one filter by integer keys, shared by list, page, file and export."""
        if self.person_ids is None or self.unit_ids is None:
            return Goal.objects.all()
        return Goal.objects.filter(Q(owner_person_id__in=self.person_ids) | Q(owner_unit_id__in=self.unit_ids))

    def access(self, goal_id: int) -> Goal:
        """The goal with its cycle, owner and metric, or AccessDenied: one answer for "there is none" and for "not for
        you"."""
        goal = self.goals.filter(id=goal_id).select_related("cycle", "owner_person", "owner_unit", "metric").first()
        if goal is None:
            raise AccessDenied("goal")
        return goal

    @property
    def plans(self) -> QuerySet[Plan]:
        """The plans in sight."""
        if self.person_ids is None or self.unit_ids is None:
            return Plan.objects.all()
        of_units = Q(owner_unit_id__in=self.unit_ids) & (
            Q(state__in=[state.value for state in AGREED_STATES]) | Q(owner_unit_id__in=self.headed)
        )
        seen = Q(owner_person_id__in=self.person_ids) | of_units
        if self.reader_id is not None:
            seen |= Q(counterpart_id=self.reader_id)
        return Plan.objects.filter(seen)

    @property
    def headed(self) -> QuerySet[Post, Any]:
        """Ids of the units the reader heads, as a subquery."""
        posts = Post.objects.filter(person_id__in=[] if self.reader_id is None else [self.reader_id], is_head=True)
        if self.on is not None:
            posts = posts.filter(valid_from__lte=self.on).exclude(valid_until__lte=self.on)
        return posts.values("unit_id")

    def access_plan(self, plan_id: int) -> Plan:
        """The plan with its cycle, owner and template version, or AccessDenied, as `access`."""
        plan = self.plans.filter(id=plan_id).select_related(*PLAN_PARTS).first()
        if plan is None:
            raise AccessDenied("plan")
        return plan


def sight_of(actor: Actor, *, on: date, people: PeopleSight | None = None) -> Sight:
    """Whose goals `actor` sees on the day `on`. At most two queries, none where `people` of the same actor and day is
    at hand; ask once a request."""
    if may(actor, Permission.GOAL_READ_ALL):
        return Sight(None, None, actor.person_id, on)
    if not may(actor, Permission.GOAL_READ):
        return Sight(NOBODY, NOBODY)
    people = people or people_sight(actor, on=on)
    persons, units = people.person_ids, people.unit_ids
    # None means "everyone" to the directory of people. Reading the directory is not reading performance: fail closed.
    if persons is None:
        persons = NOBODY if actor.person_id is None else frozenset({actor.person_id})
    return Sight(persons, NOBODY if units is None else units, actor.person_id, on)


def visible_goals(actor: Actor, *, on: date) -> QuerySet[Goal]:
    """The goals `actor` may read on the day `on`."""
    return sight_of(actor, on=on).goals


def access_goal(actor: Actor, *, goal_id: int, on: date) -> Goal:
    """The goal with its cycle, or AccessDenied where there is none or it is out of sight."""
    return sight_of(actor, on=on).access(goal_id)


def visible_plans(actor: Actor, *, on: date) -> QuerySet[Plan]:
    """The plans `actor` may read on the day `on`."""
    return sight_of(actor, on=on).plans


def access_plan(actor: Actor, *, plan_id: int, on: date) -> Plan:
    """The plan with its cycle, owner and template version, or AccessDenied where there is none or it is out of
    sight."""
    return sight_of(actor, on=on).access_plan(plan_id)


def side_of(actor: Actor, plan: Plan, *, on: date) -> Side | None:
    """For whom `actor` speaks in this plan: for its owner (themselves, or the unit they head), or for the company; None
    for everyone who only reads. At most one query.

    Whoever heads a unit and was also named its counterpart speaks for the unit: nobody agrees with themselves.
    """
    if actor.person_id is None:
        return None
    if plan.owner_unit_id is not None:
        heads = Post.objects.filter(unit_id=plan.owner_unit_id, person_id=actor.person_id, is_head=True)
        if heads.filter(valid_from__lte=on).exclude(valid_until__lte=on).exists():
            return Side.OWNER
    if plan.owner_person_id == actor.person_id:
        return Side.OWNER
    return Side.COUNTERPART if plan.counterpart_id == actor.person_id else None


def movable_person_ids(actor: Actor, *, on: date) -> frozenset[int] | None:
    """Whose goals the actor may hand over, split or close when these persons move; None means everyone's, and nobody's
    are their own. HR everyone's; others those of the people below them on solid lines, of those who were until lately
    (a former manager knows what a goal was about), and of those whose plan they answer for. At most two queries."""
    if not may(actor, Permission.GOAL_HAND_OVER):
        return NOBODY
    if may(actor, Permission.PLAN_MANAGE):
        return None
    if actor.person_id is None:
        return NOBODY
    below = list_report_ids(actor.person_id, on=on)
    lines = ReportingLine.objects.filter(manager_id__in=[actor.person_id, *below], kind=LineKind.SOLID)
    former = lines.filter(valid_until__lte=on, valid_until__gt=on - LATELY).values_list("person_id")
    answered = Plan.objects.filter(counterpart_id=actor.person_id, owner_person__isnull=False)
    owners = answered.exclude(state=PlanState.CLOSED).values_list("owner_person_id")
    return frozenset([*below, *(person_id for (person_id,) in former.union(owners))]) - {actor.person_id}


def units_below(actor: Actor, *, on: date) -> frozenset[int] | None:
    """The units that stand below one the actor heads, without those they head themselves; None, for HR, means every
    unit. At most two queries."""
    if may(actor, Permission.PLAN_MANAGE):
        return None
    if actor.person_id is None:
        return NOBODY
    posts = Post.objects.filter(person_id=actor.person_id, is_head=True, valid_from__lte=on)
    headed = set(posts.exclude(valid_until__lte=on).values_list("unit_id", flat=True))
    return frozenset(list_subtree_ids(headed, on=on)) - headed if headed else NOBODY


def reachable_goal(actor: Actor, *, goal_id: int, on: date, sight: Sight | None = None) -> Goal:
    """The goal with its cycle if it or its plan is in sight: whom HR named to answer for a plan need not stand above
    its owner. AccessDenied as `access_goal`."""
    sight = sight or sight_of(actor, on=on)
    seen = Q(id__in=sight.goals.filter(id=goal_id).values("id")) | Q(plan_id__in=sight.plans.values("id"))
    goal = Goal.objects.filter(seen, id=goal_id).select_related("cycle").first()
    if goal is None:
        raise AccessDenied("goal")
    return goal


def visible_adjustments(actor: Actor, *, on: date, sight: Sight | None = None) -> QuerySet[AdjustmentRequest]:
    """The requests for adjustment `actor` may read, with their evidence: all for who may read all; else those of their
    own goals and of people below them, of units they head, those they answer for, and those they asked. Members of a
    unit do not read what its head argues about."""
    if may(actor, Permission.ADJUSTMENT_READ_ALL):
        return AdjustmentRequest.objects.all()
    if actor.person_id is None or not may(actor, Permission.GOAL_ADJUST):
        return AdjustmentRequest.objects.none()
    sight = sight or sight_of(actor, on=on)
    persons = NOBODY if sight.person_ids is None else sight.person_ids
    return AdjustmentRequest.objects.filter(
        Q(goal__owner_person_id__in=persons | {actor.person_id})
        | Q(goal__owner_unit_id__in=sight.headed)
        | Q(plan__counterpart_id=actor.person_id)
        | Q(plan=None, counterpart_id=actor.person_id)
        | Q(asked_by_id=actor.person_id)
    )


def access_adjustment(actor: Actor, *, request_id: int, on: date, sight: Sight | None = None) -> AdjustmentRequest:
    """The request, or AccessDenied where there is none or it is out of sight."""
    found = visible_adjustments(actor, on=on, sight=sight).filter(id=request_id).first()
    if found is None:
        raise AccessDenied("adjustment")
    return found


def side_in_goal(actor: Actor, goal: Goal, *, plan: Plan | None, counterpart_id: int | None, on: date) -> Side | None:
    """For whom `actor` speaks when this goal is adjusted: as in its plan; without a plan its owner (or the head of the
    unit) speaks for the goal, `counterpart_id` for the company; None for everyone else. At most one query."""
    if plan is not None:
        return side_of(actor, plan, on=on)
    if actor.person_id is None:
        return None
    if goal.owner_person_id == actor.person_id:
        return Side.OWNER
    heads = Post.objects.filter(unit_id=goal.owner_unit_id or 0, person_id=actor.person_id, is_head=True)
    if goal.owner_unit_id and heads.filter(valid_from__lte=on).exclude(valid_until__lte=on).exists():
        return Side.OWNER
    return Side.COUNTERPART if counterpart_id == actor.person_id else None
