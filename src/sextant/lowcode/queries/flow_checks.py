"""What stands in the way of publishing a flow: the engine's check, and whether what it names exists."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from sextant.engines.definitions import Reference
from sextant.engines.formula import FormulaType, parse
from sextant.engines.values import Problem, Severity
from sextant.foundation.clock import company_day
from sextant.lowcode.flows.document import ApproveStep, AssigneeDocument, CallStep, CopyStep, FlowDocument, FormStep
from sextant.lowcode.flows.reading import read_flow
from sextant.lowcode.policy.flow_sources import OWN_SOURCES
from sextant.lowcode.policy.flow_starting import STARTER_SOURCES
from sextant.lowcode.registry_flows import list_flow_actions
from sextant.lowcode.registry_people import directory, list_assignee_sources


def check_flow(document: FlowDocument) -> tuple[Problem, ...]:
    """Everything wrong with a flow, and what its maker should know. Codes: `engines.flow.Code`, `flow.unknown_source`,
    `flow.unknown_action`, and those of conditions with their step."""
    return (*read_flow(document).problems, *_unknown(document))


def check_persons(document: FlowDocument, *, on: datetime) -> tuple[Problem, ...]:
    """A warning for each step that names persons who have left: flow.person_left. Nothing stops for it, as others or HR
    are asked then. Two queries at most, none for a flow that names nobody."""
    named = {step: ids for step, one in assignees_of(document) if (ids := _ids(one))}
    everybody = {person for ids in named.values() for person in ids}
    gone = directory().gone(everybody, on=company_day(on, settings.SEXTANT_ZONE)) if everybody else frozenset()
    names = directory().names(gone) if gone else {}
    return tuple(
        Problem("flow.person_left", {"step": step, "names": [names.get(one, "—") for one in left]}, Severity.WARNING)
        for step, ids in named.items()
        if (left := [one for one in ids if one in gone])
    )


def references_of(document: FlowDocument) -> tuple[Reference, ...]:
    """Forms and flows that the document names, with their places."""
    return tuple(_references(document))


def assignees_of(document: FlowDocument) -> Iterator[tuple[str, AssigneeDocument]]:
    """Everybody who may be asked, with the step."""
    for step in document.steps:
        name = step.name or step.code
        if isinstance(step, FormStep | ApproveStep | CopyStep):
            yield from ((name, one) for one in step.assignees)
        if isinstance(step, FormStep | ApproveStep):
            yield from ((name, one) for limit in step.limits for one in limit.to)


def _ids(one: AssigneeDocument) -> list[int]:
    ids = one.params.get("ids") if one.source == "person" else None
    return ids if isinstance(ids, list) else []


def _unknown(document: FlowDocument) -> Iterator[Problem]:
    sources = list_assignee_sources()
    for step, assignee in assignees_of(document):
        if assignee.source not in OWN_SOURCES and assignee.source not in sources:
            yield Problem("flow.unknown_source", {"step": step, "source": assignee.source})
    for starter in document.starters.among:
        if starter.source not in STARTER_SOURCES:
            yield Problem("flow.unknown_starter", {"source": starter.source})
    names = {one.name: one.type for one in document.fields}
    for step, assignee in assignees_of(document):
        if assignee.source == "formula":
            text = str(assignee.params.get("text", ""))
            found = parse(text, names=names, expects=FormulaType.TEXT).problems
            yield from (Problem(one.code, {**one.params, "step": step, "arm": text}, one.severity) for one in found)
    actions = list_flow_actions()
    for one in document.steps:
        if isinstance(one, CallStep) and one.action and one.action not in actions:
            yield Problem("flow.unknown_action", {"step": one.name or one.code, "action": one.action})


def _references(document: FlowDocument) -> Iterator[Reference]:
    for place, step in enumerate(document.steps):
        if isinstance(step, FormStep) and step.form:
            yield Reference("form", step.form, f"steps[{place}].form")
        if step.kind == "subflow" and step.flow:
            yield Reference("flow", step.flow, f"steps[{place}].flow")
        if isinstance(step, FormStep | ApproveStep):
            for rung, limit in enumerate(step.limits):
                if limit.flow:
                    yield Reference("flow", limit.flow, f"steps[{place}].limits[{rung}].flow")
