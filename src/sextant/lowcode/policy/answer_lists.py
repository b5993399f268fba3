"""By which fields lists of answers filter and sort, what a filter asks, and what the database is to keep for it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sextant.engines.forms import Field, FieldKind, Form, ReadForm, work_out
from sextant.engines.forms.values import read_number, read_value
from sextant.engines.formula import FormulaType
from sextant.engines.values import Problem

MOST_LISTED = 24
"""Fields of one form that lists filter and sort by: each costs an index that every save keeps up."""
NOTHING = "-"
"""Asks for those who answered nothing; no code of an option is that."""


class Measure(StrEnum):
    """How answers of a field are compared."""

    NUMBER = "number"
    TEXT = "text"
    CODES = "codes"
    KEY = "key"


_MEASURES = {
    FieldKind.TEXT: Measure.TEXT,
    FieldKind.NUMBER: Measure.NUMBER,
    FieldKind.MONEY: Measure.NUMBER,
    FieldKind.RATING: Measure.NUMBER,
    FieldKind.YES_NO: Measure.TEXT,
    FieldKind.DATE: Measure.TEXT,
    FieldKind.CHOICE: Measure.TEXT,
    FieldKind.CHOICES: Measure.CODES,
    FieldKind.PERSON: Measure.KEY,
    FieldKind.UNIT: Measure.KEY,
    FieldKind.GOAL: Measure.KEY,
}
LISTED_KINDS = frozenset({*_MEASURES, FieldKind.FORMULA})


@dataclass(frozen=True, slots=True)
class Listed:
    """A field that lists filter and sort by."""

    field: Field
    measure: Measure

    @property
    def name(self) -> str:
        """The key of its answers."""
        return self.field.name

    @property
    def is_sorted(self) -> bool:
        """Whether an order of its answers says anything: several codes, and ids, have none."""
        return self.measure in (Measure.NUMBER, Measure.TEXT)

    @property
    def is_range(self) -> bool:
        """Whether it is filtered from – until."""
        is_date = self.field.kind is FieldKind.DATE
        return is_date or (self.measure is Measure.NUMBER and self.field.kind is not FieldKind.RATING)

    @property
    def is_chosen(self) -> bool:
        """Whether it is filtered by options."""
        return self.field.kind in (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.RATING, FieldKind.YES_NO)


@dataclass(frozen=True, slots=True)
class Test:
    """What a filter asks of one field. `low` and `high` are both part of the stretch; `codes` any of them; `beginning`
    of a text; `key` an id; `is_empty` together with `codes` means "or nothing". Numbers are digits as text."""

    listed: Listed
    low: str | None = None
    high: str | None = None
    codes: tuple[str, ...] = ()
    beginning: str = ""
    key: int | None = None
    is_empty: bool = False


def listed_fields(read: ReadForm, names: Collection[str]) -> tuple[Listed, ...]:
    """Those of the fields named that can be listed, in the order of the form."""
    return tuple(
        Listed(one, _measure(one, read)) for one in read.form.fields if one.name in names and one.kind in LISTED_KINDS
    )


def over_answers(read: ReadForm, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What lists lay over the answers of a sheet that stays open: results of formulas, and nothing for a field whose
    condition is not met just now. A sheet that is handed in leaves such answers out itself."""
    worked = work_out(read, answers)
    return {**{name: None for name in answers if name not in worked.shown}, **worked.results}


def listing_problems(form: Form, names: Collection[str]) -> Iterator[Problem]:
    """form.many_listed (count, most) and form.not_listed (field): what cannot be kept for lists."""
    if len(names) > MOST_LISTED:
        yield Problem("form.many_listed", {"count": len(names), "most": MOST_LISTED})
    for one in form.fields:
        if one.name in names and one.kind not in LISTED_KINDS:
            yield Problem("form.not_listed", {"field": one.label, "name": one.name})


def read_test(listed: Listed, given: Mapping[str, list[str]]) -> Test | None:
    """What was asked of the field, from the values of its inputs: "" , "from", "until". None for nothing, and for what
    cannot be read: an address somebody changed is no error.

    >>> fee = Listed(Field("fee", FieldKind.MONEY, "费用"), Measure.NUMBER)
    >>> read_test(fee, {"from": ["1,000"], "until": [""]}).low
    '1000'
    """
    if listed.is_range:
        low, high = (_bound(listed, given.get(part, [""])[-1]) for part in ("from", "until"))
        return Test(listed, low, high) if low is not None or high is not None else None
    asked = [text.strip() for text in given.get("", []) if text.strip() and "\0" not in text]
    if not asked:
        return None
    if listed.is_chosen:
        known = {option.code for option in listed.field.options} or {"true", "false"}
        codes = tuple(code for code in asked if code in known)
        empty = NOTHING in asked
        return Test(listed, codes=codes, is_empty=empty) if codes or empty else None
    if listed.measure is Measure.KEY:
        return Test(listed, key=int(asked[0])) if asked[0].isascii() and asked[0].isdigit() else None
    return Test(listed, beginning=asked[0][:100])


def _bound(listed: Listed, text: str) -> str | None:
    if listed.field.kind is FieldKind.DATE:
        day = read_value(listed.field, text).value
        return str(day) if day else None
    number = read_number(text)
    return None if number is None else format(number, "f")


def _measure(one: Field, read: ReadForm) -> Measure:
    if one.kind is FieldKind.FORMULA:
        is_number = read.computed[one.name].type is FormulaType.NUMBER
        return Measure.NUMBER if is_number else Measure.TEXT
    return _MEASURES[one.kind]
