"""What is wrong with the alignment of goals, as far as the reader may know it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from sextant.engines.alignment import AlignmentRate, Code, analyse
from sextant.engines.values import Problem
from sextant.goals.models import Goal
from sextant.goals.queries.alignment import SeenGraph, read_graph

_OF_ALL_CHILDREN = {Code.OVER_ASSIGNED, Code.UNDER_ASSIGNED, Code.WEIGHTS_NOT_FULL}


@dataclass(frozen=True, slots=True)
class Marks:
    """`problems` by the goal that bears them; `also` the goals each one supports beside the primary one, by id, those
    out of sight included; `titles` of every goal in sight that either speaks of."""

    problems: Mapping[int, list[Problem]] = field(default_factory=dict)
    also: Mapping[int, list[int]] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlignmentReport:
    """Everything wrong with a set of goals, the rate of H1, and the titles of the goals spoken of."""

    rate: AlignmentRate
    problems: tuple[Problem, ...]
    titles: Mapping[int, str]


def read_marks(goal_ids: Collection[int], *, visible: QuerySet[Goal]) -> Marks:
    """The marks of the goals on a page. One query, none without goals.

    The whole graph around them is looked at, also what the reader may not see, or else half a sum would pass for a gap.
    What would let them infer a hidden target, a sum over children of which one is hidden, is not said.
    """
    if not goal_ids:
        return Marks()
    seen = read_graph(goal_ids, visible=visible)
    graph = seen.graph
    problems: defaultdict[int, list[Problem]] = defaultdict(list)
    for problem in analyse(graph, among=goal_ids).problems:
        if _may_be_said(problem, seen):
            problems[_goal_of(problem)].append(problem)
    also = {key: [edge.parent for edge in graph.parents.get(key, ()) if not edge.is_primary] for key in goal_ids}
    return Marks(dict(problems), {key: others for key, others in also.items() if others}, seen.titles)


def report_alignment(goals: QuerySet[Goal], *, visible: QuerySet[Goal]) -> AlignmentReport:
    """What is wrong with `goals` (visible ones of a cycle), and their alignment rate. Two queries; ten thousand goals
    in about a second.

    Goals they lead up to outside of the set belong to the chain: a quarter's goals reach the company through a year's.
    """
    asked = frozenset(goals.values_list("id", flat=True))
    seen = read_graph(asked, visible=visible)
    outcome = analyse(seen.graph, among=asked)
    assert outcome.value is not None  # a graph always has a rate, if only of no goals
    told = tuple(one for one in outcome.problems if _may_be_said(one, seen))
    return AlignmentReport(outcome.value, told, seen.titles)


def _goal_of(problem: Problem) -> int:
    goal_id = problem.params["goal"]
    assert isinstance(goal_id, int)
    return goal_id


def _may_be_said(problem: Problem, seen: SeenGraph) -> bool:
    if problem.code in _OF_ALL_CHILDREN:
        return all(edge.child in seen.titles for edge in seen.graph.children.get(_goal_of(problem), ()))
    others = (problem.params.get("other"), problem.params.get("parent"))
    return all(other is None or other in seen.titles for other in others)
