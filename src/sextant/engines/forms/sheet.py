"""The form as one person sees it now: what is shown, what is asked, what is worked out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sextant.engines.forms.codes import Code
from sextant.engines.forms.fields import ASKED_OF_NOBODY, Field, FieldKind, Form, Viewer
from sextant.engines.forms.names import values_of
from sextant.engines.forms.reading import ReadForm
from sextant.engines.formula import Formula
from sextant.engines.values import Problem, Severity


@dataclass(frozen=True, slots=True)
class Line:
    """One field on the sheet. `answer` is the kept one, or what a formula gave; None is empty. A line that is not
    shown because of its condition keeps its answer until the form is handed in: who changes a yes to a no and back
    loses nothing."""

    field: Field
    answer: Any
    is_shown: bool
    is_required: bool
    is_editable: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines in the order of the form, those the viewer may not see left out; problems of formulas as warnings."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Worked:
    """What holds whoever looks: which fields are shown, values behind formula names, results of formula fields."""

    shown: frozenset[str]
    values: Mapping[str, object]
    results: Mapping[str, Any]
    problems: tuple[Problem, ...]


def work_out(read: ReadForm, answers: Mapping[str, Any]) -> Worked:
    """Work the fields out, each after those it depends on.

    A field whose condition is not met, or cannot be told because something is missing, is not shown, nor is what
    stands under a section that is not shown; its answer counts for nothing while that is so. A condition that fails
    (a division by zero) leaves its field shown: nobody loses a question to a slip in a formula.
    """
    shown: set[str] = set()
    values: dict[str, object] = {}
    results: dict[str, Any] = {}
    problems: list[Problem] = []
    for one in read.order:
        under = read.section_of.get(one.name)
        is_under_hidden = under is not None and under not in shown
        if is_under_hidden or not _is_met(one, read.visible, values, problems):
            continue
        shown.add(one.name)
        if one.name in read.computed:
            result = _evaluate(one, read.computed[one.name], values, problems)
            if result is not None:
                values[one.label], results[one.name] = result, plain_result(result)
        elif answers.get(one.name) is not None:
            values |= values_of(Form((one,)), answers)
    return Worked(frozenset(shown), values, results, tuple(problems))


def open_sheet(read: ReadForm, answers: Mapping[str, Any], *, viewer: Viewer) -> Sheet:
    """What `viewer` sees of the form with these answers.

    Conditions read every answer, also those the viewer may not see. A field is required when it says so or its
    `required_if` holds; only what the viewer may change is asked of them.
    """
    worked = work_out(read, answers)
    problems = list(worked.problems)
    lines = []
    for one in read.form.fields:
        if not viewer.may_see(one):
            continue
        is_editable = viewer.may_edit(one)
        required = one.is_required or _holds(one, read.required, worked.values, problems)
        answer = worked.results.get(one.name) if one.kind is FieldKind.FORMULA else answers.get(one.name)
        lines.append(Line(one, answer, one.name in worked.shown, required and is_editable, is_editable))
    return Sheet(tuple(lines), tuple(problems))


def list_unanswered(read: ReadForm, answers: Mapping[str, Any]) -> tuple[Field, ...]:
    """Fields that are shown and must be answered, by whomever, and are not, in the order of the form: what stands
    between these answers and a record.

    >>> from sextant.engines.forms.reading import read_form
    >>> read = read_form(Form((Field("why", FieldKind.TEXT, "原因", is_required=True),))).value
    >>> [one.label for one in list_unanswered(read, {})]
    ['原因']
    """
    worked = work_out(read, answers)
    return tuple(
        one
        for one in read.form.fields
        if one.name in worked.shown
        and one.kind not in ASKED_OF_NOBODY
        and answers.get(one.name) is None
        and (one.is_required or _holds(one, read.required, worked.values, []))
    )


def plain_result(result: object) -> Any:
    """A formula's result as answers are kept: digits as text, ISO dates.

    >>> plain_result(Decimal("1.50"))
    '1.50'
    """
    if isinstance(result, Decimal):
        return format(result, "f")
    return result.isoformat() if isinstance(result, date) else result


def _is_met(one: Field, formulas: Mapping[str, Formula], values: Mapping[str, object], problems: list[Problem]) -> bool:
    formula = formulas.get(one.name)
    if formula is None:
        return True
    before = len(problems)
    result = _evaluate(one, formula, values, problems)
    if result is None:
        return len(problems) > before
    return result is True


def _holds(one: Field, formulas: Mapping[str, Formula], values: Mapping[str, object], problems: list[Problem]) -> bool:
    formula = formulas.get(one.name)
    return formula is not None and _evaluate(one, formula, values, problems) is True


def _evaluate(one: Field, formula: Formula, values: Mapping[str, object], problems: list[Problem]) -> object:
    """The value, or None; what failed (not: what is merely missing) is added to `problems` once per field."""
    outcome = formula.evaluate(values)
    for failed in outcome.problems:
        if failed.severity is not Severity.NOTE:
            said = {**failed.params, "said": failed.params.get("name"), "cause": failed.code}
            told = {**said, "field": one.label, "name": one.name}
            problems.append(Problem(Code.FORMULA_FAILED, told, severity=Severity.WARNING, at=failed.at))
            break
    return outcome.value
