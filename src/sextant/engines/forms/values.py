"""One answer: from what came in to the one plain form in which it is kept, or what is wrong with it.

Kept are JSON values: a number is its digits as text (so that no float ever touches it), a date its ISO text, a choice
its code. An empty answer is None, whatever the kind.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sextant.engines.forms.codes import Code
from sextant.engines.forms.fields import Field, FieldKind, Option
from sextant.engines.values import Outcome, Problem

TEXT_LENGTH = 500
LONG_TEXT_LENGTH = 20_000
MOST_ROWS = 200
_DIGITS = 22
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋", "0123456789.,-+")

Plain = Any


def read_value(one: Field, given: object) -> Outcome[Plain]:
    """The answer as it is kept; value None without a problem when it is empty.

    `given` is text from a page or a JSON value from a program. Every problem carries `field` (the label) and, where one
    was given, `value`.

    >>> read_value(Field("fee", FieldKind.MONEY, "费用"), "1,234.5").value
    '1234.5'
    >>> read_value(Field("fee", FieldKind.MONEY, "费用"), "很多").problems[0].code.value
    'answer.not_a_number'
    """
    if _is_empty(given):
        return Outcome(None)
    return _READERS[one.kind](one, given)


def _is_empty(given: object) -> bool:
    return given is None or (isinstance(given, str) and not given.strip()) or given in ([], {}, ())


def refused(one: Field, code: Code, given: object = None, **params: object) -> Outcome[Plain]:
    """No answer, for this reason."""
    named = {"field": one.label, "name": one.name, **params}
    if given is not None:
        named["value"] = str(given)[:80]
    return Outcome(None, (Problem(code, named),))


def _text(one: Field, given: object) -> Outcome[Plain]:
    if not isinstance(given, str):
        return refused(one, Code.SHAPE, given)
    most = one.max_length or (LONG_TEXT_LENGTH if one.kind is FieldKind.LONG_TEXT else TEXT_LENGTH)
    text = given.strip().replace("\r\n", "\n")
    if len(text) > most:
        return refused(one, Code.TOO_LONG, given, most=most, length=len(text))
    return Outcome(text)


def read_number(given: object) -> Decimal | None:
    """A number as people type it (1,234.5 · full-width digits), or None when it is none.

    >>> read_number("１，２３４．５")
    Decimal('1234.5')
    >>> read_number("1e99") is None
    True
    """
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        return None
    text = str(given).translate(_FULL_WIDTH).replace(",", "").replace(" ", "")
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if len(number.as_tuple().digits) <= _DIGITS else None


def _number(one: Field, given: object) -> Outcome[Plain]:
    number = read_number(given)
    if number is None:
        return refused(one, Code.NOT_A_NUMBER, given)
    if -int(number.as_tuple().exponent) > one.places:
        return refused(one, Code.PLACES, given, places=one.places)
    return _bounded(one, number, given, kept=format(number, "f"))


def _bounded(one: Field, number: Decimal, given: object, *, kept: Plain) -> Outcome[Plain]:
    if one.least is not None and number < one.least:
        return refused(one, Code.BELOW, given, least=one.least)
    if one.most is not None and number > one.most:
        return refused(one, Code.ABOVE, given, most=one.most)
    return Outcome(kept)


def _yes_no(one: Field, given: object) -> Outcome[Plain]:
    known = {True: True, False: False, "yes": True, "no": False, "true": True, "false": False, "on": True}
    if isinstance(given, str | bool) and given in known:
        return Outcome(known[given])
    return refused(one, Code.NOT_A_CHOICE, given)


def _day(given: object) -> date | None:
    try:
        return date.fromisoformat(given.strip()) if isinstance(given, str) else None
    except ValueError:
        return None


def _date(one: Field, given: object) -> Outcome[Plain]:
    day = _day(given)
    return refused(one, Code.NOT_A_DATE, given) if day is None else Outcome(day.isoformat())


def _period(one: Field, given: object) -> Outcome[Plain]:
    """Kept as [first day, last day]: people name the last day of a stretch, engines make it half-open."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2:
        return refused(one, Code.SHAPE, given)
    if _is_empty(given[0]) and _is_empty(given[1]):
        return Outcome(None)
    first, last = _day(given[0]), _day(given[1])
    if first is None or last is None:
        return refused(one, Code.NOT_A_DATE, given[0] if first is None else given[1])
    if last < first:
        return refused(one, Code.PERIOD_CROSSED, first=first, last=last)
    return Outcome([first.isoformat(), last.isoformat()])


def _choice(one: Field, given: object) -> Outcome[Plain]:
    if not isinstance(given, str) or given not in _codes(one.options):
        return refused(one, Code.NO_SUCH_OPTION, given)
    return Outcome(given)


