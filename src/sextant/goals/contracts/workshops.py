"""研讨会: meetings about goals, what they decided, and what follows."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

MARK_WORK = "goals.mark_action"
"""Kind of the item in the inbox of whoever acts on a red mark."""


class WorkshopKind(StrEnum):
    """What people meet for."""

    CALIBRATION = "calibration"
    ALIGNMENT = "alignment"
    DIAGNOSIS = "diagnosis"


class Attendance(StrEnum):
    """Whether somebody who was invited came."""

    INVITED = "invited"
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class Topic(StrEnum):
    """Why an item is on the agenda; FREE says it in its own words."""

    FREE = "free"
    RED = "red"
    YELLOW = "yellow"
    ADJUSTMENT = "adjustment"
    UNALIGNED = "unaligned"
    DRAW = "draw"
    MARK = "mark"
    ANSWER = "answer"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class WorkshopRow:
    """A meeting as lists show it."""

    id: int
    kind: WorkshopKind
    title: str
    unit_id: int
    unit_name: str
    cycle_id: int
    cycle_code: str
    cycle_name: str
    place: str
    starts_at: datetime
    lead_id: int | None
    lead_name: str
    closed_at: datetime | None
    closed_by: str
    people: int = 0
    decisions: int = 0
    open_marks: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is still written in."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes as they stand. `number` is what a save has to name; `by` is "" while nobody has written."""

    text: str
    number: int
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkedGoal:
    """A goal a meeting speaks of; `title` "" where the reader may not see it."""

    id: int
    title: str
    owner: str


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """A line of the agenda."""

    id: int
    topic: Topic
    text: str
    goal: LinkedGoal | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """Somebody invited."""

    person_id: int
    name: str
    attendance: Attendance


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided, about which goals."""

    id: int
    text: str
    by: str
    at: datetime
    goals: tuple[LinkedGoal, ...]


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A photo or a video of a red mark."""

    id: int
    name: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A red mark. `person_id` None: nobody does anything about it yet. `goal_id` is the draft it became."""

    id: int
    text: str
    person_id: int | None
    person_name: str
    action: str
    measure: str
    due_on: date | None
    done_on: date | None
    goal_id: int | None
    evidence: tuple[EvidenceFile, ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of the process, with its red marks."""

    id: int
    title: str
    marks: tuple[MarkRow, ...]


@dataclass(frozen=True, slots=True)
class AddendumRow:
    """What was added once the meeting was closed."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GoalDecision:
    """A decision as the page of its goal shows it. `workshop_id` None: the reader may not open the meeting."""

    text: str
    on: datetime
    kind: WorkshopKind
    unit_name: str
    workshop_id: int | None


class MinutesAreStale(Exception):
    """Minutes were saved on an older text: nothing was saved. `stored` is what stands there now."""

    def __init__(self, stored: Minutes) -> None:
        super().__init__(stored.number)
        self.stored = stored
