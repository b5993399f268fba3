"""A form made ready: its formulas read, its fields in the order in which they can be worked out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from sextant.engines.forms.codes import Code
from sextant.engines.forms.fields import Field, FieldKind, Form
from sextant.engines.forms.names import names_of
from sextant.engines.forms.shape import shape_problems
from sextant.engines.formula import Code as FormulaCode
from sextant.engines.formula import Formula, FormulaType, parse
from sextant.engines.values import Outcome, Problem, Severity


@dataclass(frozen=True)
class ReadForm:
    """A form that can be worked out. `computed`, `visible` and `required` hold formulas by name of their field;
    `order` has every field after those it depends on; `section_of` the section a field stands under."""

    form: Form
    computed: Mapping[str, Formula]
    visible: Mapping[str, Formula]
    required: Mapping[str, Formula]
    order: tuple[Field, ...]
    section_of: Mapping[str, str]


def read_form(form: Form) -> Outcome[ReadForm]:
    """The form ready for use, or everything that is wrong with it; warnings come with a value.

    Codes: the first block of `Code`. Problems carry `field` (label) and `name`; FORMULA carries `part` ("formula",
    "visible_if", "required_if"), `cause` (the formula engine's code) and what that said, and `at` is its position.
    """
    problems = list(shape_problems(form))
    computed, types, failed = _read_computed(form)
    names = names_of(form, formulas=types)
    visible, more = _read_conditions(form, "visible_if", names)
    required, yet_more = _read_conditions(form, "required_if", names)
    problems += [*failed, *more, *yet_more]
    sections = _sections(form)
    needs = {one.name: _needs(form, one, computed, visible, sections) for one in form.fields}
    try:
        order = tuple(TopologicalSorter(needs).static_order())
    except CycleError as error:
        order, circle = (), [form.find(name) for name in error.args[1]]
        labels = tuple(one.label for one in circle if one is not None)
        problems.append(Problem(Code.FORMULA_CIRCLE, {"field": labels[0], "name": error.args[1][0], "circle": labels}))
    problems += _revealing(form, computed)
    if any(problem.severity is Severity.ERROR for problem in problems):
        return Outcome(None, tuple(problems))
    fields = {one.name: one for one in form.fields}
    return Outcome(
        ReadForm(form, computed, visible, required, tuple(fields[name] for name in order), sections), tuple(problems)
    )


def readable_names(form: Form, *, of: str) -> dict[str, FormulaType]:
    """What a formula of the field called `of` may read: every other field that can be named, with its type; a form
    that is not whole yet gives the names it has.

    >>> amount = Field("a", FieldKind.NUMBER, "金额")
    >>> total = Field("t", FieldKind.FORMULA, "合计", formula="[金额] * 2")
    >>> readable_names(Form((amount, total)), of="a"), readable_names(Form((amount, total)), of="t")
    ({'合计': <FormulaType.NUMBER: 'number'>}, {'金额': <FormulaType.NUMBER: 'number'>})
    """
    _formulas, types, _problems = _read_computed(form)
    others = tuple(one for one in form.fields if one.name != of)
    labels = {one.label for one in others}
    return names_of(Form(others), formulas={label: kind for label, kind in types.items() if label in labels})


def _read_computed(form: Form) -> tuple[dict[str, Formula], dict[str, FormulaType], list[Problem]]:
    """Formula fields, their types by label, and what could not be read. One may use another: each round reads those
    whose names are known by now, until a round reads nothing more."""
    waiting = [one for one in form.fields if one.kind is FieldKind.FORMULA]
    formulas: dict[str, Formula] = {}
    types: dict[str, FormulaType] = {}
    while True:
        names = names_of(form, formulas=types)
        found = {one.name: parse(one.formula, names=names) for one in waiting}
        read = [one for one in waiting if found[one.name].value is not None]
        for one in read:
            formula = found[one.name].value
            assert formula is not None
            formulas[one.name], types[one.label] = formula, formula.type
        waiting = [one for one in waiting if found[one.name].value is None]
        if not read:
            stuck = {one.label for one in waiting}
            return formulas, types, [p for one in waiting for p in _failed(one, "formula", found[one.name], stuck)]


def _failed(one: Field, part: str, found: Outcome[Formula], stuck: set[str]) -> Iterator[Problem]:
    """Why a formula was not read. A name that belongs to another formula field that was not read either is no mistake
    of this one: the other says it, or the two wait for each other."""
    for problem in found.problems:
        unread = problem.params.get("name") if problem.code == FormulaCode.UNKNOWN_NAME else None
        if unread in stuck:
            circle = (one.label, str(unread))
            yield Problem(Code.FORMULA_CIRCLE, {"field": one.label, "name": one.name, "circle": circle})
        else:
            said = {**problem.params, "said": problem.params.get("name"), "cause": problem.code}
            yield Problem(Code.FORMULA, {**said, "field": one.label, "name": one.name, "part": part}, at=problem.at)


def _read_conditions(
    form: Form, part: str, names: Mapping[str, FormulaType]
) -> tuple[dict[str, Formula], list[Problem]]:
    read: dict[str, Formula] = {}
    problems: list[Problem] = []
    for one in form.fields:
        if text := getattr(one, part).strip():
            found = parse(text, names=names, expects=FormulaType.BOOLEAN)
            if found.value is not None:
                read[one.name] = found.value
            problems += _failed(one, part, found, set())
    return read, problems


def _sections(form: Form) -> dict[str, str]:
    """The name of the section each field stands under; fields before the first section under none."""
    found: dict[str, str] = {}
    current = ""
    for one in form.fields:
        if one.kind is FieldKind.SECTION:
            current = one.name
        elif current:
            found[one.name] = current
    return found


def _needs(
    form: Form, one: Field, computed: Mapping[str, Formula], visible: Mapping[str, Formula], sections: Mapping[str, str]
) -> set[str]:
    """The fields that have to be worked out before this one: those its formulas read, and its section."""
    read = {name for formulas in (computed, visible) if one.name in formulas for name in formulas[one.name].names}
    return _owners(form, read) | ({sections[one.name]} if one.name in sections else set())


def _owners(form: Form, names: set[str]) -> set[str]:
    """Names of the fields whose answers stand behind formula names: `[费用.金额]` is the field 费用's."""
    return {one.name for one in form.fields if any(n == one.label or n.startswith(f"{one.label}.") for n in names)}


def _revealing(form: Form, computed: Mapping[str, Formula]) -> Iterator[Problem]:
    """A computed field that is shown to people who may not see what it is computed from tells them of it."""
    for one in form.fields:
        if one.name not in computed:
            continue
        for owner in sorted(_owners(form, set(computed[one.name].names))):
            source = form.find(owner)
            if source is not None and source.reach.see and not (one.reach.see and one.reach.see <= source.reach.see):
                told = {"field": one.label, "name": one.name, "source": source.label}
                yield Problem(Code.FORMULA_REVEALS, told, severity=Severity.WARNING)
