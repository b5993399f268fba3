"""Walks a formula and collects what is probably not meant. Every finding is a warning: the formula still works."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from typing import Any

from sextant.engines.formula import limits
from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.constants import constant_of, is_constant
from sextant.engines.formula.functions import TABLE
from sextant.engines.formula.lint.facts import NOTHING_KNOWN, Facts, facts, region_of
from sextant.engines.formula.lint.regions import compared, holds, meet
from sextant.engines.formula.nodes import Call, Node
from sextant.engines.formula.printing import print_node
from sextant.engines.formula.types import BOOLEAN
from sextant.engines.values import Problem, Severity

_JUDGED = ("=", "<>", "<", "<=", ">", ">=", "AND", "OR", "NOT")


def lint(root: Node) -> tuple[Problem, ...]:
    """Warnings about a formula, in the order of its text. Codes: the last block of `Code`."""
    visitor = _Visitor()
    visitor.visit(root, _Path())
    return tuple(sorted(visitor.found, key=lambda each: each.at or 0))


@dataclass(frozen=True, slots=True)
class _Path:
    """How a node is reached: what is known there, and whether a missing value is caught further up."""

    known: Facts = NOTHING_KNOWN
    is_caught: bool = False

    def knowing(self, more: Facts) -> "_Path":
        return replace(self, known=self.known.along_with(more))


@dataclass(slots=True)
class _Visitor:
    found: list[Problem] = field(default_factory=list)

    def visit(self, node: Node, path: _Path) -> None:
        if not isinstance(node, Call):
            return
        if self._judge(node):
            return
        special = {
            "IF": self._if,
            "IFS": self._ifs,
            "SWITCH": self._switch,
            "LOOKUP": self._look_up,
            "AND": self._and_or,
            "OR": self._and_or,
            "/": self._divide,
            "CLAMP": self._clamp,
        }
        special.get(node.function, self._others)(node, path)

    def _others(self, node: Call, path: _Path) -> None:
        forgives = TABLE[node.function].forgives
        for arg in node.args:
            self.visit(arg, replace(path, is_caught=True) if forgives else path)

    def _judge(self, node: Call) -> bool:
        """Says when a condition is the same in every row; then nothing inside needs saying."""
        if node.type is not BOOLEAN or node.function not in _JUDGED:
            return False
        if facts(node, truth=True).is_impossible:
            self._warn(Code.ALWAYS_FALSE, node, condition=_shown(node))
            return True
        if facts(node, truth=False).is_impossible:
            self._warn(Code.ALWAYS_TRUE, node, condition=_shown(node))
            return True
        return False

    def _if(self, node: Call, path: _Path) -> None:
        condition, then, *otherwise = node.args
        self._branches([(condition, then)], otherwise, path)

    def _ifs(self, node: Call, path: _Path) -> None:
        self._branches(list(zip(node.args[::2], node.args[1::2], strict=True)), (), path)

    def _branches(self, pairs: Sequence[tuple[Node, Node]], otherwise: Sequence[Node], path: _Path) -> None:
        """Conditions asked in turn, each knowing that those before it did not hold."""
        values = [value for _, value in pairs] + list(otherwise)
        for place, (condition, value) in enumerate(pairs, start=1):
            self.visit(condition, path)
            self._branch(value, condition, path.knowing(facts(condition, truth=True)))
            path = path.knowing(facts(condition, truth=False))
            if path.known.is_impossible:
                # The condition holds for everyone who gets here, so the value after it is never taken.
                if place < len(values):
                    self._unreachable(values[place], condition)
                return
        for value in otherwise:
            self.visit(value, path)

    def _branch(self, value: Node, condition: Node, path: _Path) -> None:
        """A value that is taken on this path; on an impossible one it never is."""
        if path.known.is_impossible:
            self._unreachable(value, condition)
        else:
            self.visit(value, path)

    def _unreachable(self, value: Node, condition: Node) -> None:
        """Once only: not when the condition itself was already found to be the same in every row."""
        if not self._is_judged(condition):
            self._warn(Code.UNREACHABLE, value, branch=_shown(value), condition=_shown(condition))

    def _is_judged(self, condition: Node) -> bool:
        codes = (Code.ALWAYS_TRUE, Code.ALWAYS_FALSE)
        return any(each.at == condition.at and each.code in codes for each in self.found)

    def _switch(self, node: Call, path: _Path) -> None:
        subject, *rest = node.args
        self.visit(subject, path)
        key, seen = print_node(subject), []
        for case, value in zip(rest[::2], rest[1::2], strict=False):
            constant = constant_of(case)
            if constant in seen:
                self._warn(Code.DUPLICATE_CASE, case, case=_shown(case))
                continue
            seen.append(constant)
            condition = Call(case.at, "=", (subject, case), BOOLEAN)
            self._branch(value, condition, path.knowing(Facts({key: compared("=", constant)})))
        if len(rest) % 2:
            others = (Facts({key: compared("<>", constant)}) for constant in seen)
            self.visit(rest[-1], reduce(_Path.knowing, others, path))

    def _look_up(self, node: Call, path: _Path) -> None:
        subject, *rest = node.args
        self.visit(subject, path)
        thresholds, values = rest[::2], rest[1::2]
        if not self._ascend(thresholds):
            return
        key, bounds = print_node(subject), [constant_of(threshold) for threshold in thresholds]
        for place, (threshold, value) in enumerate(zip(thresholds, values, strict=True)):
            region = compared(">=", bounds[place])
            if place + 1 < len(bounds):
                region = meet(region, compared("<", bounds[place + 1]))
            condition = Call(threshold.at, ">=", (subject, threshold), BOOLEAN)
            self._branch(value, condition, path.knowing(Facts({key: region})))

    def _ascend(self, thresholds: Sequence[Node]) -> bool:
        for before, threshold in pairwise(thresholds):
            low, high = constant_of(before), constant_of(threshold)
            if not (isinstance(low, Decimal) and isinstance(high, Decimal) and low < high):
                params = {"threshold": _shown(threshold), "before": _shown(before)}
                self._warn(Code.THRESHOLDS_NOT_ASCENDING, threshold, **params)
                return False
        return True

    def _and_or(self, node: Call, path: _Path) -> None:
        """Each part is asked knowing that those before it did not settle the matter: AND([b]<>0, [a]/[b]>1)."""
        for arg in node.args:
            self.visit(arg, path)
            path = path.knowing(facts(arg, truth=node.function == "AND"))

    def _divide(self, node: Call, path: _Path) -> None:
        divisor = node.args[1]
        if is_constant(divisor):
            if constant_of(divisor) == 0:
                self._warn(Code.DIVIDES_BY_ZERO, node)
        elif not path.is_caught and holds(region_of(divisor, path.known), Decimal(0)):
            self._warn(Code.MAY_DIVIDE_BY_ZERO, node, divisor=_shown(divisor))
        self._others(node, path)

    def _clamp(self, node: Call, path: _Path) -> None:
        low, high = (constant_of(arg) for arg in node.args[1:])
        if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
            self._warn(Code.CLAMP_REVERSED, node, low=low, high=high)
        self._others(node, path)

    def _warn(self, code: Code, node: Node, **params: Any) -> None:
        self.found.append(report(code, at=node.at, severity=Severity.WARNING, **params))


def _shown(node: Node) -> str:
    text = print_node(node)
    return text if len(text) <= limits.EXCERPT else text[: limits.EXCERPT] + "…"
