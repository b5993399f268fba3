"""试跑: the panel beside a flow that plays it for chosen persons. A POST computes; nothing is kept, nobody is told."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sextant.engines.flow import Answer, Unit
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.messages.definitions import say_all
from sextant.lowcode.messages.flow_trial import ANSWERS, UNITS, say_result, say_stops, say_unseen
from sextant.lowcode.queries.definition_checks import read_document
from sextant.lowcode.queries.definitions import find_current, find_draft
from sextant.lowcode.queries.flow_trial import try_flow
from sextant.lowcode.queries.trial_fields import list_trial_fields
from sextant.lowcode.registry_people import directory
from sextant.lowcode.views.definition_parts import AskedDefinition, ask_definition
from sextant.lowcode.views.trial_panel import Panel, read_panel

KIND = "flow"
STOPS_SHOWN = 60


@needs(Permission.DEFINITION_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The panel and, once it was sent, what would happen. htmx gets the part `#flow-trial`; everybody else, and whoever
    asks for `?page`, a page of its own."""
    asked = ask_definition(request, definition_id)
    if asked.row.kind != KIND:
        raise Http404
    is_part = bool(request.headers.get("HX-Request")) and "page" not in request.GET
    name = "lowcode/flows/_trial.html" if is_part else "lowcode/flows/trial.html"
    context = _context(request, asked)
    status = 422 if context.get("panel") and context["panel"].errors else 200
    return render(request, name, {**context, "is_part": is_part}, status=status)


def _context(request: HttpRequest, asked: AskedDefinition) -> dict[str, Any]:
    version = find_draft(asked.row.id) or find_current(KIND, asked.row.code, on=asked.moment)
    document, problems = read_document(asked.kind, version.document) if version else (None, ())
    context: dict[str, Any] = {"asked": asked, "version": version, "path": ""}
    if not isinstance(document, FlowDocument):
        return context | {"unreadable": say_all(problems, asked.kind)}
    sent = request.POST if request.method == "POST" else None
    fields = list_trial_fields(document, on=asked.moment)
    panel = read_panel(document, fields, sent, reader=_reader(asked) if sent is None else "", now=asked.moment)
    context |= {
        "panel": panel,
        "start_at": panel.start_at.astimezone(settings.SEXTANT_ZONE).strftime("%Y-%m-%dT%H:%M"),
        "answers": [(one.value, ANSWERS[one]) for one in Answer],
        "units": [(one.value, UNITS[one]) for one in Unit],
        "has_steps": bool(document.steps),
    }
    return context | (_played(panel, document) if panel.is_ready and document.steps else {})


def _played(panel: Panel, document: FlowDocument) -> dict[str, Any]:
    assert panel.cast is not None  # the panel is ready
    found = try_flow(
        document,
        cast=panel.cast,
        fields=[line.field for line in panel.fields],
        values=panel.values,
        replies=panel.replies,
        start_at=panel.start_at,
    )
    if found is None:
        return {}
    stops = say_stops(found, document)
    return {
        "trial": found,
        "result": say_result(found),
        "stops": stops[:STOPS_SHOWN],
        "hidden": max(len(stops) - STOPS_SHOWN, 0),
        "unseen": say_unseen(found),
        "path": " ".join(code for code in found.played.path if code),
    }


def _reader(asked: AskedDefinition) -> str:
    """The reader's own name, to begin with; "" for an account without a person."""
    person_id = asked.actor.person_id
    return directory().names([person_id]).get(person_id, "") if person_id is not None else ""