def _choices(one: Field, given: object) -> Outcome[Plain]:
    asked = [given] if isinstance(given, str) else given
    if not isinstance(asked, list | tuple) or not all(isinstance(code, str) for code in asked):
        return refused(one, Code.SHAPE, given)
    unknown = next((code for code in asked if code not in _codes(one.options)), None)
    if unknown is not None:
        return refused(one, Code.NO_SUCH_OPTION, unknown)
    # in the order of the form, each once: the same ticks are the same answer
    return Outcome([option.code for option in one.options if option.code in asked])


def _rating(one: Field, given: object) -> Outcome[Plain]:
    return _choice(one, str(given) if isinstance(given, int) else given)


def _matrix(one: Field, given: object) -> Outcome[Plain]:
    if not isinstance(given, Mapping) or not all(isinstance(mark, str | int) for mark in given.values()):
        return refused(one, Code.SHAPE, given)
    marks = {str(row): str(mark) for row, mark in given.items() if not _is_empty(mark)}
    rows, steps = _codes(one.rows), _codes(one.options)
    wrong = [row for row in marks if row not in rows] + [mark for mark in marks.values() if mark not in steps]
    if wrong:
        return refused(one, Code.NO_SUCH_OPTION, wrong[0])
    return Outcome({row.code: marks[row.code] for row in one.rows if row.code in marks} or None)


def _key(one: Field, given: object) -> Outcome[Plain]:
    """A person, unit or goal by its id. Whether it exists, and may be named by who answers, its app decides."""
    number = read_number(given)
    if number is None or number != number.to_integral_value() or number <= 0:
        return refused(one, Code.NOT_A_CHOICE, given)
    return Outcome(int(number))


def _files(one: Field, given: object) -> Outcome[Plain]:
    """Kept as [{"file": id in the store, "name": as it was called}]."""
    asked = [given] if isinstance(given, Mapping) else given
    if not isinstance(asked, list | tuple) or not all(_is_file(file) for file in asked):
        return refused(one, Code.SHAPE, given)
    return _counted(one, [{"file": file["file"], "name": file["name"]} for file in asked])


def _is_file(file: object) -> bool:
    return isinstance(file, Mapping) and isinstance(file.get("file"), int) and isinstance(file.get("name"), str)


def _table(one: Field, given: object) -> Outcome[Plain]:
    known = {column.name for column in one.columns}
    if not isinstance(given, list | tuple) or not all(isinstance(row, Mapping) and known >= set(row) for row in given):
        return refused(one, Code.SHAPE, given)
    filled = [row for row in given if not all(_is_empty(cell) for cell in row.values())]
    read = [_row(one, row, number=number) for number, row in enumerate(filled, start=1)]
    problems = tuple(problem for row in read for problem in row.problems)
    return Outcome(None, problems) if problems else _counted(one, [row.value for row in read])


def _row(one: Field, given: Mapping[str, object], *, number: int) -> Outcome[dict[str, Plain]]:
    """One row of a table. Problems name the column, and the row as people count."""
    cells: dict[str, Plain] = {}
    problems: list[Problem] = []
    for column in one.columns:
        found = read_value(column, given.get(column.name))
        if found.value is not None:
            cells[column.name] = found.value
        elif column.is_required and not found.problems:
            found = refused(column, Code.MISSING)
        problems += found.problems
    where = {"table": one.label, "row": number, "name": one.name}
    return Outcome(cells, tuple(Problem(problem.code, {**problem.params, **where}) for problem in problems))


def _counted(one: Field, items: list[Any]) -> Outcome[Plain]:
    most = int(one.most) if one.most is not None else MOST_ROWS
    if len(items) > most:
        return refused(one, Code.MANY_ROWS, most=most, count=len(items))
    if items and one.least is not None and len(items) < one.least:
        return refused(one, Code.FEW_ROWS, least=int(one.least), count=len(items))
    return Outcome(items or None)


def _nothing(one: Field, given: object) -> Outcome[Plain]:
    return refused(one, Code.NOT_YOURS, given)


def _codes(options: tuple[Option, ...]) -> frozenset[object]:
    return frozenset(option.code for option in options)


_READERS: Mapping[FieldKind, Callable[[Field, object], Outcome[Plain]]] = {
    FieldKind.SECTION: _nothing,
    FieldKind.FORMULA: _nothing,
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _number,
    FieldKind.YES_NO: _yes_no,
    FieldKind.DATE: _date,
    FieldKind.PERIOD: _period,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.RATING: _rating,
    FieldKind.MATRIX: _matrix,
    FieldKind.PERSON: _key,
    FieldKind.UNIT: _key,
    FieldKind.GOAL: _key,
    FieldKind.FILE: _files,
    FieldKind.TABLE: _table,
}
