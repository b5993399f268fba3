"""Frozen values that `people` gives to its neighbours."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LineKind(StrEnum):
    """Reporting line: solid 实线 decides, dotted 虚线 informs."""

    SOLID = "solid"
    DOTTED = "dotted"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists and pages show them, on a given day. Unit and title are None between two posts."""

    id: int
    number: str
    name: str
    title: str | None
    unit_id: int | None
    unit_name: str | None
    manager_id: int | None
    manager_name: str | None
    left_on: date | None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """An organisation unit on a given day. `head_id` is None while the post is vacant."""

    id: int
    code: str
    name: str
    parent_id: int | None
    depth: int
    head_id: int | None
    head_name: str | None


@dataclass(frozen=True, slots=True)
class RowRejection:
    """A row that was not taken: where, what, and what to do. `row` is the line a spreadsheet shows (header = 1)."""

    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of an import; created + updated + unchanged + distinct rejected rows = rows read."""

    created: int
    updated: int
    unchanged: int
    rejected: tuple[RowRejection, ...]
