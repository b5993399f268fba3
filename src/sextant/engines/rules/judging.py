"""Whether a condition holds for one subject, and what decided it.

What cannot be known (a missing value, a formula that fails) is kept apart from false: it taints a group only when it
could change the group's answer. A rule acts on what holds, never on what may hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sextant.engines.rules.condition import Check, Condition, GroupKind
from sextant.engines.values import Problem


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One formula with its answer. `holds` None: it cannot be known, and `problems` say why. `is_decisive`: another
    answer of this one alone, or of those like it, could have given another answer of the whole."""

    path: str
    text: str
    holds: bool | None
    problems: tuple[Problem, ...]
    is_decisive: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer of the whole condition with every formula in it, in the order it was written."""

    holds: bool | None
    lines: tuple[CheckLine, ...]


def judge(condition: Condition, row: Mapping[str, object]) -> Judgement:
    """Whether the condition holds for the values in `row`; None when it cannot be known. Every formula is computed,
    also those that no longer matter: an explanation shows them all.

    >>> from sextant.engines.formula import FormulaType
    >>> from sextant.engines.rules.condition import read_condition
    >>> names = {"红灯数": FormulaType.NUMBER, "完成率": FormulaType.NUMBER}
    >>> read = read_condition({"any": ["[红灯数] >= 2", "[完成率] < 0.6"]}, names=names).value
    >>> judge(read, {"红灯数": 3}).holds, judge(read, {"红灯数": 1}).holds
    (True, None)
    """
    return Judgement(*_judge(condition, row, ""))


def _judge(condition: Condition, row: Mapping[str, object], path: str) -> tuple[bool | None, tuple[CheckLine, ...]]:
    if isinstance(condition, Check):
        found = condition.formula.evaluate(row)
        holds = found.value if isinstance(found.value, bool) else None
        return holds, (CheckLine(path, condition.text, holds, found.problems, True),)
    parts = [
        _judge(part, row, f"{path}.{condition.kind.value}[{place}]".lstrip("."))
        for place, part in enumerate(condition.parts, start=1)
    ]
    answers = [answer for answer, _ in parts]
    inner = _all(answers) if condition.kind is GroupKind.ALL else _any(answers)
    lines = tuple(line if answer is inner else _undecisive(line) for answer, found in parts for line in found)
    return (_not(inner) if condition.kind is GroupKind.NONE else inner), lines


def _all(answers: Iterable[bool | None]) -> bool | None:
    """False as soon as one is false, whatever cannot be known; unknown when only that is left."""
    found = set(answers)
    return False if False in found else None if None in found else True


def _any(answers: Iterable[bool | None]) -> bool | None:
    """True as soon as one is true, whatever cannot be known."""
    found = set(answers)
    return True if True in found else None if None in found else False


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _undecisive(line: CheckLine) -> CheckLine:
    """A part with another answer than its group did not decide it."""
    return CheckLine(line.path, line.text, line.holds, line.problems, False)
