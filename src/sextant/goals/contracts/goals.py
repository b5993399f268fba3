"""Goals, cycles and the map, as pages and neighbours read them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sextant.engines.evaluation import Curve
from sextant.engines.values import Period


class GoalKind(StrEnum):
    """What sort of promise a goal is (requirement G2)."""

    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"
    KPI = "kpi"
    GS = "gs"
    MILESTONE = "milestone"
    ACTION = "action"
    BEHAVIOUR = "behaviour"
    BONUS = "bonus"
    PENALTY = "penalty"
    VETO = "veto"


BESIDE = frozenset({GoalKind.BEHAVIOUR, GoalKind.BONUS, GoalKind.PENALTY, GoalKind.VETO})
"""What a plan holds beside its goals: how somebody works, and what adds, takes or caps points. Nothing above asks for
them, so they need no goal to support."""


class GoalState(StrEnum):
    """Where a goal is in its life. Only a running one is evaluated and counted; a suspended one is out of the sums
    until it is resumed, a dropped one was never agreed."""

    DRAFT = "draft"
    RUNNING = "running"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    DROPPED = "dropped"


class ProgressFrom(StrEnum):
    """Where a goal's progress comes from."""

    METRIC = "metric"
    CHILDREN = "children"
    ACTIONS = "actions"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything a goal is measured against. None = not agreed. `weight` is per cent of the owner's plan."""

    base: Decimal | None = None
    stretch: Decimal | None = None
    start: Decimal | None = None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    tolerance: Decimal | None = None
    weight: Decimal = Decimal(0)
    curve: str = Curve.PARALLEL


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A period with the code people write for it: `2017Q2`, `2017-04`, `2017H1`, `2017`, or both dates."""

    code: str
    period: Period


@dataclass(frozen=True, slots=True)
class CycleRow:
    """A cycle as filters and files show it."""

    id: int
    code: str
    name: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as lists and maps show it. Exactly one of person and unit owns it; an objective may have no metric.

    `children` counts the goals below that the reader may see, 0 where nobody asked for the count. `is_company` marks a
    goal of the topmost unit.
    """

    id: int
    code: str
    title: str
    kind: GoalKind
    cycle_id: int
    owner_person_id: int | None
    owner_unit_id: int | None
    owner_name: str
    metric_id: int | None
    parent_id: int | None
    base: Decimal | None
    stretch: Decimal | None
    weight: Decimal
    from_on: date
    until_on: date
    children: int = 0
    is_company: bool = False
    metric_name: str = ""
    unit_label: str = ""
    decimals: int = 0
    state: GoalState = GoalState.RUNNING


@dataclass(frozen=True, slots=True)
class LightCounts:
    """How many goals with a metric show which light; `none` holds those that no run has looked at, too."""

    green: int
    yellow: int
    red: int
    none: int

    @property
    def total(self) -> int:
        """All goals counted."""
        return self.green + self.yellow + self.red + self.none


@dataclass(frozen=True, slots=True)
class MapNode:
    """A goal on the map with the branch below it as far as it was read.

    `goal` is None for a goal the reader may not see: it holds its place, without name, owner or light. `more` counts
    visible children that are not in `children`, `below` counts the lights of all of them (None without any). `is_match`
    marks what the filters asked for, against goals that are only on the way to it.
    """

    key: str
    goal: GoalRow | None
    children: tuple["MapNode", ...] = ()
    more: int = 0
    below: LightCounts | None = None
    is_match: bool = True


@dataclass(frozen=True, slots=True)
class GoalMap:
    """What a map page shows: the topmost nodes, and from which offset the next ones are read (None = no more)."""

    nodes: tuple[MapNode, ...]
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One goal on the way from the top down to a goal. `goal` is None where the reader may not see it."""

    goal: GoalRow | None
