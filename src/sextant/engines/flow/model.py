"""What a flow consists of: steps joined by `next`, branches, and parallel arms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sextant.engines.formula import Formula
from sextant.engines.formula.types import FormulaType


class StepKind(StrEnum):
    """What happens at a step. People act at the first two, the next three wait for something else, the rest pass."""

    FORM = "form"
    APPROVE = "approve"
    WAIT = "wait"
    CALL = "call"
    SUBFLOW = "subflow"
    COPY = "copy"
    BRANCH = "branch"
    FORK = "fork"
    JOIN = "join"
    END = "end"


PERSONAL = frozenset({StepKind.FORM, StepKind.APPROVE})
WAITING = PERSONAL | {StepKind.WAIT, StepKind.CALL, StepKind.SUBFLOW}
"""Kinds at which a token stays until something happens."""


class Quorum(StrEnum):
    """How many of those asked must agree: 会签 all, 或签 any, or a number of them."""

    ALL = "all"
    ANY = "any"
    COUNT = "count"


class Unit(StrEnum):
    """Units of a time limit. Minutes and hours pass day and night; working days as the company's calendar counts."""

    MINUTE = "minute"
    HOUR = "hour"
    WORKDAY = "workday"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, at least one unit."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who is asked, as an expression: the name of a source ("people.line_manager") and its parameters (grade 9)."""

    source: str
    params: Mapping[str, object] = field(default_factory=dict)


class ReactionKind(StrEnum):
    """What a passed limit does: tell those who are asked, ask somebody above to look, or open another flow."""

    NOTIFY = "notify"
    ESCALATE = "escalate"
    START = "start"


@dataclass(frozen=True, slots=True)
class Limit:
    """A rung of the ladder: so long after the step opened, do that. `code` is its stable name: timers that run know
    their rung by it, also after the ladder was written anew."""

    code: str
    after: Span
    reaction: ReactionKind
    to: tuple[Assignee, ...] = ()
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way on: of a branch when its condition holds (None is 其他情况), of a fork always."""

    next: str
    condition: Formula | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a definition. `next` is empty where arms lead on, and at the end."""

    code: str
    kind: StepKind
    name: str = ""
    next: str = ""
    arms: tuple[Arm, ...] = ()
    assignees: tuple[Assignee, ...] = ()
    quorum: Quorum = Quorum.ALL
    count: int = 1
    limits: tuple[Limit, ...] = ()
    form: str = ""
    span: Span | None = None
    action: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    flow: str = ""

    @property
    def ways(self) -> tuple[str, ...]:
        """Codes of the steps that may come next."""
        return tuple(arm.next for arm in self.arms) if self.kind in {StepKind.BRANCH, StepKind.FORK} else (self.next,)


@dataclass(frozen=True, slots=True)
class Flow:
    """A definition that can run. `fields` are the values conditions may read, with their types."""

    nodes: Mapping[str, Node]
    first: str
    fields: Mapping[str, FormulaType] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: tuple[Node, ...], fields: Mapping[str, FormulaType] | None = None) -> "Flow":
        """The flow that begins at the first of the nodes.

        >>> Flow.of((Node("a", StepKind.FORM, next="z"), Node("z", StepKind.END))).first
        'a'
        """
        return cls({node.code: node for node in nodes}, nodes[0].code, dict(fields or {}))
