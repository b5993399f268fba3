"""What an engine answers: a value, the problems met, and the trace that explains it.

Missing is not zero and an error is not red: an engine that cannot answer returns `value=None` and says
why in `problems`. Engines never make sentences: codes with parameters go out, `messages.py` of the app
that shows them turns them into Chinese or English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Value = TypeVar("Value", covariant=True)


class Severity(StrEnum):
    """How much a problem matters: a note informs, a warning stays visible, an error leaves no value."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the reader must know, as a code and its parameters.

    `code` is dotted, `room.what` ("formula.unknown_name"). `params` hold plain values (str, int, Decimal,
    date). `at` is a zero-based character offset into the text the problem speaks of, or None.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation: what was computed, from what, with which result.

    `code` names the rule ("evaluation.completion"), `params` its inputs, `result` its value (None when the
    step gave nothing). The same object is shown on the page, in the API and in an appeal file.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    result: object = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Value]):
    """Answer of an engine. `value` is None exactly when there is no answer; `problems` then says why."""

    value: Value | None
    problems: tuple[Problem, ...] = ()
    trace: tuple[Step, ...] = ()

    @property
    def is_error(self) -> bool:
        """True when at least one problem is an error; such an outcome has no value."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)
