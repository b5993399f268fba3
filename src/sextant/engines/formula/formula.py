"""The front door: `parse` a text once, then evaluate it for any number of rows."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sextant.engines.formula import limits
from sextant.engines.formula.checking import Checker, is_group_call
from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.evaluation import Compute, Frame, compile_node
from sextant.engines.formula.functions import TABLE
from sextant.engines.formula.lint import lint
from sextant.engines.formula.nodes import Call, Node, names_in, walk
from sextant.engines.formula.numbers import Fault, plain
from sextant.engines.formula.printing import print_node
from sextant.engines.formula.reading import read
from sextant.engines.formula.types import FormulaType, Value
from sextant.engines.formula.weight import weight
from sextant.engines.values import Outcome, Problem, Severity


@dataclass(frozen=True)
class Formula:
    """A formula whose names and types are known. Equal to another one that means the same, however it was typed."""

    root: Node

    @property
    def type(self) -> FormulaType:
        """Type of its result."""
        return self.root.type

    @cached_property
    def names(self) -> frozenset[str]:
        """The names it reads."""
        return names_in(self.root)

    @cached_property
    def needs_group(self) -> bool:
        """Whether it holds a function over everyone in the unit, so that one row alone has no answer."""
        return any(is_group_call(node) for node in walk(self.root))

    def text(self) -> str:
        """Its canonical text: half-width, English function names. Parsing it gives an equal formula."""
        return print_node(self.root)

    def evaluate(self, row: Mapping[str, object]) -> Outcome[Value]:
        """The value for one row: Decimal, str, bool or date; None when it is missing, with the reasons.

        `row` holds values by name; an absent name or None is missing. Problems are warnings (`division_by_zero`,
        `overflow`, `wrong_value` …) and, only when there is no value, notes naming each missing input.
        """
        return _answer(self._compute, Frame(row=row, problems=[]))

    def explain(self, row: Mapping[str, object]) -> Outcome[Value]:
        """As `evaluate`, with a trace: every name read and every function applied, inner ones first.

        Steps `formula.name` and `formula.call` carry the canonical `text` of the part and its result.
        """
        return _answer(compile_node(self.root, is_traced=True), Frame(row=row, problems=[]))

    def evaluate_group(self, rows: Sequence[Mapping[str, object]], group_key: str) -> list[Outcome[Value]]:
        """The value for each row, in order; rows with an equal `row[group_key]` are one unit."""
        members: dict[Hashable, list[Mapping[str, object]]] = {}
        for row in rows:
            members.setdefault(_key(row, group_key), []).append(row)
        totals = {key: self._group_values(group) for key, group in members.items()}
        return [_answer(self._compute, Frame(row, [], totals[_key(row, group_key)])) for row in rows]

    def lint(self) -> tuple[Problem, ...]:
        """What is probably not meant, as warnings with positions: a branch that nobody reaches, a division by a
        possible zero, a condition that is always true … The formula works all the same."""
        return lint(self.root)

    @cached_property
    def _compute(self) -> Compute:
        return compile_node(self.root)

    @cached_property
    def _group_calls(self) -> tuple[tuple[Call, Compute], ...]:
        calls = [node for node in walk(self.root) if isinstance(node, Call) and is_group_call(node)]
        return tuple((call, compile_node(call.args[0])) for call in calls)

    def _group_values(self, rows: Sequence[Mapping[str, object]]) -> dict[int, Value | Fault | None]:
        """Value of each group function, by its position, over the rows of one unit."""
        return {
            call.at: TABLE[call.function].body([compute(Frame(row, [])) for row in rows])
            for call, compute in self._group_calls
        }


def parse(text: str, *, names: Mapping[str, FormulaType], expects: FormulaType | None = None) -> Outcome[Formula]:
    """The formula written in `text`, or every problem in it with its position.

    `names` are the values it may read, with their types. `expects`, when given, is the type its result must have.
    Nothing is raised, whatever the text. Codes: the first two blocks of `Code`.

    >>> from sextant.engines.formula.types import NUMBER
    >>> parse("如果([完成率]<70%，“黄”，“绿”)", names={"完成率": NUMBER}).value.text()
    'IF([完成率] < 70%, "黄", "绿")'
    """
    syntax = read(text)
    if syntax.value is None:
        return Outcome(None, syntax.problems)
    checker = Checker(names)
    root = checker.node(syntax.value)
    if root is None:
        return Outcome(None, _in_order(checker.problems))
    if expects is not None and root.type is not expects:
        return Outcome(None, (report(Code.WRONG_RESULT, expected=expects, given=root.type),))
    if weight(root) > limits.WEIGHT:
        return Outcome(None, (report(Code.TOO_COSTLY, limit=limits.WEIGHT),))
    return Outcome(Formula(root))


def _key(row: Mapping[str, object], group_key: str) -> Hashable:
    key = row.get(group_key)
    return key if isinstance(key, Hashable) else str(key)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, in the order of the text."""
    once = {(each.code, each.at): each for each in problems}
    return tuple(sorted(once.values(), key=lambda each: each.at or 0))


def _answer(compute: Compute, frame: Frame) -> Outcome[Value]:
    """The value with what is worth knowing about it; without one, all reasons, each once."""
    value = compute(frame)
    if value is None:
        return Outcome(None, _in_order(frame.problems), tuple(frame.steps))
    warnings = tuple(each for each in frame.problems if each.severity is not Severity.NOTE)
    return Outcome(plain(value) if isinstance(value, Decimal) else value, warnings, tuple(frame.steps))
