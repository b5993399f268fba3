"""Answers as lists: filtered, sorted and paged in the database by the fields of their form.

One filter for list, count and export. Expressions here and the indexes of `actions.answer_lists` are written the same
way; a test looks at the plans.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Func, Q, QuerySet, TextField
from django.db.models.fields import DecimalField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Collate, Left

from sextant.lowcode.models import AnswerSet, ListedAnswer
from sextant.lowcode.policy.answer_lists import Listed, Measure, Test

TEXT_KEPT = 200
"""So many characters of a text are compared: an entry of an index has a bound."""
CHUNK = 2000
_SORTED = "sorted_by"
_LAST = chr(0x10FFFF)
"""The last character there is: everything that begins with a text comes before the text with it."""


@dataclass(frozen=True, slots=True)
class Order:
    """By which field, and which way; None is by the time of the answers."""

    listed: Listed | None = None
    is_down: bool = True


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended: the value there (None among those who answered nothing), and the sheet."""

    value: str | None
    sheet_id: int


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row: whose sheet, and the answers with the results of formulas. `at` is when it was handed in, or for custom
    fields last written."""

    sheet_id: int
    subject_id: int
    about_id: int | None
    at: datetime
    answers: dict[str, Any]


def is_listed(definition_id: int) -> bool:
    """Whether the answers of this definition are laid out for lists by now. One query."""
    return AnswerSet.objects.filter(definition_id=definition_id).exists()


def answers_of(definition_id: int, *, tests: Iterable[Test] = ()) -> QuerySet[ListedAnswer]:
    """The answers of a form, or of a set of custom fields, that pass every test."""
    found = ListedAnswer.objects.filter(definition_id=definition_id)
    for test in tests:
        name = f"by_{test.listed.name}"
        found = found.alias(**{name: expression(test.listed)}).filter(_condition(test, name))
    return found


def list_answers(
    found: QuerySet[ListedAnswer], *, order: Order, after: After | None = None, limit: int
) -> list[AnswerRow]:
    """The next `limit` of the answers in this order, behind `after`. Who answered nothing comes last, whichever way the
    order runs. At most two queries."""
    if order.listed is None:
        return [_row(one) for one in _by_time(found, order, after)[:limit]]
    found = found.alias(**{_SORTED: expression(order.listed)})
    is_past = after is not None and after.value is None
    rows = [] if is_past else [_row(one) for one in _filled(found, order, order.listed, after)[:limit]]
    if len(rows) < limit:
        behind = after.sheet_id if after is not None and is_past else 0
        empty = found.filter(Q(**{f"{_SORTED}__isnull": True}), sheet_id__gt=behind)
        rows += [_row(one) for one in empty.order_by("sheet_id")[: limit - len(rows)]]
    return rows


def place_of(row: AnswerRow, order: Order) -> After:
    """Where a page ends that ends with this row."""
    if order.listed is None:
        return After(row.at.isoformat(), row.sheet_id)
    value = row.answers.get(order.listed.name)
    if value is None:
        return After(None, row.sheet_id)
    return After(str(value).lower() if isinstance(value, bool) else str(value)[:TEXT_KEPT], row.sheet_id)


def is_place(after: After, order: Order) -> bool:
    """Whether this can be where a page of the order ended: it comes from an address, which anybody may write."""
    if after.value is None:
        return order.listed is not None
    try:
        _value(order.listed, after.value) if order.listed else datetime.fromisoformat(after.value)
    except (ArithmeticError, ValueError):
        return False
    return "\0" not in after.value


def stream_answers(found: QuerySet[ListedAnswer]) -> Iterator[AnswerRow]:
    """Every one of the answers, the oldest first; two thousand in memory. One query."""
    return (_row(one) for one in found.order_by("at", "sheet_id").iterator(chunk_size=CHUNK))


def expression(listed: Listed) -> Any:
    """A field's answers as the database compares them; an index of the field is over the same expression."""
    if listed.measure is Measure.CODES:
        return KeyTransform(listed.name, "answers")
    text = KeyTextTransform(listed.name, "answers")
    if listed.measure is Measure.TEXT:
        return Collate(Left(text, TEXT_KEPT, output_field=TextField()), "C")
    return Func(text, function="lowcode_number", output_field=DecimalField(max_digits=60, decimal_places=20))


def _condition(test: Test, name: str) -> Q:
    """The test over the expression of that name."""
    passed = Q()
    if test.low is not None:
        passed &= Q(**{f"{name}__gte": _value(test.listed, test.low)})
    if test.high is not None:
        passed &= Q(**{f"{name}__lte": _value(test.listed, test.high)})
    if test.beginning:
        # a stretch and no LIKE: the index is asked whatever the collation of the database
        passed &= Q(**{f"{name}__gte": test.beginning, f"{name}__lt": test.beginning + _LAST})
    if test.key is not None:
        passed &= Q(**{name: Decimal(test.key)})
    if test.codes and test.listed.measure is Measure.CODES:
        passed &= Q(**{f"{name}__has_any_keys": list(test.codes)})
    elif test.codes:
        passed &= Q(**{f"{name}__in": [_value(test.listed, code) for code in test.codes]})
    empty = Q(**{f"{name}__isnull": True})
    return (passed | empty if passed else empty) if test.is_empty else passed


def _filled(found: QuerySet[ListedAnswer], order: Order, listed: Listed, after: After | None) -> QuerySet[ListedAnswer]:
    found = found.filter(Q(**{f"{_SORTED}__isnull": False}))
    if after is not None and after.value is not None:
        found = found.filter(_behind(_SORTED, _value(listed, after.value), after.sheet_id, order))
    return found.order_by(*((f"-{_SORTED}", "-sheet_id") if order.is_down else (_SORTED, "sheet_id")))


def _by_time(found: QuerySet[ListedAnswer], order: Order, after: After | None) -> QuerySet[ListedAnswer]:
    if after is not None and after.value is not None:
        found = found.filter(_behind("at", datetime.fromisoformat(after.value), after.sheet_id, order))
    return found.order_by(*(("-at", "-sheet_id") if order.is_down else ("at", "sheet_id")))


def _behind(name: str, value: object, sheet_id: int, order: Order) -> Q:
    """Rows after this place. The first half is what an index can seek by; the second takes the ties apart."""
    way = "lt" if order.is_down else "gt"
    return Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | Q(**{f"sheet_id__{way}": sheet_id}))


def _value(listed: Listed, text: str) -> object:
    return Decimal(text) if listed.measure in (Measure.NUMBER, Measure.KEY) else text


def _row(one: ListedAnswer) -> AnswerRow:
    return AnswerRow(one.sheet_id, one.subject_id, one.about_id, one.at, one.answers)
