"""Syntax tree to typed tree: looks up names and functions, and checks every argument.

Goes on after a problem, so that the writer sees all of them at once: a part with a problem has no node, and whatever
contains it keeps silent about that part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sextant.engines.formula import limits
from sextant.engines.formula.arguments import check_arguments
from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.functions import ALIASES, TABLE, Function, Style, find_function
from sextant.engines.formula.nodes import Call, Literal, Node, Reference, walk
from sextant.engines.formula.suggestion import suggest
from sextant.engines.formula.syntax import Branch, Leaf, LeafKind, Syntax
from sextant.engines.formula.types import FormulaType, type_of
from sextant.engines.values import Problem


@dataclass(slots=True)
class Checker:
    """One check of one formula. `problems` fills while it runs, in the order of the text."""

    names: Mapping[str, FormulaType]
    problems: list[Problem] = field(default_factory=list)

    def node(self, syntax: Syntax) -> Node | None:
        """The typed node, or None when there is a problem in it."""
        if isinstance(syntax, Branch):
            return self._call(syntax)
        if syntax.kind in (LeafKind.NAME, LeafKind.BARE):
            return self._reference(syntax)
        value = syntax.value if isinstance(syntax.value, Decimal | bool) else str(syntax.value)
        return Literal(syntax.at, value, type_of(value))

    def _reference(self, leaf: Leaf) -> Reference | None:
        name = str(leaf.value)
        if name in self.names:
            return Reference(leaf.at, name, self.names[name])
        if leaf.kind is LeafKind.BARE and (function := find_function(name)):
            self.problems.append(report(Code.FUNCTION_WITHOUT_BRACKETS, at=leaf.at, function=function.name))
            return None
        self._unknown(Code.UNKNOWN_NAME, name, at=leaf.at, near=suggest(name, self.names))
        return None

    def _call(self, branch: Branch) -> Call | None:
        function = TABLE[branch.symbol] if branch.is_operator else find_function(branch.symbol)
        args = [self.node(part) for part in branch.parts]
        if function is None:
            near = suggest(branch.symbol, ALIASES)
            self._unknown(Code.UNKNOWN_FUNCTION, branch.symbol, at=branch.at, near=near)
            return None
        kind, problems = check_arguments(function, at=branch.at, args=args)
        self.problems.extend(problems)
        complete = tuple(arg for arg in args if arg is not None)
        if kind is None or len(complete) < len(args) or self._nests_group(function, complete):
            return None
        return Call(branch.at, function.name, complete, kind)

    def _nests_group(self, function: Function, args: tuple[Node, ...]) -> bool:
        """A group function inside a group function has no meaning: the inner one is the same for all rows."""
        if function.style is not Style.GROUP:
            return False
        inner = next((each for arg in args for each in walk(arg) if is_group_call(each)), None)
        if inner is not None:
            self.problems.append(report(Code.NESTED_GROUP, at=inner.at, function=function.name))
        return inner is not None

    def _unknown(self, code: Code, name: str, *, at: int, near: str | None) -> None:
        shown = name[: limits.EXCERPT]
        self.problems.append(
            report(code, at=at, name=shown, suggestion=near) if near else report(code, at=at, name=shown)
        )


def is_group_call(node: Node) -> bool:
    """Whether the node is a function over everyone in the unit."""
    return isinstance(node, Call) and TABLE[node.function].style is Style.GROUP
