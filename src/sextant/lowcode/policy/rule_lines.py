"""A line of a condition built from parts (a name, a comparison, a number), and its formula: one thing in two forms.

What is kept is the formula. A formula is shown in parts only where those parts, written again, mean the same; every
other one is shown as it was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from sextant.engines.formula import FormulaType, parse
from sextant.engines.formula.nodes import Call, Literal, Node, Reference

SIGNS = ("<", "<=", ">", ">=", "=", "<>")
WORD_SIGNS = ("=", "<>")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_START_SHARE, _START_NUMBER = "70%", "1"


@dataclass(frozen=True, slots=True)
class Compared:
    """有效拜访量 低于 目标值 的 70%: `[name] sign number`, or `[name] sign [of] * number`. `number` as it is written:
    "70%", "-3.5"."""

    name: str
    sign: str
    number: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """在 (不在) 暂缓考核 状态: `[name]`, `NOT([name])`."""

    name: str
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Worded:
    """部门 是 华东: `[name] = "word"`."""

    name: str
    sign: str
    word: str


@dataclass(frozen=True, slots=True)
class Dated:
    """入职日期 早于 2026-01-01: `[name] < DATE(2026, 1, 1)`."""

    name: str
    sign: str
    day: date


@dataclass(frozen=True, slots=True)
class Known:
    """完成率 有 (没有) 数据: `ISBLANK([name])`."""

    name: str
    is_missing: bool = True


@dataclass(frozen=True, slots=True)
class Free:
    """A formula that has no parts, or has problems."""

    text: str


Line: TypeAlias = Compared | Stated | Worded | Dated | Known | Free


def read_line(text: str, *, names: Mapping[str, FormulaType]) -> Line:
    """The text in parts; Free where it has none.

    >>> read_line("70% > [完成率]", names={"完成率": FormulaType.NUMBER})
    Compared(name='完成率', sign='<', number='70%', of='')
    """
    found = parse(text, names=names, expects=FormulaType.BOOLEAN).value
    return (_read(found.root) if found else None) or Free(text)


def write_line(line: Line) -> str:
    """The formula of the parts.

    >>> write_line(Compared("拜访量", "<", "70%", of="目标值"))
    '[拜访量] < [目标值] * 70%'
    """
    match line:
        case Compared(name, sign, number, of):
            return f"[{name}] {sign} {f'[{of}] * ' if of else ''}{number.strip()}"
        case Stated(name, holds):
            return f"[{name}]" if holds else f"NOT([{name}])"
        case Worded(name, sign, word):
            return f'[{name}] {sign} "{word.replace(chr(34), chr(34) * 2)}"'
        case Dated(name, sign, day):
            return f"[{name}] {sign} DATE({day.year}, {day.month}, {day.day})"
        case Known(name, is_missing):
            return f"ISBLANK([{name}])" if is_missing else f"NOT(ISBLANK([{name}]))"
        case Free(text):
            return text


def start_line(name: str, kind: FormulaType, *, is_ratio: bool = False, on: date) -> Line:
    """What a line about this name begins with. `on` is the day a comparison of days begins with."""
    if kind is FormulaType.BOOLEAN:
        return Stated(name)
    if kind is FormulaType.TEXT:
        return Worded(name, "=", "")
    if kind is FormulaType.DATE:
        return Dated(name, ">=", on)
    return Compared(name, "<", _START_SHARE) if is_ratio else Compared(name, ">=", _START_NUMBER)


def rename_line(line: Line, name: str, kind: FormulaType, *, is_ratio: bool = False, on: date) -> Line:
    """The line about another name: what can stay stays, so that choosing a name loses no number."""
    begun = start_line(name, kind, is_ratio=is_ratio, on=on)
    match line, begun:
        case Known(_, is_missing), _:
            return Known(name, is_missing)
        case Compared(_, sign, number, of), Compared() if number.endswith("%") is (is_ratio or bool(of)):
            return Compared(name, sign, number, of)
        case Compared(_, sign, _, _), Compared(_, _, number, _):
            return Compared(name, sign, number)
        case Stated(_, holds), Stated():
            return Stated(name, holds)
        case Worded(_, sign, word), Worded():
            return Worded(name, sign, word)
        case Dated(_, sign, day), Dated():
            return Dated(name, sign, day)
        case _:
            return begun


def _read(root: Node) -> Line | None:
    match root:
        case Reference(name=name):
            return Stated(name)
        case Call(function="NOT", args=(Reference(name=name),)):
            return Stated(name, holds=False)
        case Call(function="ISBLANK", args=(Reference(name=name),)):
            return Known(name)
        case Call(function="NOT", args=(Call(function="ISBLANK", args=(Reference(name=name),)),)):
            return Known(name, is_missing=False)
        case Call(function=sign, args=(Reference(name=name), right)) if sign in SIGNS:
            return _compare(name, sign, right)
        case Call(function=sign, args=(left, Reference(name=name))) if sign in SIGNS:
            return _compare(name, _TURNED[sign], left)
        case _:
            return None


def _compare(name: str, sign: str, other: Node) -> Line | None:
    match other:
        case Literal(value=str() as word) if sign in WORD_SIGNS and "\n" not in word:
            return Worded(name, sign, word)
        case Call(
            function="DATE", args=(Literal(value=Decimal() as y), Literal(value=Decimal() as m), Literal(value=d))
        ):
            return _dated(name, sign, (y, m, d))
        case (
            Call(function="*", args=(Reference(name=of), factor))
            | Call(function="*", args=(factor, Reference(name=of)))
        ):
            number = _number(factor)
            return Compared(name, sign, number, of) if number is not None else None
        case Reference(name=of):
            return Compared(name, sign, "100%", of) if other.type is FormulaType.NUMBER else None
        case _:
            number = _number(other)
            return Compared(name, sign, number) if number is not None else None


def _dated(name: str, sign: str, parts: tuple[object, ...]) -> Dated | None:
    try:
        return Dated(name, sign, date(*(int(str(part)) for part in parts)))
    except ValueError:
        return None


def _number(node: Node) -> str | None:
    """A number as it is written: digits, a minus before them, a percent sign behind."""
    match node:
        case Literal(value=Decimal() as value):
            return f"{value:f}"
        case Call(function="%", args=(Literal(value=Decimal() as value),)):
            return f"{value:f}%"
        case Call(function="-", args=(inner,)) if not (isinstance(inner, Call) and inner.function == "-"):
            number = _number(inner)
            return f"-{number}" if number is not None else None
        case _:
            return None
