"""Answers taken in: each read and judged, what is not yours refused, what belongs together kept together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sextant.engines.forms.codes import Code
from sextant.engines.forms.fields import FieldKind, Viewer
from sextant.engines.forms.reading import ReadForm
from sextant.engines.forms.sheet import open_sheet, work_out
from sextant.engines.forms.values import read_value, refused
from sextant.engines.values import Outcome, Problem, Severity


@dataclass(frozen=True, slots=True)
class Taken:
    """Answers after a save. `answers` by field name, empty ones left out; `computed` results of the formula fields."""

    answers: Mapping[str, Any]
    computed: Mapping[str, Any]


def save_answers(
    read: ReadForm, kept: Mapping[str, Any], given: Mapping[str, object], *, viewer: Viewer
) -> Outcome[Taken]:
    """A draft: fields in `given` replace those kept, others stay. What cannot be read keeps its former answer and is
    named in a warning; an answer that is not the viewer's to change, or to no field, refuses the whole save (codes
    answer.not_yours, answer.unknown_field): a page that sends it is out of date or tampered with."""
    foreign = _foreign(read, kept, given, viewer)
    if foreign:
        return Outcome(None, foreign)
    answers, problems = _read_all(read, kept, given)
    told = tuple(Problem(p.code, p.params, severity=Severity.WARNING) for p in problems)
    return Outcome(Taken(answers, work_out(read, answers).results), told)


def hand_in(read: ReadForm, kept: Mapping[str, Any], given: Mapping[str, object], *, viewer: Viewer) -> Outcome[Taken]:
    """The form handed in by `viewer`: everything must be readable and what is required of them answered.

    Answers to fields whose condition is not met are left out of the result: a record does not contradict itself.
    Answers of others stay. Codes: the second block of `Code`; each problem names the field.
    """
    foreign = _foreign(read, kept, given, viewer)
    if foreign:
        return Outcome(None, foreign)
    answers, problems = _read_all(read, kept, given)
    unread = {problem.params.get("name") for problem in problems}
    for line in open_sheet(read, answers, viewer=viewer).lines:
        if line.is_shown and line.is_required and line.answer is None and line.field.name not in unread:
            problems += refused(line.field, Code.MISSING).problems
        elif line.is_shown and line.is_required and line.field.kind is FieldKind.MATRIX and line.answer is not None:
            open_rows = [row.label for row in line.field.rows if row.code not in line.answer]
            if open_rows:
                problems += refused(line.field, Code.MISSING, rows=tuple(open_rows)).problems
    if problems:
        return Outcome(None, tuple(problems))
    worked = work_out(read, answers)
    shown = {name: answer for name, answer in answers.items() if name in worked.shown}
    return Outcome(Taken(shown, worked.results))


def _foreign(
    read: ReadForm, kept: Mapping[str, Any], given: Mapping[str, object], viewer: Viewer
) -> tuple[Problem, ...]:
    """Answers that may not come from here. One that says what is kept anyway is no change and passes."""
    problems: list[Problem] = []
    for name, value in given.items():
        one = read.form.find(name)
        if one is None:
            problems.append(Problem(Code.UNKNOWN_FIELD, {"field": name, "name": name}))
        elif not viewer.may_edit(one) and read_value(one, value).value != kept.get(name):
            # who may not see a field is told no more of it than of one that is not there
            known = viewer.may_see(one)
            code = Code.NOT_YOURS if known else Code.UNKNOWN_FIELD
            problems.append(Problem(code, {"field": one.label if known else name, "name": name}))
    return tuple(problems)


def _read_all(
    read: ReadForm, kept: Mapping[str, Any], given: Mapping[str, object]
) -> tuple[dict[str, Any], list[Problem]]:
    answers = {name: answer for name, answer in kept.items() if answer is not None}
    problems: list[Problem] = []
    for one in read.form.fields:
        if one.name not in given or one.kind is FieldKind.FORMULA:
            continue
        found = read_value(one, given[one.name])
        problems += found.problems
        if found.value is not None:
            answers[one.name] = found.value
        elif not found.problems:
            answers.pop(one.name, None)
    return answers, problems
