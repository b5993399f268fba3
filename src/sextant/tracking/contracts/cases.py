"""红灯跟踪 as values: the stations of a conversation, who sits at it, and how it ends."""

from enum import StrEnum

CASE = "tracking.case"
"""The kind of subject under which sheets, work and events name a case."""


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
