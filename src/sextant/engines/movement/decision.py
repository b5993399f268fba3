"""What becomes of a goal when its owner moves: the decisions there are, and the one to propose."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sextant.engines.values import Period


class Cause(StrEnum):
    """Why somebody's goals need a decision."""

    MANAGER = "manager"
    UNIT = "unit"
    LEFT = "left"
    LEAVE = "leave"


class Decision(StrEnum):
    """What becomes of one goal from the day on. `hand_over`: somebody else answers for the rest, the part before is
    not judged; `split`: both parts are judged; `close`: only the part before is."""

    KEEP = "keep"
    SPLIT = "split"
    HAND_OVER = "hand_over"
    CLOSE = "close"
    PAUSE = "pause"

    @property
    def needs_successor(self) -> bool:
        """Whether somebody else gets a goal."""
        return self in {Decision.SPLIT, Decision.HAND_OVER}


class Nature(StrEnum):
    """What a goal is to a successor: `figure` measured, `task` a piece of work that goes on whoever does it, `personal`
    a goal of this person and nobody else (skills, behaviour, points)."""

    FIGURE = "figure"
    TASK = "task"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class GoalCase:
    """A goal whose owner moves for `cause` on the day `on`. `is_draft`: not agreed yet; `is_paused`: suspended
    already."""

    nature: Nature
    cause: Cause
    period: Period
    on: date
    is_draft: bool = False
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do unless somebody knows better; `reason` is a code."""

    decision: Decision
    reason: str


LEAST_DAYS = 14
"""A part shorter than two weeks says nothing about whoever held it: it is not judged alone."""


def propose(case: GoalCase) -> Proposal:
    """The decision to propose for one goal, with its reason.

    Reasons: movement.only_manager, movement.over, movement.not_begun, movement.leave, movement.paused_already,
    movement.draft_stays, movement.draft_goes, movement.personal_stays, movement.personal_ends, movement.task_goes,
    movement.short_before, movement.short_after, movement.pro_rata. Source: bar line 9.

    >>> quarter = Period(date(2026, 10, 1), date(2027, 1, 1))
    >>> propose(GoalCase(Nature.FIGURE, Cause.UNIT, quarter, date(2026, 11, 16))).decision
    <Decision.SPLIT: 'split'>
    >>> propose(GoalCase(Nature.FIGURE, Cause.LEFT, quarter, date(2026, 10, 8))).reason
    'movement.short_before'
    """
    if case.cause is Cause.MANAGER:
        return Proposal(Decision.KEEP, "movement.only_manager")
    if case.on >= case.period.until_on:
        return Proposal(Decision.KEEP, "movement.over")
    if case.cause is Cause.LEAVE:
        return _on_leave(case)
    if case.is_draft:
        return _draft(case)
    if case.nature is Nature.PERSONAL:
        return _personal(case)
    if case.on <= case.period.from_on:
        return Proposal(Decision.HAND_OVER, "movement.not_begun")
    if case.nature is Nature.TASK:
        return Proposal(Decision.HAND_OVER, "movement.task_goes")
    return _figure(case)


def _on_leave(case: GoalCase) -> Proposal:
    if case.is_draft:
        return Proposal(Decision.KEEP, "movement.draft_stays")
    if case.is_paused:
        return Proposal(Decision.KEEP, "movement.paused_already")
    return Proposal(Decision.PAUSE, "movement.leave")


def _draft(case: GoalCase) -> Proposal:
    if case.cause is Cause.LEFT:
        return Proposal(Decision.CLOSE, "movement.draft_goes")
    return Proposal(Decision.KEEP, "movement.draft_stays")


def _personal(case: GoalCase) -> Proposal:
    if case.cause is Cause.LEFT:
        return Proposal(Decision.CLOSE, "movement.personal_ends")
    return Proposal(Decision.KEEP, "movement.personal_stays")


def _figure(case: GoalCase) -> Proposal:
    if (case.on - case.period.from_on).days < LEAST_DAYS:
        return Proposal(Decision.HAND_OVER, "movement.short_before")
    if (case.period.until_on - case.on).days < LEAST_DAYS:
        return Proposal(Decision.CLOSE, "movement.short_after")
    return Proposal(Decision.SPLIT, "movement.pro_rata")
