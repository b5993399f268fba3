"""What waits for a person, as lists and pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sextant.engines.values import Problem

Subject = tuple[str, int]
"""What an item is about: the kind of thing ("goals.plan") and its id. The low-code core knows no more of it."""


class WorkGroup(StrEnum):
    """What a person does with an item, as the inbox filters by it."""

    APPROVE = "approve"
    FILL = "fill"
    TALK = "talk"
    CONFIRM = "confirm"
    READ = "read"


class Decision(StrEnum):
    """What can be answered to an item without opening it."""

    AGREE = "agree"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One item of one person.

    `person_id` has to act; `owner_id` is the one it was meant for when somebody acts in their place. `about_id` is the
    person it is about, None when it is about nobody in particular. `outcome` is empty while the item is open.
    `put_off_until`: the person does not want to see it before then; None when they never put it off.
    """

    id: int
    kind: str
    subject: Subject
    person_id: int
    owner_id: int | None
    about_id: int | None
    path: str
    due_at: datetime | None
    opened_at: datetime
    params: Mapping[str, object] = field(default_factory=dict)
    closed_at: datetime | None = None
    outcome: str = ""
    note: str = ""
    put_off_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What is needed to decide on an item without leaving the inbox: pairs of (name, value), a text, and what happened
    so far as (who and what, when, what they wrote), the latest first."""

    pairs: tuple[tuple[str, str], ...] = ()
    text: str = ""
    trail: tuple[tuple[str, datetime, str], ...] = ()


class WorkRefused(Exception):
    """An answer to an item was not taken; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(*(problem.code for problem in problems))
        self.problems = problems
