"""What a rehearsal of a flow is told, and what it tells (see `rehearsal`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sextant.engines.flow.model import Arm, Assignee, Limit, Node, Span, StepKind
from sextant.engines.values import Problem


class Answer(StrEnum):
    """How those who are asked at a step answer. SILENT: nobody does, and time passes."""

    AGREE = "agree"
    RETURN = "return"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Reply:
    """One visit of a step: what is answered, how long after it opened (None: at once), and where a return goes (empty:
    to the step before)."""

    answer: Answer = Answer.AGREE
    after: Span | None = None
    to: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """Who would be asked: `asked` as (person, in whose place or None), `left` who was named and works here no more,
    `instead` who names somebody where nobody is left."""

    asked: tuple[tuple[int, int | None], ...] = ()
    left: tuple[int, ...] = ()
    instead: tuple[int, ...] = ()


class Ask(Protocol):
    """Looks up whom a step asks, or whom a limit of it goes to (`to`), with these values, when it opens at `at`."""

    def __call__(self, node: Node, to: tuple[Assignee, ...], values: Mapping[str, object], at: datetime) -> Called: ...


@dataclass(frozen=True, slots=True)
class Script:
    """What is assumed: values known at the start, values each form brings, the answers at each step by visit (a further
    visit answers like the last, but does not return again), and steps that cannot be done, with what they lack."""

    values: Mapping[str, object] = field(default_factory=dict)
    handed_in: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    replies: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict)
    faults: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)


class How(StrEnum):
    """How a step was left, or that it was not. PASSED: nothing stays there."""

    PASSED = "passed"
    DONE = "done"
    RETURNED = "returned"
    VOID = "void"
    WAITING = "waiting"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Way:
    """A way of a branch that was looked at: its condition as written canonically ("" is 其他情况), the values it read,
    and whether it holds (None: a value is missing)."""

    arm: Arm
    text: str
    reads: tuple[tuple[str, object], ...]
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Rung:
    """A limit of a step: when it is reached, whom it tells, and whether the answer came before it."""

    limit: Limit
    at: datetime
    called: Called
    is_reached: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A step as the rehearsal came by it. `until` None: it is still there. `needed` of those asked must agree."""

    node: str
    kind: StepKind | None
    at: datetime
    until: datetime | None
    how: How
    serial: int | None = None
    called: Called = field(default_factory=Called)
    needed: int = 0
    rungs: tuple[Rung, ...] = ()
    ways: tuple[Way, ...] = ()
    problems: tuple[Problem, ...] = ()


class Result(StrEnum):
    """What a rehearsal comes to."""

    ENDED = "ended"
    RETURNED = "returned"
    WAITING = "waiting"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The steps in the order they were come by, what it came to and when, and the steps nobody came by."""

    stops: tuple[Stop, ...]
    result: Result
    at: datetime
    unseen: tuple[str, ...]
    values: Mapping[str, object]

    @property
    def path(self) -> tuple[str, ...]:
        """Codes of the steps come by, each once, in order."""
        return tuple(dict.fromkeys(stop.node for stop in self.stops))
