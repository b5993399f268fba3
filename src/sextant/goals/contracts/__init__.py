"""Frozen values that `goals` gives to pages and neighbours."""

from sextant.goals.contracts.goals import (
    ChainLink,
    CycleRow,
    GoalKind,
    GoalMap,
    GoalRow,
    GoalState,
    LightCounts,
    MapNode,
    NamedPeriod,
    ProgressFrom,
    Targets,
)
from sextant.goals.contracts.plans import (
    ActionRow,
    MilestoneRow,
    PlanRow,
    PlanState,
    PositionRow,
    RevisionIsStale,
    RevisionRow,
    Side,
    TemplateRow,
)

__all__ = [
    "ActionRow",
    "ChainLink",
    "CycleRow",
    "GoalKind",
    "GoalMap",
    "GoalRow",
    "GoalState",
    "LightCounts",
    "MapNode",
    "MilestoneRow",
    "NamedPeriod",
    "PlanRow",
    "PlanState",
    "PositionRow",
    "ProgressFrom",
    "RevisionIsStale",
    "RevisionRow",
    "Side",
    "Targets",
    "TemplateRow",
]
