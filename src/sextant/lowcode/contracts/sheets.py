"""Answers to forms as values: a sheet of somebody, what a save gave, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sextant.engines.forms import Clash
from sextant.engines.values import Problem

FIELD_SUBJECTS = "fields."
"""Beginning of the kind of subject of custom fields: `fields.person`."""


class SheetState(StrEnum):
    """Whether a sheet is still written in."""

    OPEN = "open"
    HANDED_IN = "handed_in"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """Answers to one version of a form. `subject` is what they belong to ("flow.run", 12), `part` which of several of
    that subject (the step), `about_id` the person they are about, None for a thing. `answers` and `computed` are by
    field name; `revision` counts the saves."""

    id: int
    version_id: int
    subject: tuple[str, int]
    part: str
    about_id: int | None
    state: SheetState
    revision: int
    answers: Mapping[str, Any]
    computed: Mapping[str, Any]
    changed_at: datetime
    changed_by: int | None

    @property
    def stays_open(self) -> bool:
        """Whether it is never handed in and follows the newest version of its form: custom fields."""
        return self.subject[0].startswith(FIELD_SUBJECTS)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One save, as the record shows it: old and new answer by field name; None is empty."""

    revision: int
    at: datetime
    person_id: int | None
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class SheetSaved:
    """What a save gave: the sheet as it stands now; `problems` are answers that could not be read, `clashes` fields
    that somebody else changed meanwhile and that were left as they are. `others` names what others changed and the
    save did not touch: the page that saved does not show it yet."""

    sheet: SheetRow
    problems: tuple[Problem, ...] = ()
    clashes: tuple[Clash, ...] = ()
    others: frozenset[str] = frozenset()


class SheetRefused(Exception):
    """Nothing was written; `problems` say why, field by field."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{problem.code} {dict(problem.params)}" for problem in problems))
        self.problems = problems
