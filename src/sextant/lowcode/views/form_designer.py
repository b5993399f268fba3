"""表单设计: palette, sheet, phone and properties. Every act is saved as a draft at once and can be taken back; the
phone is the real form, worked out by the engine that will run it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sextant.engines.forms import FieldKind, ReadForm, Viewer, read_form
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.foundation.clock import company_day
from sextant.lowcode.access_fields import HR
from sextant.lowcode.contracts.custom_fields import KIND as FIELDS
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.forms.form_designer import read_field
from sextant.lowcode.forms.sheets import read_given
from sextant.lowcode.messages.forms import KINDS, RELATIONS
from sextant.lowcode.policy import form_editing
from sextant.lowcode.policy.answer_lists import LISTED_KINDS
from sextant.lowcode.queries.definition_checks import read_document
from sextant.lowcode.queries.past_answers import PastShare, past_share
from sextant.lowcode.queries.sheets import KIND, ready_form
from sextant.lowcode.registry_hosts import RELATIONS as HOST_RELATIONS
from sextant.lowcode.registry_hosts import list_field_hosts
from sextant.lowcode.views.designing import (
    Designed,
    answer_act,
    former_document,
    head_context,
    load_designed,
    save_designed,
    tell_problems,
    whole,
)
from sextant.lowcode.views.form_formulas import completions_for
from sextant.lowcode.views.sheet_lines import ShownLine, shown_lines

SPARE_COLUMNS = 2
FORM_KINDS = (KIND, FIELDS)
FIELD_RELATIONS = {*HOST_RELATIONS, HR}
"""Who may be named for a custom field: a form may also name who was asked to fill it in."""
ICONS = {
    FieldKind.SECTION: "type",
    FieldKind.TEXT: "type",
    FieldKind.LONG_TEXT: "type",
    FieldKind.NUMBER: "hash",
    FieldKind.MONEY: "hash",
    FieldKind.YES_NO: "circle-dot",
    FieldKind.DATE: "calendar",
    FieldKind.PERIOD: "calendar",
    FieldKind.CHOICE: "circle-dot",
    FieldKind.CHOICES: "list-checks",
    FieldKind.RATING: "star",
    FieldKind.MATRIX: "table",
    FieldKind.PERSON: "circle-user-round",
    FieldKind.UNIT: "building-2",
    FieldKind.GOAL: "target",
    FieldKind.FILE: "paperclip",
    FieldKind.TABLE: "table",
    FieldKind.FORMULA: "square-function",
}
GROUPS: tuple[tuple[str, tuple[FieldKind, ...]], ...] = (
    (
        "common",
        (
            FieldKind.TEXT,
            FieldKind.LONG_TEXT,
            FieldKind.NUMBER,
            FieldKind.MONEY,
            FieldKind.DATE,
            FieldKind.PERIOD,
            FieldKind.CHOICE,
            FieldKind.CHOICES,
            FieldKind.YES_NO,
            FieldKind.RATING,
            FieldKind.FILE,
        ),
    ),
    ("business", (FieldKind.PERSON, FieldKind.UNIT, FieldKind.GOAL, FieldKind.FORMULA)),
    ("layout", (FieldKind.SECTION, FieldKind.TABLE, FieldKind.MATRIX)),
)
_PLAIN = (
    "name",
    "label",
    "hint",
    "unit",
    "required_if",
    "visible_if",
    "formula",
    "least",
    "most",
    "places",
    "max_length",
)
_HAS = {
    "unit": {FieldKind.NUMBER, FieldKind.MONEY},
    "bounds": {FieldKind.NUMBER, FieldKind.MONEY, FieldKind.TABLE, FieldKind.FILE},
    "max_length": {FieldKind.TEXT, FieldKind.LONG_TEXT},
    "options": {FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.RATING, FieldKind.MATRIX},
    "rows": {FieldKind.MATRIX},
    "columns": {FieldKind.TABLE},
    "formula": {FieldKind.FORMULA},
}
"""What the panel shows for which kinds."""


@needs(Permission.DEFINITION_EDIT)
@require_GET
def form(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The designer; `?at=` chooses the field on the panel."""
    designed = load_designed(request, definition_id, kind=FORM_KINDS)
    return render(request, "lowcode/forms/designer.html", _context(designed, chosen=request.GET.get("at", "")))


