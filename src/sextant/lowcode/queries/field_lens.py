"""A list of persons, units or goals looked at through their custom fields: narrowed, sorted, with columns more.

Everything is in the address: `x.talent.level=a`, `x.talent.years.from=3`, `col=talent.years`, `by=-talent.years`. What
the reader may see for nobody is not offered; what they may see for some narrows and sorts among those alone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.translation import gettext

from sextant.engines.forms import Field, FieldKind, Viewer, work_out
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.access_fields import HR, FieldSight
from sextant.lowcode.contracts.custom_fields import FieldSet
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.models import ListedAnswer
from sextant.lowcode.policy.answer_lists import NOTHING, Listed, Test, listed_fields, read_test
from sextant.lowcode.queries.answer_lists import AnswerRow, answers_of, expression
from sextant.lowcode.queries.answer_words import names_in, say_answer
from sextant.lowcode.queries.custom_fields import list_field_sets, sheets_of
from sextant.lowcode.registry_hosts import find_field_host
from sextant.lowcode.registry_pickers import find_picker

Cells = tuple[tuple[str, str], ...]
"""Label and text of what a row shows of its custom fields."""
MOST_COLUMNS = 8
_SILENT = frozenset({FieldKind.SECTION, FieldKind.FILE})
"""Kinds that are no column: there is nothing to read in a cell."""


@dataclass(frozen=True)
class Offered:
    """A field the reader may look through. `seeing` are the subjects for which they see it, None for all; `listed` is
    None where it is a column alone."""

    set: FieldSet
    field: Field
    listed: Listed | None
    seeing: frozenset[int] | None

    @property
    def key(self) -> str:
        """By which an address names it."""
        return f"{self.set.code}.{self.field.name}"

    def may_tell(self, subject_id: int) -> bool:
        """Whether it may be seen for this one."""
        return self.seeing is None or subject_id in self.seeing


@dataclass(frozen=True, slots=True)
class LensControl:
    """A field as the filters above a list show it. `form` is how it is asked for: range, options, text or "" (a column
    alone); `options` are code, label and whether it is ticked."""

    key: str
    label: str
    unit: str
    form: str
    is_date: bool
    is_column: bool
    is_sorted: bool
    low: str
    high: str
    text: str
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class FieldLens:
    """What an address asks of the custom fields of one host. `asked` holds values of inputs as they were given, for the
    page to show again."""

    host: str
    offered: tuple[Offered, ...] = ()
    tests: tuple[tuple[Offered, Test], ...] = ()
    columns: tuple[Offered, ...] = ()
    by: Offered | None = None
    is_down: bool = False
    asked: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked of a field."""
        return bool(self.tests)

    @property
    def filters(self) -> tuple[Offered, ...]:
        """Those of the fields that lists filter by."""
        return tuple(one for one in self.offered if one.listed is not None)

    @property
    def controls(self) -> tuple[LensControl, ...]:
        """What is offered, as inputs with what was given."""
        return tuple(_control(one, self) for one in self.offered)

    @property
    def sort(self) -> str:
        """The order as an address has it."""
        return f"{'-' if self.is_down else ''}{self.by.key}" if self.by else ""

    def condition(self) -> Q:
        """The subjects that pass every test, over the id of the subject."""
        passed = Q()
        for one, test in self.tests:
            passed &= _passing(one, test)
        return passed

    def answers(self, definition_id: int) -> QuerySet[ListedAnswer]:
        """The answers themselves that pass every test, for a lens over one form."""
        found = answers_of(definition_id, tests=[test for _, test in self.tests])
        for one, _ in self.tests:
            found = _telling(one, found)
        return found

    def say(self, rows: Collection[AnswerRow], *, actor: Actor) -> dict[int, tuple[str, ...]]:
        """By sheet, the text of each column, "" where there is none to see. One query to each picker."""
        names = names_in([one.field for one in self.columns], [row.answers for row in rows], actor=actor)
        return {
            row.sheet_id: tuple(
                say_answer(one.field, row.answers.get(one.field.name), names) if one.may_tell(row.subject_id) else ""
                for one in self.columns
            )
            for row in rows
        }

    def order(self) -> list[OrderBy]:
        """What the subjects are sorted by first; [] for nothing. Who has no value comes last."""
        if self.by is None or self.by.listed is None:
            return []
        answers = _telling(self.by, answers_of(self.by.set.definition_id)).filter(subject_id=OuterRef("pk"))
        value = Subquery(answers.annotate(sorted_by=expression(self.by.listed)).values("sorted_by")[:1])
        return [value.desc(nulls_last=True) if self.is_down else value.asc(nulls_last=True)]

    def cells(self, subject_ids: Collection[int], *, actor: Actor) -> dict[int, Cells]:
        """Label and text of each column for each of the subjects; who has nothing to show is absent. One query, and
        one to each picker that is needed."""
        if not self.columns or not subject_ids:
            return {}
        sheets = sheets_of(self.host, subject_ids)
        worked = {place: _seen(sheet, self.columns) for place, sheet in sheets.items()}
        names = names_in([one.field for one in self.columns], worked.values(), actor=actor)
        found: dict[int, list[tuple[str, str]]] = {}
        for one in self.columns:
            for subject_id in subject_ids:
                answers = worked.get((subject_id, one.set.code), {})
                if one.may_tell(subject_id) and (said := say_answer(one.field, answers.get(one.field.name), names)):
                    found.setdefault(subject_id, []).append((one.field.label, said))
        return {subject_id: tuple(cells) for subject_id, cells in found.items()}


