"""Lines of a sheet as its page shows them: plain values for inputs, words for readers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sextant.engines.forms import Field, FieldKind, Line, ReadForm, Viewer, open_sheet
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.messages.forms import say_form, say_reach
from sextant.lowcode.queries.answer_words import PICKED, Names, names_in, say_answer

SPARE_ROWS = 1
"""Empty rows under a table, so that without a script there is one to write in."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, ticked or not."""

    code: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its input's name, its column, and what stands in it."""

    key: str
    label: str
    kind: FieldKind
    unit: str
    text: str
    choices: tuple[Choice, ...]
    is_on: bool | None = None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One field. `text` is what an input holds; `said` what a reader reads; the other parts belong to their kinds."""

    name: str
    kind: FieldKind
    label: str
    hint: str
    unit: str
    reach: str
    is_half: bool
    is_shown: bool
    is_required: bool
    is_editable: bool
    text: str
    said: str
    errors: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    matrix: tuple[tuple[str, str, tuple[Choice, ...]], ...] = ()
    table: tuple[tuple[Cell, ...], ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()
    period: tuple[str, str] = ("", "")
    max_length: int = 0


def shown_lines(
    read: ReadForm,
    document: FormDocument,
    answers: Mapping[str, Any],
    *,
    viewer: Viewer,
    actor: Actor,
    is_open: bool,
    problems: Iterable[Problem] = (),
) -> list[ShownLine]:
    """What the page shows to `viewer`, each line with what is said to be wrong with it; a sheet that is not open is
    read only. One question to each picker, whatever the number of lines."""
    sheet = open_sheet(read, answers, viewer=viewer)
    names = names_in(read.form.fields, [answers], actor=actor)
    half = {one.name for one in document.fields if one.width == "half"}
    errors: dict[str, list[str]] = {}
    for problem in problems:
        errors.setdefault(str(problem.params.get("name", "")), []).append(say_form(problem))
    lines = [line if is_open else replace(line, is_editable=False, is_required=False) for line in sheet.lines]
    return [_shown(line, names, is_half=line.field.name in half, errors=errors) for line in lines]


def shown_text(read: ReadForm, name: str, answer: Any, *, actor: Actor) -> str:
    """One answer in words."""
    one = read.form.find(name)
    return "" if one is None else say_answer(one, answer, names_in((one,), [{name: answer}], actor=actor))


def _shown(line: Line, names: Names, *, is_half: bool, errors: Mapping[str, list[str]]) -> ShownLine:
    one, answer = line.field, line.answer
    is_table = one.kind is FieldKind.TABLE
    return ShownLine(
        name=one.name,
        kind=one.kind,
        label=one.label,
        hint=one.hint,
        unit=one.unit_label,
        reach=say_reach(one) if one.reach.see else "",
        is_half=is_half,
        is_shown=line.is_shown,
        is_required=line.is_required,
        is_editable=line.is_editable,
        text=_text(one, answer, names),
        said=say_answer(one, answer, names),
        errors=tuple(errors.get(one.name, ())),
        choices=_choices(one, answer),
        matrix=_matrix(one, answer) if one.kind is FieldKind.MATRIX else (),
        table=_rows(one, answer or [], names, spare=SPARE_ROWS if line.is_editable else 0) if is_table else (),
        files=tuple(answer or ()) if one.kind is FieldKind.FILE else (),
        period=(answer[0], answer[1]) if one.kind is FieldKind.PERIOD and answer else ("", ""),
        max_length=one.max_length,
    )


def _text(one: Field, answer: Any, names: Names) -> str:
    """What an input holds."""
    if answer is None or one.kind in (FieldKind.TABLE, FieldKind.MATRIX, FieldKind.FILE, FieldKind.PERIOD):
        return ""
    if one.kind in PICKED:
        return names.get((one.kind, answer), "")
    if one.kind is FieldKind.YES_NO:
        return "yes" if answer else "no"
    return str(answer) if not isinstance(answer, list) else ""


def _choices(one: Field, answer: Any) -> tuple[Choice, ...]:
    on = answer if one.kind is FieldKind.CHOICES and answer else (answer,)
    return tuple(Choice(option.code, option.label, option.code in on) for option in one.options)


def _matrix(one: Field, answer: Any) -> tuple[tuple[str, str, tuple[Choice, ...]], ...]:
    marks = answer or {}
    return tuple((row.code, row.label, _choices(one, marks.get(row.code))) for row in one.rows)


def _rows(one: Field, rows: list[Mapping[str, Any]], names: Names, *, spare: int) -> tuple[tuple[Cell, ...], ...]:
    every = [*rows, *({} for _ in range(spare))]
    return tuple(
        tuple(_cell(one, column, number, row.get(column.name), names) for column in one.columns)
        for number, row in enumerate(every)
    )


def _cell(one: Field, column: Field, number: int, answer: Any, names: Names) -> Cell:
    return Cell(
        key=f"a-{one.name}-{number}-{column.name}",
        label=column.label,
        kind=column.kind,
        unit=column.unit_label,
        text=_text(column, answer, names),
        choices=_choices(column, answer),
        is_on=answer if isinstance(answer, bool) else None,
    )
