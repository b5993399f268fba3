"""Movement 人员异动: who has moved and not been looked after, and what is decided about each goal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.movement import Cause, Decision, Proposal, Split
from sextant.goals.contracts.goals import GoalKind, GoalState
from sextant.goals.contracts.plans import PlanState

WORK_KIND = "goals.move"
"""Work that a movement nobody has answered makes for whoever answers for the person; its subject is ("person", id)."""
NOTICE_RECEIVED = "goals.goal_received"
NOTICE_COUNTERPART = "goals.counterpart_new"
NOTICE_MOVED = "goals.goals_moved"


@dataclass(frozen=True, slots=True)
class PendingMovement:
    """Somebody whose goals no longer fit where they are. `on` is the day of the change; `goals` counts those that go
    on."""

    person_id: int
    number: str
    name: str
    cause: Cause
    on: date
    goals: int
    manager_name: str = ""
    unit_name: str = ""


@dataclass(frozen=True, slots=True)
class MovingGoal:
    """A goal of somebody who moves, with what is proposed for it. `split` None: it cannot be split on this day, and
    `why_not` holds the code of the reason (None: it has no figures to split)."""

    id: int
    code: str
    title: str
    kind: GoalKind
    state: GoalState
    cycle_id: int
    from_on: date
    until_on: date
    weight: Decimal
    unit_label: str
    decimals: int
    proposal: Proposal
    split: Split | None
    why_not: str | None
    choices: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class MovingPlan:
    """A plan of somebody who moves; `counterpart_id` answers for the company from now on, `former_id` did so far."""

    id: int
    cycle_name: str
    state: PlanState
    former_id: int | None
    counterpart_id: int | None
    former_name: str = ""
    counterpart_name: str = ""


@dataclass(frozen=True, slots=True)
class MoveCase:
    """Everything the guided step shows. `fingerprint` changes with everything it stands on, `last_id` is the latest
    movement of the person (0: none)."""

    person_id: int
    number: str
    name: str
    cause: Cause
    on: date
    goals: tuple[MovingGoal, ...]
    plans: tuple[MovingPlan, ...]
    fingerprint: str
    last_id: int


@dataclass(frozen=True, slots=True)
class GoalChoice:
    """What is decided for one goal; `successor_id` where somebody takes over."""

    decision: Decision
    successor_id: int | None = None


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """One guided step, as decided on a page: by goal, on the state of things that `fingerprint` and `last_id` name.
    `until_on`: the first day after a leave, None for every other cause."""

    person_id: int
    cause: Cause
    on: date
    choices: Mapping[int, GoalChoice]
    fingerprint: str
    last_id: int
    until_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TraceLine:
    """How a goal came to be where it is, or where it went: `other_*` is the goal on the other end, None where there is
    none or the reader may not see it. `is_from`: this goal goes on from the other one (接自)."""

    movement_id: int
    on: date
    cause: Cause
    decision: Decision
    is_from: bool
    person_name: str
    other_id: int | None
    other_title: str
