"""Reading for a push: who may get a goal, who has one already, and what plan it would go into."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from sextant.engines.agreement import GoalTerms
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.goals.contracts import GoalKind, GoalState, PlanState
from sextant.goals.models import Cycle, Goal, Plan
from sextant.goals.policy.cascade import Place, Recipient, Verdict, choose_counterpart, decide_verdict
from sextant.goals.policy.plan_places import NOWHERE, PlanPlace, choose_place
from sextant.goals.policy.plan_templates import TemplateChoice, choose_template
from sextant.goals.queries.plan_templates import definitions_of, list_template_choices
from sextant.metrics.contracts import MetricRow
from sextant.people.contracts import PersonRow, UnitRow
from sextant.people.models import Post
from sextant.people.queries import list_member_pairs, list_persons, list_report_ids, list_subtree_ids, list_units

Owner = tuple[int | None, int | None]
_EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Push:
    """A goal for many: its text, the goal it supports and how (None = nothing), who is to get it, and the weight
    that is proposed (None = what is left in the dimension)."""

    cycle: Cycle
    terms: GoalTerms
    metric: MetricRow | None
    supports: Goal | None
    how: str
    recipients: Sequence[Recipient]
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Below whom an actor may push; None = everybody and every unit."""

    person_ids: frozenset[int] | None
    unit_ids: frozenset[int] | None

    def holds(self, recipient: Recipient) -> bool:
        """Whether the recipient is in the actor's line."""
        if recipient.person_id is not None:
            return self.person_ids is None or recipient.person_id in self.person_ids
        return self.unit_ids is None or recipient.unit_id in self.unit_ids


@dataclass(frozen=True, slots=True)
class PushLine:
    """One recipient: their name and key in files, what becomes of them, the goal they have already, and the plan they
    have or the one they would get. `place` is where in it the goal would stand, `adopts` how many goals of theirs a
    plan that is opened takes in; both are read by `read_push` alone."""

    recipient: Recipient
    name: str
    key: str
    verdict: Verdict
    goal_id: int | None
    plan_id: int | None
    counterpart_id: int | None
    template_version_id: int | None
    place: PlanPlace = NOWHERE
    adopts: int = 0


@dataclass(frozen=True, slots=True)
class _Directory:
    persons: Mapping[int, PersonRow] = field(default_factory=dict)
    units: Mapping[int, UnitRow] = field(default_factory=dict)
    choices: Sequence[TemplateChoice] = ()

    def counterpart(self, recipient: Recipient) -> int | None:
        places = {unit.id: Place(unit.parent_id, unit.head_id) for unit in self.units.values()}
        if recipient.person_id is not None:
            person = self.persons[recipient.person_id]
            return choose_counterpart(person.id, manager_id=person.manager_id, unit_id=person.unit_id, places=places)
        unit = self.units[recipient.unit_id or 0]
        return choose_counterpart(unit.head_id, manager_id=None, unit_id=unit.parent_id, places=places)


def reach_of_push(actor: Actor, *, on: date) -> Reach:
    """Below whom the actor may push on the day: HR everybody; others the people below them on solid lines and in the
    units they head, and the units below those. At most four queries."""
    if may(actor, Permission.PLAN_MANAGE):
        return Reach(None, None)
    person_id = actor.person_id
    if person_id is None:
        return Reach(frozenset(), frozenset())
    posts = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gt=on), person_id=person_id, is_head=True)
    headed = list(posts.filter(valid_from__lte=on).values_list("unit_id", flat=True))
    members = {member for _, member in list_member_pairs(headed, on=on)} if headed else set()
    below = frozenset(list_subtree_ids(headed, on=on)) - set(headed) if headed else frozenset()
    return Reach(frozenset(members.union(list_report_ids(person_id, on=on)) - {person_id}), below)


def read_push(push: Push, *, reach: Reach, plans: QuerySet[Plan], on: date) -> list[PushLine]:
    """What the push does for each recipient that exists, in their order. Eight queries, however many recipients.

    `plans` is all plans, locked by who is about to write.
    """
    lines = read_lines(
        push.recipients, cycle=push.cycle, reach=reach, plans=plans, have=lambda owners: _who_has(push, owners), on=on
    )
    return _placed(push, lines)


def _placed(push: Push, lines: Sequence[PushLine]) -> list[PushLine]:
    """The lines, and of those that get the goal where it stands in their plan. Two queries."""
    new = [line for line in lines if line.verdict is Verdict.NEW]
    definitions = definitions_of({line.template_version_id or 0 for line in new})
    there = _goals_there(push.cycle, [line.recipient for line in new])
    kind = GoalKind(push.terms.kind)
    placed: dict[Owner, PushLine] = {}
    for line in new:
        goals = there.get((*line.recipient.owner, line.plan_id), {})
        weights = {dimension: weight for dimension, (weight, _count) in goals.items()}
        definition = definitions[line.template_version_id or 0]
        place = choose_place(definition, kind=kind, weights=weights, wanted=push.weight)
        adopts = sum(count for _weight, count in goals.values()) if line.plan_id is None else 0
        placed[line.recipient.owner] = replace(line, place=place, adopts=adopts)
    return [placed.get(line.recipient.owner, line) for line in lines]


