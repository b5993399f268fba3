"""Formulas of the centre: read, checked against the names there are, computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sextant.engines.definitions import Reference
from sextant.engines.formula import Formula, FormulaType, Value, parse
from sextant.engines.values import Outcome, Problem
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.formula_document import FormulaDocument
from sextant.lowcode.queries.definitions import current_versions
from sextant.lowcode.registry_formulas import find_context, list_names

KIND = "formula"


@dataclass(frozen=True, slots=True)
class ReadFormula:
    """A formula ready to be computed, with the formulas it reads by the name it reads them under."""

    formula: Formula
    inner: Mapping[str, "ReadFormula"]

    def row(self, values: Mapping[str, object]) -> dict[str, object]:
        """`values` with what the inner formulas give for them."""
        return {**values, **{name: one.evaluate(values).value for name, one in self.inner.items()}}

    def evaluate(self, values: Mapping[str, object]) -> Outcome[Value]:
        """The value for one subject; None when it is missing, with the reasons."""
        return self.formula.evaluate(self.row(values))

    def explain(self, values: Mapping[str, object]) -> Outcome[Value]:
        """As `evaluate`, with every step."""
        return self.formula.explain(self.row(values))


def names_of(document: FormulaDocument) -> dict[str, FormulaType]:
    """Everything the formula may read, with types: its own names first, then those of its context. At most one
    query."""
    context = find_context(document.context)
    known = {one.name: one.type for one in list_names(context)} if context else {}
    return {**known, **{one.name: one.type for one in document.names}}


def read_formula(document: FormulaDocument, *, on: datetime, code: str = "") -> Outcome[ReadFormula]:
    """The formula of a document with all it reads, in the versions that hold at `on`; else every problem: `formula.*`,
    formula_table.unknown_context (context), .circle (through), .inner (name, formula), .inner_type (name).

    `code` is that of the document, to see a circle that leads back to it. One query for each level of formulas.
    """
    if document.context and find_context(document.context) is None:
        return Outcome(None, (Problem("formula_table.unknown_context", {"context": document.context}),))
    return _read(document, on=on, path=(code,) if code else ())


def _read(document: FormulaDocument, *, on: datetime, path: tuple[str, ...]) -> Outcome[ReadFormula]:
    wanted = {one.name: one for one in document.names if one.formula}
    versions = current_versions(KIND, on=on, codes={one.formula for one in wanted.values()}) if wanted else {}
    inner: dict[str, ReadFormula] = {}
    problems: list[Problem] = []
    for name, one in wanted.items():
        if one.formula in path:
            problems.append(Problem("formula_table.circle", {"through": one.formula}))
            continue
        version = versions.get(one.formula)
        if version is None:
            continue  # named as a reference that does not hold: said once, there
        found = document_of(version)
        read = _read(found, on=on, path=(*path, one.formula))
        if read.value is None:
            circles = [each for each in read.problems if each.code == "formula_table.circle"]
            problems += circles or [Problem("formula_table.inner", {"name": name, "formula": version.name})]
        elif found.result is not one.type:
            problems.append(Problem("formula_table.inner_type", {"name": name, "formula": version.name}))
        else:
            inner[name] = read.value
    parsed = parse(document.text, names=names_of(document), expects=document.result)
    if parsed.value is None or problems:
        return Outcome(None, (*parsed.problems, *problems))
    return Outcome(ReadFormula(parsed.value, inner), parsed.value.lint())


def document_of(version: VersionRow) -> FormulaDocument:
    """The document of a version, in its shape."""
    return FormulaDocument.model_validate(version.document)


def references_of(document: FormulaDocument) -> tuple[Reference, ...]:
    """The formulas it reads."""
    return tuple(
        Reference(KIND, one.formula, f"names[{place}].formula")
        for place, one in enumerate(document.names, start=1)
        if one.formula
    )
