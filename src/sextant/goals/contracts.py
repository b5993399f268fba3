"""Frozen values that `goals` gives to pages and neighbours."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class GoalKind(StrEnum):
    """What sort of promise a goal is (requirement G2)."""

    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"
    KPI = "kpi"
    GS = "gs"
    MILESTONE = "milestone"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as lists and maps show it. Exactly one of person and unit owns it; an objective may have no metric."""

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
    children: int
