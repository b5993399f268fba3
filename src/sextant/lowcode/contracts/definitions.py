"""Definitions as values: their rows, their versions, what they touch, and what is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sextant.engines.definitions import Change
from sextant.engines.values import Problem


class VersionState(StrEnum):
    """Where a version stands. A withdrawn one was published for a later day and taken back before it came."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


OPEN_STATES = (VersionState.DRAFT, VersionState.REVIEW)


@dataclass(frozen=True, slots=True)
class Author:
    """Who did something. `person_id` None for programs and for accounts without a person."""

    label: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version. `document` is in the newest format of its kind; `digest` that of the document as it was written.
    `revision` counts the saves of a draft. `effective_at` None: not published."""

    id: int
    definition_id: int
    kind: str
    code: str
    name: str
    number: int
    state: VersionState
    document: Mapping[str, Any]
    digest: str
    revision: int
    reason: str
    based_on: int | None
    saved_at: datetime
    saved_by: Author
    published_at: datetime | None = None
    published_by: Author | None = None
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """A definition as lists show it. `current` is the number of the version in force, `waiting` of one that is
    published for later, `draft` of the open draft; None where there is none."""

    id: int
    kind: str
    code: str
    name: str
    is_retired: bool
    current: int | None
    waiting: int | None
    draft: int | None
    draft_state: VersionState | None
    changed_at: datetime
    changed_by: Author


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save gave: the revision to name in the next one, and what still stands in the way of publishing."""

    definition_id: int
    version_id: int
    revision: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Mover:
    """Somebody for whom a dry run came out differently; None: it could not be computed."""

    subject_id: int
    name: str
    before: Decimal | str | None
    after: Decimal | str | None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class DryRunReport:
    """What would have come out differently on the last cycle's data. `changed` counts subjects, `movers` are those who
    moved most. Means are None where results are no numbers. `is_sample`: there are more subjects than were tried.

    What is tried need not be persons: `counted` says in words how many of what ("" means persons), `mean_name` and
    `failed_name` what the mean and the failures are called there."""

    over: str
    subjects: int
    changed: int
    failed_before: int
    failed_after: int
    mean_before: Decimal | None = None
    mean_after: Decimal | None = None
    is_sample: bool = False
    movers: tuple[Mover, ...] = ()
    counted: str = ""
    mean_name: str = ""
    failed_name: str = ""

    @property
    def mean_shift(self) -> Decimal | None:
        """By how much the mean moved; None without two means."""
        return None if self.mean_before is None or self.mean_after is None else self.mean_after - self.mean_before


class DefinitionRefused(Exception):
    """Nothing was written; `problems` say why (`definition.*`, and the codes of the kind)."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{problem.code} {dict(problem.params)}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class SaveIsStale(Exception):
    """Somebody saved in between: `revision` is theirs, `since` what they changed, `by` who they are."""

    revision: int
    by: Author
    at: datetime
    since: Sequence[Change] = field(default_factory=tuple)
