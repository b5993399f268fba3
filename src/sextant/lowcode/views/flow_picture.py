"""The picture of a flow, drawn by bpmn-js from its BPMN file: of a run with where it is, of a version without.

The list beside it says the same without the picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from sextant.engines.flow import LineCode, StepKind
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now
from sextant.lowcode.access_flows import access_run
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.contracts.flows import InstanceState
from sextant.lowcode.flows.bpmn_writing import write_bpmn
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.messages.flow_picture import MARKS, say_version, step_name, titled
from sextant.lowcode.messages.flow_trial import ICONS
from sextant.lowcode.messages.flows import KINDS, STATES
from sextant.lowcode.policy.flow_marks import Mark, Visit, mark_steps
from sextant.lowcode.queries.definition_checks import read_document
from sextant.lowcode.queries.definitions import find_current, find_draft, find_version
from sextant.lowcode.queries.flow_loading import document_of
from sextant.lowcode.queries.flows import RunPage, read_run
from sextant.lowcode.views.definition_parts import AskedDefinition, ask_definition
from sextant.lowcode.views.run_parts import run_tabs

KIND = "flow"
_GATES = frozenset({LineCode.BRANCH, LineCode.FORKED, LineCode.JOINED})


@dataclass(frozen=True, slots=True)
class PictureStep:
    """A step in the list beside the picture; `mark` is None where no run is shown."""

    code: str
    name: str
    kind: str
    icon: str
    mark: Mark | None
    word: str


@needs(Permission.WORK_READ)
@require_safe
def run_picture(request: HttpRequest, run_id: int) -> HttpResponse:
    """Where a run is, in the picture of the version it runs on."""
    (page, document), moment = _ask(request, run_id), now()
    marks = marks_of(page, moment)
    current = find_current(KIND, page.run.flow_code, on=moment)
    context = {
        "run": page.run,
        "state": STATES[page.run.state],
        "version_note": say_version(page.run.number, current.number if current else None),
        "tabs": run_tabs(run_id, current="flow_picture"),
        "source": reverse("lowcode:flow_bpmn", args=[run_id]),
    }
    return render(request, "lowcode/flows/run_picture.html", {**context, **_picture(document, marks)})


@needs(Permission.WORK_READ)
@require_safe
def run_bpmn(request: HttpRequest, run_id: int) -> HttpResponse:
    """The version a run runs on, as the picture names it."""
    page, document = _ask(request, run_id)
    return _file(document, page.run.flow_code, page.run.flow_name, is_titled=True)


@needs(Permission.DEFINITION_READ)
@require_safe
def definition_picture(request: HttpRequest, definition_id: int) -> HttpResponse:
    """A version of a flow: the one asked for as `?v=`, else the draft, else the one in force."""
    asked = ask_definition(request, definition_id)
    version = _version(asked, request.GET.get("v", ""))
    document = _document(asked, version)
    context = {
        "asked": asked,
        "version_note": say_version(version.number, None) if version.published_at else gettext("草稿"),
        "source": f"{reverse('lowcode:definition_bpmn', args=[definition_id, version.number])}?titled=1",
        "download": reverse("lowcode:definition_bpmn", args=[definition_id, version.number]),
    }
    return render(request, "lowcode/flows/definition_picture.html", {**context, **_picture(document, {})})


@needs(Permission.DEFINITION_READ)
@require_safe
def definition_bpmn(request: HttpRequest, definition_id: int, number: int) -> HttpResponse:
    """A version as a BPMN 2.0 file, as it can be brought in again; `?titled`: with names for everything, as drawn."""
    asked = ask_definition(request, definition_id)
    document = _document(asked, _version(asked, str(number)))
    return _file(document, asked.row.code, asked.row.name, is_titled="titled" in request.GET)


def marks_of(page: RunPage, moment: datetime) -> Mapping[str, Mark]:
    """The mark of every step of a run's version."""
    visits = [Visit(step.node, step.state, step.limit_at) for step in page.steps]
    passed = [line.node for line in page.log if line.code in _GATES]
    has_ended = page.run.state is InstanceState.ENDED
    return mark_steps(page.flow, visits, passed=passed, has_ended=has_ended, moment=moment)


def _ask(request: HttpRequest, run_id: int) -> tuple[RunPage, FlowDocument]:
    """The run the request is about, with the document of its version; Http404 for one that is not this reader's."""
    try:
        instance = access_run(actor_of(request), run_id=run_id)
    except AccessDenied as error:
        raise Http404 from error
    return read_run(instance), document_of(instance.version_id, instance.version.digest)


def _picture(document: FlowDocument, marks: Mapping[str, Mark]) -> dict[str, object]:
    """What the template of a picture needs."""
    shown = [mark for mark in Mark if mark in set(marks.values())]
    return {
        "steps": [_step(step.code, step_name(step), StepKind(step.kind), marks) for step in document.steps],
        "marks": {code: mark.value for code, mark in marks.items() if mark is not Mark.AHEAD},
        "legend": [(mark.value, MARKS[mark]) for mark in shown if mark is not Mark.AHEAD],
        "here": [mark for mark in marks.values() if mark in (Mark.NOW, Mark.LATE, Mark.STUCK)],
    }


def _step(code: str, name: str, kind: StepKind, marks: Mapping[str, Mark]) -> PictureStep:
    mark = marks.get(code)
    word = str(MARKS[mark]) if mark is not None else ""
    return PictureStep(code, name, str(KINDS[kind]), ICONS.get(kind, "git-branch"), mark, word)


def _version(asked: AskedDefinition, number: str) -> VersionRow:
    if asked.row.kind != KIND:
        raise Http404
    if number:
        found = find_version(asked.row.id, int(number)) if number.isdecimal() and len(number) < 9 else None
    else:
        found = find_draft(asked.row.id) or find_current(KIND, asked.row.code, on=asked.moment)
    if found is None:
        raise Http404
    return found


def _document(asked: AskedDefinition, version: VersionRow) -> FlowDocument:
    """The document of a version; Http404 for one that has not the shape of a flow, which has no picture."""
    document, _problems = read_document(asked.kind, version.document)
    if not isinstance(document, FlowDocument):
        raise Http404
    return document


def _file(document: FlowDocument, code: str, name: str, *, is_titled: bool) -> HttpResponse:
    content = write_bpmn(titled(document) if is_titled else document, code=code, name=name)
    answer = HttpResponse(content, content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{code}.bpmn"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
