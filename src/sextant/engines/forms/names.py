"""What formulas may call the answers of a form, and what they then get.

A field is known by its label. Where one answer holds several values, each has a name of its own behind a dot:
`[出差.首日]`, `[费用.金额]` (the sum of a column), `[费用.行数]`, `[能力.沟通]` (a row of a matrix).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sextant.engines.forms.fields import Field, FieldKind, Form
from sextant.engines.formula import FormulaType

FIRST_DAY, LAST_DAY, ROW_COUNT = "首日", "末日", "行数"
_NUMBERS = frozenset({FieldKind.NUMBER, FieldKind.MONEY, FieldKind.RATING})
_TYPES = {
    FieldKind.TEXT: FormulaType.TEXT,
    FieldKind.LONG_TEXT: FormulaType.TEXT,
    FieldKind.CHOICE: FormulaType.TEXT,
    FieldKind.CHOICES: FormulaType.TEXT,
    FieldKind.YES_NO: FormulaType.BOOLEAN,
    FieldKind.DATE: FormulaType.DATE,
    **dict.fromkeys(_NUMBERS, FormulaType.NUMBER),
}


def names_of(form: Form, *, formulas: Mapping[str, FormulaType]) -> dict[str, FormulaType]:
    """Every name a formula in this form may read. `formulas` are the types of its formula fields, by label.

    Persons, units, goals and files have none: a formula decides on what was answered, not on who is meant.
    """
    names = dict(formulas)
    for one in form.fields:
        names |= _names(one)
    return names


def _names(one: Field) -> dict[str, FormulaType]:
    if one.kind in _TYPES:
        return {one.label: _TYPES[one.kind]}
    if one.kind is FieldKind.PERIOD:
        return dict.fromkeys((f"{one.label}.{FIRST_DAY}", f"{one.label}.{LAST_DAY}"), FormulaType.DATE)
    if one.kind is FieldKind.MATRIX and _is_scale(one):
        return {f"{one.label}.{row.label}": FormulaType.NUMBER for row in one.rows}
    if one.kind is FieldKind.TABLE:
        sums = {f"{one.label}.{c.label}": FormulaType.NUMBER for c in one.columns if c.kind in _NUMBERS}
        return {f"{one.label}.{ROW_COUNT}": FormulaType.NUMBER, **sums}
    return {}


def _is_scale(one: Field) -> bool:
    return all(option.code.isdigit() for option in one.options)


def values_of(form: Form, answers: Mapping[str, Any]) -> dict[str, object]:
    """The values behind the names, from kept answers; what was not answered is absent.

    >>> from sextant.engines.forms.fields import Option
    >>> kind = Field("kind", FieldKind.CHOICE, "类别", options=(Option("a", "差旅"), Option("b", "培训")))
    >>> values_of(Form((kind,)), {"kind": "b"})
    {'类别': '培训'}
    """
    found: dict[str, object] = {}
    for one in form.fields:
        answer = answers.get(one.name)
        if answer is not None:
            found |= dict(_values(one, answer))
    return found


def _values(one: Field, answer: Any) -> Iterator[tuple[str, object]]:
    if one.kind is FieldKind.PERIOD:
        yield f"{one.label}.{FIRST_DAY}", date.fromisoformat(answer[0])
        yield f"{one.label}.{LAST_DAY}", date.fromisoformat(answer[1])
    elif one.kind is FieldKind.MATRIX:
        labels = {row.code: row.label for row in one.rows}
        if _is_scale(one):
            yield from ((f"{one.label}.{labels[row]}", Decimal(mark)) for row, mark in answer.items() if row in labels)
    elif one.kind is FieldKind.TABLE:
        yield f"{one.label}.{ROW_COUNT}", Decimal(len(answer))
        for column in one.columns:
            if column.kind in _NUMBERS:
                cells = [Decimal(row[column.name]) for row in answer if row.get(column.name) is not None]
                if cells:
                    yield f"{one.label}.{column.label}", sum(cells, Decimal(0))
    elif one.kind in _TYPES:
        yield one.label, typed(one, answer)


def typed(one: Field, answer: Any) -> object:
    """A single kept answer as a formula sees it: choices by their labels, several of them joined by 、."""
    labels = {option.code: option.label for option in one.options}
    if one.kind in _NUMBERS:
        return Decimal(answer)
    if one.kind is FieldKind.DATE:
        return date.fromisoformat(answer)
    if one.kind is FieldKind.CHOICE:
        return labels.get(answer, answer)
    if one.kind is FieldKind.CHOICES:
        return "、".join(labels.get(code, code) for code in answer)
    return answer
