"""Checking one goal, and the goals of one plan beside each other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sextant.engines.evaluation import Direction
from sextant.engines.forecast import Code as Judged
from sextant.engines.forecast import Reached, judge_target
from sextant.engines.goal_quality.codes import Code, finding
from sextant.engines.goal_quality.draft import Draft, Shape
from sextant.engines.goal_quality.rewrite import Rewrite, propose
from sextant.engines.goal_quality.score import score_goal, score_plan
from sextant.engines.goal_quality.vague import find_vague_verbs
from sextant.engines.goal_quality.written import find_numbers, has_date
from sextant.engines.values import Problem


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is to be said about a goal: its `score` (0…100), the `findings`, and one `rewrite` that answers all of them;
    None where nothing was found."""

    key: int
    score: Decimal
    findings: tuple[Problem, ...]
    rewrite: Rewrite | None


@dataclass(frozen=True, slots=True)
class PlanQuality:
    """The goals of a plan in their order, and the mean of their scores by weight; None without goals."""

    goals: tuple[Assessment, ...]
    score: Decimal | None


def check_goal(draft: Draft) -> Assessment:
    """Whether a goal, taken by itself, can be decided in the end. Codes: `codes.Code`. Source: requirement G9.

    >>> told = check_goal(Draft(1, Shape.MEASURED, "提升部门协同", owner="林清越"))
    >>> [(one.code, one.at) for one in told.findings]
    [('quality.no_measure', None), ('quality.no_number', None), ('quality.no_date', None), ('quality.vague_verb', 0)]
    >>> told.score
    Decimal('15')
    """
    return _assess(draft, tuple(_alone(draft)))


def check_plan(drafts: Sequence[Draft]) -> PlanQuality:
    """The goals of one owner and cycle: each by itself, and whether two of them say the same."""
    goals = tuple(
        _assess(draft, (*_alone(draft), *_doubled(draft, drafts[:place]))) for place, draft in enumerate(drafts)
    )
    return PlanQuality(
        goals, score_plan([(goal.score, draft.weight) for goal, draft in zip(goals, drafts, strict=True)])
    )


def _assess(draft: Draft, findings: tuple[Problem, ...]) -> Assessment:
    return Assessment(draft.key, score_goal(findings), findings, propose(draft) if findings else None)


def _alone(draft: Draft) -> Iterator[Problem]:
    if not draft.owner:
        yield finding(Code.NO_OWNER, field="owner")
    match draft.shape:
        case Shape.MEASURED:
            yield from _measured(draft)
        case Shape.DELIVERED:
            yield from _delivered(draft)
        case Shape.DIRECTION:
            if not draft.results and not draft.has_target and not find_numbers(draft.text):
                yield finding(Code.NO_RESULTS, field="results")
        case Shape.STANDARD:
            if not draft.description and not draft.has_target and not find_numbers(draft.title):
                yield finding(Code.NO_STANDARD, field="description")
    if not _is_decidable(draft):
        yield from _vague(draft)
    yield from _out_of_reach(draft)


def _measured(draft: Draft) -> Iterator[Problem]:
    written = find_numbers(draft.text)
    if not draft.metric and not written:
        yield finding(Code.NO_MEASURE, field="metric")
    if not draft.has_target and not written:
        yield finding(Code.NO_NUMBER, field="base")
    elif not draft.unit and not any(one.has_unit for one in written):
        yield finding(Code.NO_UNIT, field="unit")
    if draft.due_on is None and draft.last_on is None and not has_date(draft.text):
        yield finding(Code.NO_DATE, field="due_on")


def _delivered(draft: Draft) -> Iterator[Problem]:
    if not draft.deliverable and not draft.steps:
        yield finding(Code.NO_DELIVERABLE, field="deliverable")
    # the end of the cycle is when it is judged, not when it is handed over
    if draft.due_on is None and not draft.steps and not has_date(draft.text):
        yield finding(Code.NO_DATE, field="due_on")


def _is_decidable(draft: Draft) -> bool:
    """Whether something in the goal gives its verbs a meaning."""
    if draft.has_target or find_numbers(draft.text):
        return True
    if draft.shape is Shape.DIRECTION:
        return draft.results > 0
    if draft.shape is Shape.DELIVERED:
        return bool(draft.deliverable or draft.steps)
    return draft.shape is Shape.STANDARD and bool(draft.description)


def _vague(draft: Draft) -> Iterator[Problem]:
    for at, word in find_vague_verbs(draft.title):
        yield finding(Code.VAGUE_VERB, at=at, field="title", word=word)


def _out_of_reach(draft: Draft) -> Iterator[Problem]:
    reach = draft.reach
    if reach is None or draft.base is None or draft.direction is Direction.RANGE:
        return
    reached = Reached(reach.own, reach.best, reach.peers)
    for told in judge_target(draft.base, direction=draft.direction, reached=reached, limit=reach.limit):
        params: dict[str, Any] = {"field": "base", **told.params}
        if told.code == Judged.BEYOND_LIMIT:
            yield finding(Code.BEYOND_LIMIT, **params)
        elif told.code == Judged.NEVER_REACHED:
            yield finding(Code.NEVER_REACHED, **params)


def _doubled(draft: Draft, before: Sequence[Draft]) -> Iterator[Problem]:
    """At most one finding: the first goal of the plan that says the same."""
    for other in before:
        if draft.metric and draft.metric == other.metric:
            yield finding(Code.DUPLICATE_METRIC, field="metric", other=other.key, metric=draft.metric)
            return
        if _folded(draft.title) and _folded(draft.title) == _folded(other.title):
            yield finding(Code.DUPLICATE_TITLE, field="title", other=other.key)
            return


def _folded(title: str) -> str:
    """A title by its letters and digits alone."""
    return re.sub(r"[\W_]+", "", title).casefold()
