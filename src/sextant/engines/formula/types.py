"""The four types a formula knows, and what a value of each looks like in Python."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = Decimal | str | bool | date
"""A value that is there. Missing is None, beside it, never inside it."""


class FormulaType(StrEnum):
    """Type of a name, an argument or a result: 数字, 文本, 是/否, 日期."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"


NUMBER, TEXT, BOOLEAN, DATE = FormulaType.NUMBER, FormulaType.TEXT, FormulaType.BOOLEAN, FormulaType.DATE

_PYTHON = {NUMBER: Decimal, TEXT: str, BOOLEAN: bool, DATE: date}


def type_of(value: Value) -> FormulaType:
    """The type a Python value has in a formula.

    >>> type_of(True), type_of(Decimal(1))
    (<FormulaType.BOOLEAN: 'boolean'>, <FormulaType.NUMBER: 'number'>)
    """
    return next(kind for kind, python in _PYTHON.items() if isinstance(value, python))
