"""What the designer of flows asks besides the document: what a form would bring, how many runs are under way."""

from datetime import datetime

from sextant.engines.forms import FieldKind, Form, names_of
from sextant.engines.formula import FormulaType
from sextant.lowcode.contracts.flows import LIVE
from sextant.lowcode.models import FlowInstance
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.sheets import KIND, form_of, ready_form


def count_live_runs(definition_id: int) -> int:
    """Runs of the flow that are under way, on any version. One query."""
    return FlowInstance.objects.filter(definition_id=definition_id, state__in=[one.value for one in LIVE]).count()


def form_names(code: str, *, on: datetime) -> dict[str, FormulaType]:
    """Names of the answers of a form that a condition may decide on, with their types; empty for a form that is not
    published. Long texts are left out: nobody decides on an essay. One query."""
    version = find_current(KIND, code, on=on)
    if version is None:
        return {}
    ready = ready_form(form_of(version))
    labels = {one.name: one.label for one in ready.form.fields}
    formulas = {labels[name]: formula.type for name, formula in ready.computed.items()}
    short = Form(tuple(one for one in ready.form.fields if one.kind is not FieldKind.LONG_TEXT))
    return {name: kind for name, kind in names_of(short, formulas=formulas).items() if not set("[]【】") & set(name)}