def read_lens(host: str, query: QueryDict, *, actor: Actor, now: datetime, on: date) -> FieldLens:
    """What the address asks, of what the actor may see. What it names and is not there counts as not given. One query
    for the sets, one for each relation that fields name, and those of pickers for what is asked by name."""
    found_host = find_field_host(host)
    sets = list_field_sets(host, on=now)
    if not sets or found_host is None:
        return FieldLens(host)
    offered = tuple(_offered(sets, FieldSight(found_host, actor, on).seeing))
    return _lens(host, offered, query, actor=actor, on=on)


def read_answer_lens(
    one: FieldSet, query: QueryDict, *, actor: Actor, on: date, usual_columns: int = MOST_COLUMNS
) -> FieldLens:
    """The same for the answers of one form, or one set, as HR reads them. Without columns in the address the first
    `usual_columns` are shown. The queries of `read_lens`."""
    host = find_field_host(one.host)
    seeing = FieldSight(host, actor, on).seeing if host is not None else _seen_by_hr
    found = _lens(one.host, tuple(_offered((one,), seeing)), query, actor=actor, on=on)
    return found if found.columns else replace(found, columns=found.offered[:usual_columns])


def _seen_by_hr(one: Field) -> frozenset[int] | None:
    """For which subjects HR sees a field of a form: for all or for none."""
    return None if Viewer(frozenset({HR})).may_see(one) else frozenset()


def _lens(host: str, offered: tuple[Offered, ...], query: QueryDict, *, actor: Actor, on: date) -> FieldLens:
    by_key = {one.key: one for one in offered}
    sort = query.get("by", "")
    by = by_key.get(sort.removeprefix("-"))
    asked = {key: query.getlist(key) for key in query if key.startswith("x.")}
    return FieldLens(
        host=host,
        offered=offered,
        tests=tuple(_tests(offered, asked, actor=actor, on=on)),
        columns=tuple(by_key[key] for key in dict.fromkeys(query.getlist("col")) if key in by_key)[:MOST_COLUMNS],
        by=by if by and by.listed and by.listed.is_sorted else None,
        is_down=sort.startswith("-"),
        asked=asked,
    )


def _control(one: Offered, lens: FieldLens) -> LensControl:
    def given(part: str = "") -> str:
        return (lens.asked.get(f"x.{one.key}{part}") or [""])[0]

    listed = one.listed
    form = ""
    if listed is not None:
        form = "range" if listed.is_range else "options" if listed.is_chosen else "text"
    ticked = lens.asked.get(f"x.{one.key}", [])
    return LensControl(
        key=one.key,
        label=one.field.label,
        unit=one.field.unit_label,
        form=form,
        is_date=one.field.kind is FieldKind.DATE,
        is_column=one in lens.columns,
        is_sorted=listed is not None and listed.is_sorted,
        low=given(".from"),
        high=given(".until"),
        text=given(),
        options=tuple((code, label, code in ticked) for code, label in _options(one.field))
        if form == "options"
        else (),
    )


def _options(one: Field) -> list[tuple[str, str]]:
    if one.kind is FieldKind.YES_NO:
        return [("true", gettext("是")), ("false", gettext("否")), (NOTHING, gettext("未填写"))]
    return [*((option.code, option.label) for option in one.options), (NOTHING, gettext("未填写"))]


def _offered(sets: Iterable[FieldSet], seeing_of: Callable[[Field], frozenset[int] | None]) -> Iterator[Offered]:
    for one in sets:
        listed = {each.name: each for each in listed_fields(one.read, one.document.listed_names())}
        for each in one.read.form.fields:
            if each.kind in _SILENT:
                continue
            seeing = seeing_of(each)
            if seeing is None or seeing:
                yield Offered(one, each, listed.get(each.name), seeing)


def _tests(
    offered: Iterable[Offered], asked: Mapping[str, list[str]], *, actor: Actor, on: date
) -> Iterator[tuple[Offered, Test]]:
    for one in offered:
        name = f"x.{one.key}"
        given = {
            key.removeprefix(name).lstrip("."): values
            for key, values in asked.items()
            if key in (name, f"{name}.from", f"{name}.until")
        }
        if one.listed is None or not given:
            continue
        picker = find_picker(one.field.kind)
        if picker is not None and given.get("") and (text := given[""][0].replace("\0", "").strip()):
            # a name that is nobody's is a filter that nothing passes
            given[""] = [str(picker.find(text, actor=actor, on=on) or 0)]
        test = read_test(one.listed, given)
        if test is not None:
            yield one, test


def _passing(one: Offered, test: Test) -> Q:
    answers = _telling(one, answers_of(one.set.definition_id, tests=[test]))
    passed = Q(pk__in=answers.values("subject_id"))
    if not test.is_empty:
        return passed
    # who was never written about has nothing there either
    without = ~Q(pk__in=answers_of(one.set.definition_id).values("subject_id"))
    return passed | (without if one.seeing is None else without & Q(pk__in=one.seeing))


def _telling(one: Offered, answers: QuerySet[ListedAnswer]) -> QuerySet[ListedAnswer]:
    return answers if one.seeing is None else answers.filter(subject_id__in=one.seeing)


def _seen(sheet: SheetRow, columns: Iterable[Offered]) -> dict[str, Any]:
    """The answers that count, with the results of formulas: what a condition hides is not there."""
    found = next((one.set for one in columns if one.set.code == sheet.part), None)
    if found is None:
        return {}
    worked = work_out(found.read, sheet.answers)
    return {name: value for name, value in {**sheet.answers, **worked.results}.items() if name in worked.shown}
