"""What must hold of a form's fields before its formulas are looked at."""

from collections import Counter
from collections.abc import Iterator

from sextant.engines.forms.codes import Code
from sextant.engines.forms.fields import ASKED_OF_NOBODY, CELL_KINDS, Field, FieldKind, Form
from sextant.engines.values import Problem, Severity

_FEWEST_OPTIONS = {FieldKind.CHOICE: 2, FieldKind.CHOICES: 1, FieldKind.RATING: 2, FieldKind.MATRIX: 2}


def shape_problems(form: Form) -> Iterator[Problem]:
    """Doubled names and labels, choices without options, bounds the wrong way round, tables without columns."""
    if all(one.kind in ASKED_OF_NOBODY for one in form.fields):
        yield Problem(Code.EMPTY)
    yield from _doubled(form.fields)
    for one in form.fields:
        yield from _field_problems(one)


def _doubled(fields: tuple[Field, ...], *, table: str = "") -> Iterator[Problem]:
    where = {"table": table} if table else {}
    names, labels = Counter(one.name for one in fields), Counter(one.label.strip() for one in fields)
    for one in fields:
        if names[one.name] > 1:
            yield _of(one, Code.NAME_TAKEN, Severity.ERROR, **where)
        if not one.label.strip() or any(sign in one.label for sign in "[]."):
            yield _of(one, Code.LABEL_MISSING, Severity.ERROR, **where)
        elif labels[one.label.strip()] > 1 and one.kind is not FieldKind.SECTION:
            yield _of(one, Code.LABEL_TAKEN, Severity.ERROR, **where)


def _field_problems(one: Field) -> Iterator[Problem]:
    for options in (one.options, one.rows):
        doubled = [code for code, count in Counter(option.code for option in options).items() if count > 1]
        if doubled or any(not option.label.strip() for option in options):
            yield _of(one, Code.OPTION_TAKEN, value=", ".join(doubled))
    if len(one.options) < _FEWEST_OPTIONS.get(one.kind, 0):
        yield _of(one, Code.OPTIONS_FEW, least=_FEWEST_OPTIONS[one.kind])
    if one.kind is FieldKind.MATRIX and not one.rows:
        yield _of(one, Code.OPTIONS_FEW, least=1)
    if one.kind is FieldKind.RATING and not all(option.code.isdigit() for option in one.options):
        yield _of(one, Code.OPTION_TAKEN, value=", ".join(option.code for option in one.options))
    if one.least is not None and one.most is not None and one.least > one.most:
        yield _of(one, Code.BOUNDS_CROSSED, least=one.least, most=one.most)
    if one.kind is FieldKind.TABLE:
        yield from _table_problems(one)
    if one.is_required and one.kind in ASKED_OF_NOBODY:
        yield _of(one, Code.NEVER_ANSWERED, Severity.WARNING)


def _table_problems(one: Field) -> Iterator[Problem]:
    if not one.columns:
        yield _of(one, Code.COLUMNS_MISSING)
    yield from _doubled(one.columns, table=one.label)
    for column in one.columns:
        if column.kind not in CELL_KINDS or column.visible_if or column.required_if:
            yield _of(column, Code.COLUMN_KIND, table=one.label)
        yield from _field_problems(column)


def _of(one: Field, code: Code, severity: Severity = Severity.ERROR, **params: object) -> Problem:
    return Problem(code, {"field": one.label, "name": one.name, **params}, severity=severity)
