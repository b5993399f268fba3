"""公式 as a kind of definition: the first, and the pattern for others."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.lowcode.formula_document import FormulaDocument
from sextant.lowcode.messages.formulas import LABELS, TYPES, say_formula
from sextant.lowcode.queries.formula_dry_run import dry_run_formula
from sextant.lowcode.queries.formulas import KIND, read_formula, references_of
from sextant.lowcode.registry import DefinitionKind, register_kind


def _checks(document: FormulaDocument, *, code: str, on: datetime) -> Iterable[Problem]:
    return read_formula(document, on=on, code=code).problems


register_kind(
    DefinitionKind(
        code=KIND,
        name=_("公式"),
        model=FormulaDocument,
        icon="square-function",
        references=references_of,
        checks=_checks,
        say=say_formula,
        labels=LABELS,
        words={"type": TYPES, "result": TYPES},
        dry_run=dry_run_formula,
        edit_url="lowcode:formula",
        blank=lambda: {"text": "", "result": "number", "context": "", "names": []},
    )
)
