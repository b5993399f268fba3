"""Where an instance stands: its tokens, and what a move does to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sextant.engines.values import Problem


class Standing(StrEnum):
    """Of a token that lives: it waits at its step, it waits at a join for the other arms, or it cannot go on."""

    OPEN = "open"
    JOINED = "joined"
    STUCK = "stuck"


class Ending(StrEnum):
    """How a token left its step."""

    DONE = "done"
    RETURNED = "returned"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Frame:
    """One arm of one passage through a fork; `fork` numbers the passages of the instance."""

    fork: int
    arm: int


Scope = tuple[Frame, ...]
"""The arms a token is in, outermost first; empty outside every fork."""


def write_scope(scope: Scope) -> str:
    """As it is kept.

    >>> write_scope((Frame(1, 0), Frame(2, 1)))
    '1.0/2.1'
    """
    return "/".join(f"{frame.fork}.{frame.arm}" for frame in scope)


def read_scope(text: str) -> Scope:
    """The reverse of `write_scope`.

    >>> read_scope("1.0/2.1") == (Frame(1, 0), Frame(2, 1)), read_scope("")
    (True, ())
    """
    pairs = (part.split(".") for part in text.split("/") if part)
    return tuple(Frame(int(fork), int(arm)) for fork, arm in pairs)


def holds(outer: Scope, inner: Scope) -> bool:
    """Whether `inner` lies in the arms of `outer`, or is the same."""
    return inner[: len(outer)] == outer


@dataclass(frozen=True, slots=True)
class Token:
    """A place where the instance is. `serial` is its number within the instance, never used twice."""

    serial: int
    node: str
    scope: Scope = ()
    standing: Standing = Standing.OPEN


@dataclass(frozen=True, slots=True)
class State:
    """Tokens that live, and how far the instance has counted its steps and its passages through forks."""

    tokens: tuple[Token, ...] = ()
    serials: int = 0
    forks: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """A step that was entered. `ending` is set where it was left at once (a copy); `problem` where it cannot go on."""

    token: Token
    ending: Ending | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A step that was left, and how."""

    serial: int
    ending: Ending


@dataclass(frozen=True, slots=True)
class Line:
    """Something worth telling in the log: which way a branch took, that arms met, that the flow ended."""

    code: str
    node: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that was come by. `serial` is that of the token which opened there; None where nothing stays, as at a
    branch."""

    node: str
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """What one event does: steps to open and to close, lines for the log, and where the instance stands then. `path`
    are the steps come by, in order."""

    state: State
    opened: tuple[Opened, ...] = ()
    closed: tuple[Closed, ...] = ()
    lines: tuple[Line, ...] = ()
    path: tuple[Passed, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether no token is left."""
        return not self.state.tokens

    @property
    def is_stopped(self) -> bool:
        """Whether a token cannot go on until somebody repairs what it stumbled over."""
        return any(token.standing is Standing.STUCK for token in self.state.tokens)
