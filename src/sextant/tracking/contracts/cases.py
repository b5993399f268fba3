"""红灯跟踪 as values: the stations of a conversation, who sits at it, and how it ends."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sextant.engines.values import Problem

CASE = "tracking.case"
"""The kind of subject under which sheets, work and events name a case."""
MEASURE = "tracking.measure"
"""The kind of subject of work that one 改进措施 gives."""
OWN_FORM, MANAGER_FORM = "red_light_owner", "red_light_manager"
"""Codes of the shipped forms of 绩效偏差分析: the account of whose goal it is, and the manager's."""


class Stage(StrEnum):
    """What a case waits for: both sides' accounts, the meeting with its minutes, the weeks after it, a decision because
    those weeks did not turn it, nothing any more."""

    ANALYSIS = "analysis"
    MEETING = "meeting"
    WATCH = "watch"
    DECIDE = "decide"
    CLOSED = "closed"


class SeatRole(StrEnum):
    """The three sides of the meeting: whose goal it is, who leads the talk, and the colleague from HR."""

    OWNER = "owner"
    MANAGER = "manager"
    HRBP = "hrbp"


class SeatAnswer(StrEnum):
    """What somebody says to the time of the meeting."""

    NONE = "none"
    YES = "yes"
    NO = "no"
    MOVE = "move"


class CaseOutcome(StrEnum):
    """How a case ended: the goal came back; it did not and a 绩效改进计划 follows; it was ended by hand with a reason;
    the goal itself is over (closed, suspended for good, its owner gone)."""

    RECOVERED = "recovered"
    PLAN = "plan"
    ENDED = "ended"
    GOAL_OVER = "goal_over"


class RestrictionKind(StrEnum):
    """What another system may be asked to hold back for the time being."""

    NEW_LEADS = "new_leads"
    NEW_CUSTOMERS = "new_customers"
    NEW_TASKS = "new_tasks"


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes as they stand: their number rises with every save."""

    text: str
    number: int
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as lists show it."""

    id: int
    goal_id: int
    goal_title: str
    owner_id: int
    owner_name: str
    red_on: date
    completion: Decimal | None
    stage: Stage
    due_on: date | None
    meets_at: datetime | None
    closed_at: datetime | None
    outcome: CaseOutcome | None


class CaseRefused(Exception):
    """Nothing was written; `problems` say why, `messages.cases.say_case` turns them into sentences."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class MinutesClash(Exception):
    """Somebody else changed the same lines: nothing was written; `stored` is what stands there."""

    def __init__(self, stored: Minutes) -> None:
        super().__init__(f"minutes {stored.number}")
        self.stored = stored
