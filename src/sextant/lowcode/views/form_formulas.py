"""Formulas of a form's fields while they are written: what they may read, and what is wrong with them."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from sextant.engines.forms import readable_names
from sextant.engines.formula import FormulaType, parse
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.foundation.formula_lines import list_completions, problem_lines
from sextant.foundation.formula_messages import say
from sextant.lowcode.contracts.custom_fields import KIND as FIELDS
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.queries.definition_checks import read_document
from sextant.lowcode.queries.sheets import KIND
from sextant.lowcode.registry import get_kind
from sextant.lowcode.views.designing import Designed, load_designed

EXPECTED = {"formula": None, "visible_if": FormulaType.BOOLEAN, "required_if": FormulaType.BOOLEAN}
"""The formulas a field may have, and what each must give."""


@needs(Permission.DEFINITION_EDIT)
@require_POST
def form_formula(request: HttpRequest, definition_id: int) -> HttpResponse:
    """What is wrong with a formula of the field on the panel, asked at every pause of whoever writes it."""
    designed = load_designed(request, definition_id, kind=(KIND, FIELDS))
    part = request.GET.get("of", "")
    text = request.POST.get(part, "")[:2000] if part in EXPECTED else ""
    problems = []
    if text.strip():
        names = names_for(designed, request.POST.get("at", ""))
        problems = problem_lines(text, parse(text, names=names, expects=EXPECTED[part]).problems, say=say)
    return render(request, "lowcode/flow_design/_judged.html", {"answer": {"problems": problems}, "text": text.strip()})


def names_for(designed: Designed, name: str) -> Mapping[str, FormulaType]:
    """What formulas of the field may read; nothing while the document has not got the shape of a form."""
    read, _problems = read_document(get_kind(designed.asked.row.kind), designed.document)
    return readable_names(read.form(), of=name) if isinstance(read, FormDocument) else {}


def completions_for(designed: Designed, name: str) -> dict[str, Any]:
    """The same for the script of the editor."""
    return list_completions(list(names_for(designed, name)))
