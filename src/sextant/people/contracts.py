"""Frozen values that `people` gives to its neighbours."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sextant.engines.values import Problem


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
class PostRow:
    """Where a person's primary post is on a given day, and what it is called; the title may be empty."""

    person_id: int
    unit_id: int
    title: str


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
    """Result of an import, in persons: created + updated + unchanged = everyone the file speaks of and that was taken,
    also managers who have no row of their own. `rejected` lists refusals, at most one per row and column: a refused
    row was not taken at all, but where the column is a manager's, the person was taken and only the line was not."""

    created: int
    updated: int
    unchanged: int
    rejected: tuple[RowRejection, ...]


class MappingInvalid(Exception):
    """A mapping file cannot be used; `problem` says why. Raised before any row is read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code, dict(problem.params))
        self.problem = problem


class AccountTaken(Exception):
    """The account already belongs to another person; `person_id` is theirs."""

    def __init__(self, person_id: int) -> None:
        super().__init__(person_id)
        self.person_id = person_id


class Code(StrEnum):
    """Every problem of `people`; `messages.say` has one sentence for each. Parameters are noted beside the code."""

    MAPPING_MISSING = "people.mapping_missing"  # path
    MAPPING_NOT_YAML = "people.mapping_not_yaml"  # path, line, detail
    MAPPING_TWICE = "people.mapping_twice"  # key, line
    MAPPING_INVALID = "people.mapping_invalid"  # place, detail
    MAPPING_UNKNOWN_FIELD = "people.mapping_unknown_field"  # field, known
    MAPPING_UNKNOWN_FIELD_NEAR = "people.mapping_unknown_field_near"  # field, near
    UNKNOWN_COLUMN = "people.unknown_column"  # field, column, columns
    UNKNOWN_COLUMN_NEAR = "people.unknown_column_near"  # field, column, near, columns

    BLANK = "people.blank"  # field
    TOO_LONG = "people.too_long"  # value, longest
    BAD_EMAIL = "people.bad_email"  # value
    BAD_FLAG = "people.bad_flag"  # value
    TWICE = "people.twice"  # value, row
    LEFT_BEFORE_HIRED = "people.left_before_hired"  # hired, left
    HAS_LEFT = "people.has_left"  # value, left
    UNIT_CONFLICT = "people.unit_conflict"  # code, one, other

    UNKNOWN_MANAGER = "people.unknown_manager"  # value
    AMBIGUOUS_MANAGER = "people.ambiguous_manager"  # value
    OWN_MANAGER = "people.own_manager"  # value
    MANAGER_CYCLE = "people.manager_cycle"  # chain