@needs(Permission.DEFINITION_EDIT)
@require_POST
def act(request: HttpRequest, definition_id: int) -> HttpResponse:
    """One act on the draft. A script gets the parts of the page that changed; without one the page comes again."""
    designed = load_designed(request, definition_id, kind=FORM_KINDS)
    wanted, chosen = _apply(designed, request.POST, request.POST.get("at", ""))
    save_designed(request, designed, wanted)
    context = _context(load_designed(request, definition_id, kind=FORM_KINDS), chosen=chosen)
    page = reverse("lowcode:form", args=[definition_id])
    return answer_act(request, context, template="lowcode/forms/_answer.html", page=page, chosen=chosen)


@needs(Permission.DEFINITION_EDIT)
@require_POST
def preview(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The phone after an answer was tried on it; nothing is kept."""
    designed = load_designed(request, definition_id, kind=FORM_KINDS)
    return render(request, "lowcode/forms/_phone.html", {"lines": _lines(designed, request), "asked": designed.asked})


def _apply(designed: Designed, posted: Any, chosen: str) -> tuple[dict[str, Any], str]:
    """The document after the act, and the field that is chosen then."""
    document, op, place = designed.document, posted.get("op", ""), whole(posted.get("to"))
    if op == "add" and posted.get("kind") in {one.value for one in FieldKind}:
        kind = FieldKind(posted["kind"])
        document, chosen = form_editing.add_field(document, kind=kind, label=str(KINDS[kind]), after=chosen)
        if place is not None:
            document = form_editing.move_field(document, chosen, to=place)
    elif op == "copy":
        document, chosen = form_editing.copy_field(document, chosen)
    elif op == "remove" and _holds_values(designed, chosen):
        document = form_editing.set_field(document, chosen, {"retired": True})
    elif op == "bring_back":
        document = form_editing.set_field(document, chosen, {"retired": None})
    elif op == "host" and designed.asked.row.kind == FIELDS:
        document = {**document, "host": posted.get("host", "")[:30]}
    elif op == "remove":
        document, chosen = form_editing.remove_field(document, chosen)
    elif op in ("up", "down"):
        step = -1 if op == "up" else 1
        document = form_editing.move_field(document, chosen, to=form_editing.place_of(document, chosen) + step)
    elif op == "move" and place is not None:
        document = form_editing.move_field(document, chosen, to=place)
    elif op == "set":
        was = next((one for one in form_editing.fields_of(document) if one.get("name") == chosen), None)
        if was is not None:
            document = form_editing.set_field(document, chosen, read_field(posted, was=was))
        if "note" in posted:
            document = {**document, "note": posted["note"].strip()[:1000]}
    elif op == "restore":
        document = former_document(posted.get("document", ""), document)
    return document, chosen


def _holds_values(designed: Designed, name: str) -> bool:
    """Whether it is a custom field that was published: what was written in it stays, so it is retired, not removed."""
    if designed.asked.row.kind != FIELDS or designed.current is None:
        return False
    return any(one.get("name") == name for one in form_editing.fields_of(designed.current.document))


def _context(designed: Designed, *, chosen: str) -> dict[str, Any]:
    fields = form_editing.fields_of(designed.document)
    on_panel = next((one for one in fields if one.get("name") == chosen), fields[0] if fields else None)
    return {
        **head_context(designed, tell_problems(designed)),
        "rows": [_row(one, chosen=on_panel) for one in fields],
        "palette": [(group, [(k.value, KINDS[k], ICONS[k]) for k in kinds]) for group, kinds in GROUPS],
        "panel": _panel(
            on_panel, place=fields.index(on_panel) if on_panel else 0, count=len(fields), designed=designed
        ),
        "lines": _lines(designed, None),
        "hosts": _hosts(designed),
        "past": _past(designed, on_panel),
        "completions": completions_for(designed, str(on_panel.get("name", ""))) if on_panel else {},
    }


def _hosts(designed: Designed) -> list[tuple[str, Any, bool]]:
    """What a set of custom fields may hang on, and on which it does; [] for a form."""
    if designed.asked.row.kind != FIELDS:
        return []
    chosen = designed.document.get("host", "person")
    return [(one.code, one.name, one.code == chosen) for one in list_field_hosts()]


def _past(designed: Designed, one: dict[str, Any] | None) -> PastShare | None:
    """For how many past records the condition of the field on the panel would show it; None without a condition."""
    if one is None or not one.get("visible_if"):
        return None
    ready = _ready(designed)
    if ready is None:
        return None
    row = designed.asked.row
    return past_share(ready, str(one.get("name", "")), definition_id=row.id, kind=row.kind)


def _row(one: dict[str, Any], *, chosen: dict[str, Any] | None) -> dict[str, Any]:
    kind = _kind(one)
    return {
        "name": str(one.get("name", "")),
        "label": str(one.get("label", "")),
        "hint": str(one.get("hint", "")),
        "kind": kind.value,
        "kind_name": KINDS[kind],
        "icon": ICONS[kind],
        "is_required": bool(one.get("required")),
        "is_conditional": bool(one.get("visible_if")),
        "is_half": one.get("width") == "half",
        "is_retired": bool(one.get("retired")),
        "is_chosen": chosen is not None and one.get("name") == chosen.get("name"),
        "options": [str(option.get("label", "")) for option in one.get("options") or [] if isinstance(option, dict)],
        "columns": [str(column.get("label", "")) for column in one.get("columns") or [] if isinstance(column, dict)],
    }


def _panel(one: dict[str, Any] | None, *, place: int, count: int, designed: Designed) -> dict[str, Any] | None:
    if one is None:
        return None
    kind = _kind(one)
    columns = [column for column in one.get("columns") or [] if isinstance(column, dict)]
    return {
        **{
            name: one.get(name, "")
            for name in ("name", "label", "hint", "unit", "required_if", "visible_if", "formula")
        },
        **{name: one.get(name, "") for name in ("least", "most", "places", "max_length")},
        "kind": kind.value,
        "kind_name": KINDS[kind],
        "place": place + 1,
        "count": count,
        "is_half": one.get("width") == "half",
        "is_required": bool(one.get("required")),
        "is_asked": kind not in (FieldKind.SECTION, FieldKind.FORMULA),
        "options": form_editing.lines_of(one.get("options") or [], kind=kind),
        "rows": form_editing.lines_of(one.get("rows") or [], kind=FieldKind.CHOICE),
        "columns": [*columns, *({} for _ in range(SPARE_COLUMNS))],
        "column_kinds": [(k.value, KINDS[k]) for k in FieldKind if k in form_editing.COLUMN_KINDS],
        "reach": [
            (code, said, code in (one.get("see") or ()), code in (one.get("edit") or ()))
            for code, said in RELATIONS.items()
            if designed.asked.row.kind != FIELDS or code in FIELD_RELATIONS
        ],
        "is_listed": bool(one.get("listed")),
        "may_list": kind in LISTED_KINDS,
        "has": {name for name, kinds in _HAS.items() if kind in kinds},
    }


def _kind(one: dict[str, Any]) -> FieldKind:
    kinds = {kind.value: kind for kind in FieldKind}
    return kinds.get(str(one.get("kind", "text")), FieldKind.TEXT)


def _ready(designed: Designed) -> ReadForm | None:
    """The form ready for use; None while it cannot be read."""
    read, _problems = read_document(designed.asked.kind, designed.document)
    if not isinstance(read, FormDocument):
        return None
    return read_form(read.form()).value


def _lines(designed: Designed, request: HttpRequest | None) -> list[ShownLine] | None:
    """The form as the person it is about sees it; None while it cannot be read."""
    read, _problems = read_document(designed.asked.kind, designed.document)
    if not isinstance(read, FormDocument):
        return None
    try:
        ready = ready_form(read)
    except ValueError:
        return None
    answers: dict[str, Any] = {}
    problems: tuple[Problem, ...] = ()
    viewer = Viewer(frozenset({"self"}))
    if request is not None:
        on = company_day(designed.asked.moment, settings.SEXTANT_ZONE)
        given = read_given(ready.form, request.POST, kept={}, actor=designed.asked.actor, on=on)
        answers, problems = form_editing.try_answers(ready, given, viewer=viewer)
    return shown_lines(ready, read, answers, viewer=viewer, actor=designed.asked.actor, is_open=True, problems=problems)
