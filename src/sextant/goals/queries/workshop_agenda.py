"""What is worth talking about in a unit: goals for the agenda of a meeting, from what is known anyway."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from sextant.engines.values import Light
from sextant.goals.contracts import OPEN_ADJUSTMENTS, Topic, WorkshopKind
from sextant.goals.models import Goal
from sextant.goals.policy.workshops import goal_topics
from sextant.goals.queries.scope import in_force, not_aligned, with_light, within_units, worst_first
from sextant.people.queries import list_subtree_ids

MOST_GOALS = 8
"""A topic. A meeting of an hour gets through no more; the rest is on the goal map."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A goal for the agenda, and why."""

    topic: Topic
    goal_id: int


def propose_agenda(
    kind: WorkshopKind, *, unit_id: int, cycle_id: int, visible: QuerySet[Goal], on: date
) -> list[Proposed]:
    """Goals of the unit and below it that this kind of meeting is about, the worst first, each once. One query a topic
    and one more."""
    topics = goal_topics(kind)
    if not topics:
        return []
    below = list_subtree_ids([unit_id], on=on)
    goals = within_units(in_force(visible.filter(cycle_id=cycle_id)), below, on=on)
    found: dict[int, Topic] = {}
    for topic in topics:
        for goal_id in worst_first(_of_topic(goals, topic)).values_list("id", flat=True)[:MOST_GOALS]:
            found.setdefault(goal_id, topic)
    return [Proposed(topic, goal_id) for goal_id, topic in found.items()]


def _of_topic(goals: QuerySet[Goal], topic: Topic) -> QuerySet[Goal]:
    match topic:
        case Topic.RED:
            return with_light(goals, Light.RED)
        case Topic.YELLOW:
            return with_light(goals, Light.YELLOW)
        case Topic.ADJUSTMENT:
            return goals.filter(adjustments__state__in=[one.value for one in OPEN_ADJUSTMENTS])
        case Topic.UNALIGNED:
            return not_aligned(goals)
        case _:
            raise ValueError(topic)
