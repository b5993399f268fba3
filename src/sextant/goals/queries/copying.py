"""What there is to copy from one cycle into another, and what the owners have there already."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from sextant.goals.contracts import GoalState
from sextant.goals.models import Alignment, Cycle, Goal, Plan
from sextant.goals.plan_terms import with_terms
from sextant.goals.policy.cascade import Recipient, Verdict
from sextant.goals.queries.cascade import Owner, PushLine, Reach, owned_by_any, read_lines
from sextant.people.queries import list_member_pairs, list_subtree_ids

Subject = tuple[Owner, int | str]
"""By which a goal of one cycle is the same as one of another: its owner, and its metric or title."""


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One owner: what becomes of them, the goals that would be copied, how many they have already, and how many have a
    metric that is no longer used."""

    line: PushLine
    goals: Sequence[Goal]
    had: int
    retired: int

    @property
    def is_new(self) -> bool:
        """Whether anything is copied for them."""
        return self.line.verdict is Verdict.NEW and bool(self.goals)


def owners_within(unit_ids: Collection[int], *, on: date) -> tuple[Recipient, ...]:
    """The units and those below them, and everyone with a post there on the day. Two queries."""
    units = list_subtree_ids(unit_ids, on=on)
    people = dict.fromkeys(person_id for _unit, person_id in list_member_pairs(unit_ids, on=on))
    return (*(Recipient(unit_id=one) for one in units), *(Recipient(person_id=one) for one in people))


def read_copy(
    owners: Sequence[Recipient],
    *,
    former: Cycle,
    cycle: Cycle,
    reach: Reach,
    plans: QuerySet[Plan],
    on: date,
) -> list[CopyLine]:
    """What copying does for each owner that had goals in the former cycle. Ten queries, however many owners and goals.

    A goal that ended early went on elsewhere, and is not copied; a goal the owner has in the cycle already, or had and
    dropped, is not made twice. `plans` is all plans, locked by who is about to write.
    """
    lines = read_lines(owners, cycle=cycle, reach=reach, plans=plans, on=on)
    goals = _former_goals(owners, former)
    has = _subjects(Goal.objects.filter(owned_by_any(owners), cycle=cycle))
    return [_line(line, goals[line.recipient.owner], has) for line in lines if goals[line.recipient.owner]]


def subject_of(goal: Goal) -> Subject:
    """What the goal is about, and whose it is."""
    return (goal.owner_person_id, goal.owner_unit_id), goal.metric_id or goal.title


def find_parents(goals: Sequence[Goal], *, cycle: Cycle) -> dict[int, int]:
    """Where goals stand that support something: by former parent the goal of the cycle that is the same, or the parent
    itself where its own days hold the cycle's (the year's objective). Two queries."""
    parents = list(Goal.objects.filter(id__in={goal.parent_id for goal in goals if goal.parent_id}))
    owners = [Recipient(one.owner_person_id, one.owner_unit_id) for one in parents]
    live = Goal.objects.filter(owned_by_any(owners), cycle=cycle).exclude(state=GoalState.DROPPED)
    same = {subject_of(one): one.pk for one in live}
    found = {}
    for one in parents:
        if one.from_on <= cycle.from_on and cycle.until_on <= one.until_on:
            found[one.pk] = one.pk
        elif subject_of(one) in same:
            found[one.pk] = same[subject_of(one)]
    return found


def primary_links(goal_ids: Collection[int]) -> Mapping[int, Alignment]:
    """How each of these goals supports its parent. One query."""
    return {one.child_id: one for one in Alignment.objects.filter(child_id__in=goal_ids, is_primary=True)}


def _former_goals(owners: Sequence[Recipient], former: Cycle) -> Mapping[Owner, list[Goal]]:
    whole = Q(until_on__gte=former.until_on) & ~Q(state__in=[GoalState.DRAFT, GoalState.DROPPED])
    found: defaultdict[Owner, list[Goal]] = defaultdict(list)
    goals = Goal.objects.filter(owned_by_any(owners), whole, cycle=former)
    for goal in with_terms(goals).order_by(F("weight").desc(), "id"):
        found[goal.owner_person_id, goal.owner_unit_id].append(goal)
    return found


def _subjects(goals: QuerySet[Goal]) -> Collection[Subject]:
    rows = goals.values_list("owner_person_id", "owner_unit_id", "metric_id", "title")
    return {((person, unit), metric or title) for person, unit, metric, title in rows}


def _line(line: PushLine, goals: Sequence[Goal], has: Collection[Subject]) -> CopyLine:
    fresh = {subject_of(goal): goal for goal in reversed(goals) if subject_of(goal) not in has}
    kept = [goal for goal in fresh.values() if goal.metric is None or goal.metric.retired_at is None]
    return CopyLine(line, kept[::-1], len(goals) - len(fresh), len(fresh) - len(kept))
