"""What the server says while a formula is written: problems with their places and fixes, and the value for one subject
with every step."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sextant.engines.values import Step
from sextant.foundation.access.contracts import Actor
from sextant.foundation.formula_lines import ProblemLine, problem_lines
from sextant.foundation.formula_messages import TYPES
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.formula_document import FormulaDocument
from sextant.lowcode.messages.formulas import say_formula
from sextant.lowcode.queries.formulas import document_of, read_formula
from sextant.lowcode.registry_formulas import FormulaContext, NameSpec, Subject, find_context, list_names
from sextant.ui.formats import write_percent

PLACES = Decimal("0.0001")
_PER_CENT = re.compile(r"[\d.]+%")
"""A number written as a percentage: computing it is no step anybody wants to read."""


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A value the formula reads, as it is written beside the editor."""

    name: str
    note: str | Promise
    value: str


@dataclass(frozen=True, slots=True)
class FormulaAnswer:
    """Everything about a text. `value` "" where an error leaves none; `before` what the version in force gives.
    `sample` holds the value of every name, for the list of completions."""

    problems: Sequence[ProblemLine]
    subject: Subject | None
    value: str
    before: str
    reasons: Sequence[str]
    values: Sequence[ValueLine]
    steps: Sequence[tuple[str, str]]
    sample: Mapping[str, str]

    @property
    def has_errors(self) -> bool:
        """Whether the text gives no value at all."""
        return any(one.tone == "bad" for one in self.problems)


def answer(
    document: FormulaDocument,
    *,
    code: str,
    current: VersionRow | None,
    subject_id: int | None,
    subjects: Sequence[Subject] | None = None,
    actor: Actor,
    now: datetime,
) -> FormulaAnswer:
    """The answer for a text that may be half written. A constant number of queries, fewer where the caller knows the
    `subjects` in sight."""
    outcome = read_formula(document, on=now, code=code)
    problems = problem_lines(document.text, outcome.problems, say=say_formula)
    context = find_context(document.context)
    subject, given = _sample(context, subject_id, subjects, actor=actor, now=now)
    specs = {one.name: one for one in list_names(context)} if context else {}
    sample = {name: _told(value, specs.get(name)) for name, value in given.items()}
    read = outcome.value
    if read is None or (context is not None and subject is None):
        return FormulaAnswer(problems, subject, "", "", (), (), (), sample)
    row = read.row(given)
    explained = read.formula.explain(row)
    used = [
        ValueLine(name, _note(name, document, specs), _told(row.get(name), specs.get(name)))
        for name in sorted(read.formula.names)
    ]
    former = read_formula(document_of(current), on=now).value if current else None
    return FormulaAnswer(
        problems=problems,
        subject=subject,
        value=_told(explained.value),
        before=_told(former.evaluate(given).value) if former else "",
        reasons=[say_formula(one) for one in explained.problems],
        values=used,
        steps=_steps(explained.trace),
        sample=sample,
    )


def _sample(
    context: FormulaContext | None,
    subject_id: int | None,
    subjects: Sequence[Subject] | None,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[Subject | None, Mapping[str, object]]:
    """The subject asked for, else the first in sight, with its values."""
    if context is None:
        return None, {}
    if subjects is None:
        subjects = context.subjects(actor=actor, now=now)
    chosen = next((one for one in subjects if one.id == subject_id), subjects[0] if subjects else None)
    if chosen is None:
        return None, {}
    return chosen, context.values([chosen.id], actor=actor, now=now).get(chosen.id, {})


def _steps(trace: Sequence[Step]) -> list[tuple[str, str]]:
    """Every part that was computed, once, inner ones first; names alone stand above, with the values."""
    parts = {str(one.params["text"]): _told(one.result) for one in trace if one.code == "formula.call"}
    return [(text, value) for text, value in parts.items() if not _PER_CENT.fullmatch(text)]


def _note(name: str, document: FormulaDocument, specs: Mapping[str, NameSpec]) -> str | Promise:
    own = next((one for one in document.names if one.name == name), None)
    if own is not None:
        return _("公式 %(code)s") % {"code": own.formula} if own.formula else TYPES[own.type]
    return specs[name].group if name in specs else ""


def _told(value: object, spec: NameSpec | None = None) -> str:
    """A value as people read it: at most four places, a ratio as a percentage, nothing as 缺失."""
    match value:
        case None:
            return _("缺失")
        case bool():
            return _("是") if value else _("否")
        case Decimal() if spec is not None and spec.is_ratio:
            return write_percent(value, 1)
        case Decimal():
            text = f"{value.quantize(PLACES) if abs(value) < 10**15 else value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case date():
            return value.isoformat()
        case _:
            return str(value)
