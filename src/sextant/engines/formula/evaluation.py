"""Typed tree to a Python function of one row. The SQL of `sql.py` says the same; a test pins both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sextant.engines.formula import limits
from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.functions import TABLE, Function, Style
from sextant.engines.formula.nodes import Call, Literal, Node, Reference
from sextant.engines.formula.numbers import CEILING, DIGITS, PLACES, Fault, plain, settle
from sextant.engines.formula.printing import print_node
from sextant.engines.formula.types import DATE, NUMBER, TEXT, FormulaType, Value
from sextant.engines.values import Problem, Severity, Step


@dataclass(slots=True)
class Frame:
    """One evaluation: the row, the problems met so far, group values by position of their call, and the steps."""

    row: Mapping[str, object]
    problems: list[Problem]
    group: Mapping[int, Value | Fault | None] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


Compute: TypeAlias = Callable[[Frame], Any]

_FAULTS = {
    Fault.DIVISION_BY_ZERO: (Code.DIVISION_BY_ZERO, ()),
    Fault.OVERFLOW: (Code.OVERFLOW, ("digits",)),
    Fault.POWER_UNDEFINED: (Code.POWER_UNDEFINED, ()),
    Fault.DATES_REVERSED: (Code.DATES_REVERSED, ()),
    Fault.NO_BRANCH: (Code.NO_BRANCH, ("function",)),
    Fault.GROUP_NEEDED: (Code.GROUP_NEEDED, ("function",)),
}


def compile_node(node: Node, *, is_traced: bool = False) -> Compute:
    """A function from a frame to the node's value, None when it is missing. It never raises.

    `is_traced`: it also leaves a `Step` in the frame for each name read and each function applied.
    """
    if isinstance(node, Literal):
        value = node.value
        return lambda frame: value
    if isinstance(node, Reference):
        return _traced(_reference(node), node, "formula.name") if is_traced else _reference(node)
    function = TABLE[node.function]
    args = tuple(compile_node(arg, is_traced=is_traced) for arg in node.args)
    compute = _STYLES[function.style](function, node, args)
    compute = _forgiving(compute) if function.forgives else compute
    return _traced(compute, node, "formula.call") if is_traced else compute


def _traced(compute: Compute, node: Node, code: str) -> Compute:
    text = print_node(node)

    def traced(frame: Frame) -> Any:
        value = compute(frame)
        frame.steps.append(Step(code, {"text": text}, plain(value) if isinstance(value, Decimal) else value))
        return value

    return traced


def _reference(node: Reference) -> Compute:
    name, kind, at = node.name, node.type, node.at
    missing = report(Code.MISSING_VALUE, at=at, severity=Severity.NOTE, name=name)

    def compute(frame: Frame) -> Value | None:
        given = frame.row.get(name)
        if given is None:
            frame.problems.append(missing)
            return None
        value = read_value(given, kind)
        if value is None:
            shown = str(given)[: limits.EXCERPT]
            frame.problems.append(
                report(Code.WRONG_VALUE, at=at, severity=Severity.WARNING, name=name, expected=kind, value=shown)
            )
        return value

    return compute


def read_value(given: object, kind: FormulaType) -> Value | None:
    """A value of a row as the type its name was declared with, or None when it is not one.

    Whole numbers and floats become decimals (a float by its shortest digits), rounded half-up to 9 places; a
    datetime becomes its day. A text is never read as a number: that is the importer's work.

    >>> read_value(0.1, NUMBER), read_value(True, NUMBER), read_value(float("nan"), NUMBER)
    (Decimal('0.1'), None, None)
    """
    if kind is NUMBER:
        return _read_number(given)
    if kind is TEXT:
        return given if isinstance(given, str) else None
    if kind is DATE:
        return given.date() if isinstance(given, datetime) else given if isinstance(given, date) else None
    return given if isinstance(given, bool) else None


def _read_number(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        return None
    number = given if isinstance(given, Decimal) else Decimal(str(given))
    if not number.is_finite() or abs(number) >= CEILING:
        return None
    if _places(number) <= PLACES:
        return number
    settled = settle(number)
    return settled if isinstance(settled, Decimal) else None


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _strict(function: Function, call: Call, args: tuple[Compute, ...]) -> Compute:
    body = function.body

    def compute(frame: Frame) -> Any:
        values = []
        for arg in args:
            value = arg(frame)
            if value is None:
                return None
            values.append(value)
        return _settled(body(*values), call, frame)

    return compute


def _lenient(function: Function, call: Call, args: tuple[Compute, ...]) -> Compute:
    body = function.body
    return lambda frame: _settled(body(*[arg(frame) for arg in args]), call, frame)


def _lazy(function: Function, call: Call, args: tuple[Compute, ...]) -> Compute:
    body = function.body

    def compute(frame: Frame) -> Any:
        return _settled(body(*[lambda arg=arg: arg(frame) for arg in args]), call, frame)

    return compute


def _group(function: Function, call: Call, args: tuple[Compute, ...]) -> Compute:
    empty = report(Code.GROUP_EMPTY, at=call.at, severity=Severity.NOTE, function=call.function)

    def compute(frame: Frame) -> Any:
        value = frame.group.get(call.at, Fault.GROUP_NEEDED)
        if value is None:
            frame.problems.append(empty)
        return _settled(value, call, frame)

    return compute


_STYLES = {Style.STRICT: _strict, Style.LENIENT: _lenient, Style.LAZY: _lazy, Style.GROUP: _group}


def _forgiving(compute: Compute) -> Compute:
    """Forgets what went wrong inside when there is a value in the end."""

    def forgiving(frame: Frame) -> Any:
        before = len(frame.problems)
        value = compute(frame)
        if value is not None:
            del frame.problems[before:]
        return value

    return forgiving


def _settled(value: Any, call: Call, frame: Frame) -> Any:
    """The value, or None and a problem for a fault."""
    if not isinstance(value, Fault):
        return value
    code, names = _FAULTS[value]
    known = {"digits": DIGITS - PLACES, "function": call.function}
    params = {name: known[name] for name in names}
    frame.problems.append(report(code, at=call.at, severity=Severity.WARNING, **params))
    return None