def _goals_there(
    cycle: Cycle, recipients: Sequence[Recipient]
) -> dict[tuple[int | None, int | None, int | None], dict[str, tuple[Decimal, int]]]:
    """Weight and number of goals by dimension, for each owner and plan; without a plan: what a new one would adopt."""
    goals = Goal.objects.filter(owned_by_any(recipients), cycle=cycle).exclude(state=GoalState.DROPPED)
    columns = ("owner_person_id", "owner_unit_id", "plan_id", "dimension")
    found: dict[tuple[int | None, int | None, int | None], dict[str, tuple[Decimal, int]]] = {}
    summed = goals.order_by().values_list(*columns).annotate(Sum("weight"), Count("id"))
    for person, unit, plan, dimension, weight, count in summed:
        found.setdefault((person, unit, plan), {})[dimension] = (weight, count)
    return found


def read_lines(
    recipients: Sequence[Recipient],
    *,
    cycle: Cycle,
    reach: Reach,
    plans: QuerySet[Plan],
    on: date,
    have: Callable[[Q], Mapping[Owner, int]] = lambda _owners: {},
) -> list[PushLine]:
    """Each recipient that exists, in their order, with the plan of the cycle they have or would get. `have` tells which
    of the owners have a goal that makes another one needless. Five queries beside its own, however many recipients."""
    directory = _directory(recipients, cycle, on=on)
    known = [
        one
        for one in recipients
        if one.person_id in directory.persons or (one.unit_id is not None and one.unit_id in directory.units)
    ]
    owners = owned_by_any(known)
    there = {(plan.owner_person_id, plan.owner_unit_id): plan for plan in plans.filter(owners, cycle_id=cycle.pk)}
    has = have(owners)
    return [_line(one, directory, there.get(one.owner), has.get(one.owner), reach) for one in known]


def _line(
    recipient: Recipient, directory: _Directory, plan: Plan | None, goal_id: int | None, reach: Reach
) -> PushLine:
    if recipient.person_id is not None:
        person = directory.persons[recipient.person_id]
        name, key, title = person.name, person.number, person.title or ""
    else:
        unit = directory.units[recipient.unit_id or 0]
        name, key, title = unit.name, unit.code, ""
    template = choose_template(directory.choices, title=title, is_unit=recipient.person_id is None)
    verdict = decide_verdict(
        is_in_line=reach.holds(recipient),
        has_goal=goal_id is not None,
        plan_state=PlanState(plan.state) if plan else None,
        has_template=template is not None,
    )
    counterpart = directory.counterpart(recipient) if plan is None else plan.counterpart_id
    stands_on = template if plan is None else plan.template_version_id
    return PushLine(recipient, name, key, verdict, goal_id, plan.pk if plan else None, counterpart, stands_on)


def _directory(recipients: Sequence[Recipient], cycle: Cycle, *, on: date) -> _Directory:
    person_ids = [one.person_id for one in recipients if one.person_id is not None]
    persons = list_persons(on=on, ids=person_ids, limit=_EVERYBODY)
    return _Directory(
        {person.id: person for person in persons if person.left_on is None or person.left_on > on},
        {unit.id: unit for unit in list_units(on=on)},
        list_template_choices(cycle_from_on=cycle.from_on),
    )


def owned_by_any(recipients: Sequence[Recipient]) -> Q:
    """Goals or plans of any of these owners."""
    return Q(owner_person_id__in=[one.person_id for one in recipients if one.person_id is not None]) | Q(
        owner_unit_id__in=[one.unit_id for one in recipients if one.unit_id is not None]
    )


def _who_has(push: Push, owners: Q) -> dict[Owner, int]:
    """The goal by owner that says the same already: the metric in a period with a day in common; without a metric the
    title."""
    goals = Goal.objects.filter(owners).exclude(state=GoalState.DROPPED)
    if push.metric is None:
        goals = goals.filter(cycle=push.cycle, title=push.terms.title.strip())
    else:
        goals = goals.filter(metric_id=push.metric.id, from_on__lt=push.cycle.until_on, until_on__gt=push.cycle.from_on)
    rows = goals.order_by("-id").values_list("owner_person_id", "owner_unit_id", "id")
    return {(person, unit): goal_id for person, unit, goal_id in rows}
