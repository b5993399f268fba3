"""Plans 目标方案: what one owner promises in one cycle, and what each of two sides wants it to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sextant.engines.agreement import GoalTerms, read_terms
from sextant.goals.contracts.goals import GoalState


class PlanState(StrEnum):
    """Where a plan is on its way. `discussion`: both sides write; `proposed`: both say the same and may sign;
    `signed`: by both, not yet begun; `running`: its goals count; `closed`: over."""

    DRAFT = "draft"
    DISCUSSION = "discussion"
    PROPOSED = "proposed"
    SIGNED = "signed"
    RUNNING = "running"
    CLOSED = "closed"


class Side(StrEnum):
    """The two who agree a plan: its owner, and the one who answers for the company."""

    OWNER = "owner"
    COUNTERPART = "counterpart"

    @property
    def other(self) -> "Side":
        """The one across the table."""
        return Side.COUNTERPART if self is Side.OWNER else Side.OWNER


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan as pages show it. Exactly one of person and unit owns it. `revision` rises with every save.

    `counterpart_id` None: nobody stands above the owner, and nothing can be signed until HR names somebody.
    """

    id: int
    owner_person_id: int | None
    owner_unit_id: int | None
    owner_name: str
    cycle_id: int
    cycle_code: str
    cycle_name: str
    counterpart_id: int | None
    counterpart_name: str
    template_version_id: int
    template_name: str
    state: PlanState
    revision: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PositionRow:
    """What one side wants a goal to say: `terms` in the canonical form of `engines.agreement`, `digest` their hash.
    `wants_dropped`: that side wants the goal gone, whatever the terms say."""

    goal_id: int
    side: Side
    terms: dict[str, object]
    digest: str
    at: datetime
    by_name: str
    wants_dropped: bool


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One save of a plan. `changes` is one JSON object a change: `goal`, `field`, `old`, `new`."""

    number: int
    side: Side
    by_name: str
    at: datetime
    changes: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A step of a milestone goal: its `points` count on completion. `done_on` None: not done."""

    id: int
    position: int
    title: str
    points: Decimal
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A line of an action list: who does what by when. `done_on` None: not done."""

    id: int
    position: int
    title: str
    person_id: int | None
    person_name: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template with its latest version. `plans` counts the plans that stand on any version of it."""

    id: int
    code: str
    name: str
    is_retired: bool
    version_id: int
    number: int
    from_on: date
    published_at: datetime
    plans: int


@dataclass(frozen=True, slots=True)
class PlanGoal:
    """A goal of a plan with what each side wants it to say."""

    id: int
    code: str
    state: GoalState
    confidence: Decimal | None
    positions: Mapping[Side, PositionRow]

    def position(self, side: Side) -> PositionRow | None:
        """What this side says; where it has said nothing yet, what the other side says."""
        return self.positions.get(side) or self.positions.get(side.other)

    def terms(self, side: Side) -> GoalTerms | None:
        """The text as this side has it; None when neither side has written anything."""
        found = self.position(side)
        return read_terms(found.terms) if found else None

    def wants_dropped(self, side: Side) -> bool:
        """Whether this side itself wants the goal gone."""
        own = self.positions.get(side)
        return own is not None and own.wants_dropped

    @property
    def is_agreed(self) -> bool:
        """Both sides have written, and say the same: one text, or both that it goes."""
        if len(self.positions) < len(Side):
            return False
        one, other = self.positions.values()
        return one.wants_dropped == other.wants_dropped and (one.wants_dropped or one.digest == other.digest)


class RevisionIsStale(Exception):
    """A save was written on an older revision of the plan: nothing was saved. `revision` is the plan's present one,
    `since` what others saved meanwhile, oldest first."""

    def __init__(self, revision: int, since: tuple[RevisionRow, ...]) -> None:
        super().__init__(revision)
        self.revision = revision
        self.since = since
