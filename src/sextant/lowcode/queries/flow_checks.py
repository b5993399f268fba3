"""What stands in the way of publishing a flow: the engine's check, and whether what it names exists."""

from collections.abc import Iterator

from django.utils.translation import gettext

from sextant.engines.definitions import Reference
from sextant.engines.values import Problem
from sextant.lowcode.flows.document import ApproveStep, AssigneeDocument, CallStep, CopyStep, FlowDocument, FormStep
from sextant.lowcode.flows.reading import read_flow
from sextant.lowcode.policy.flow_sources import OWN_SOURCES
from sextant.lowcode.registry_flows import list_flow_actions
from sextant.lowcode.registry_people import list_assignee_sources


def check_flow(document: FlowDocument) -> tuple[Problem, ...]:
    """Everything wrong with a flow, and what its maker should know. Codes: `engines.flow.Code`, `flow.unknown_source`,
    `flow.unknown_action`, and those of conditions with their step."""
    return (*read_flow(document).problems, *_unknown(document))


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


def starters_of(document: FlowDocument) -> Iterator[tuple[str, AssigneeDocument]]:
    """Those among whom somebody may start the flow, with what they are called in its problems."""
    yield from ((gettext("谁能发起"), one) for one in document.starters.among)


def _unknown(document: FlowDocument) -> Iterator[Problem]:
    sources = list_assignee_sources()
    for step, assignee in (*assignees_of(document), *starters_of(document)):
        if assignee.source not in OWN_SOURCES and assignee.source not in sources:
            yield Problem("flow.unknown_source", {"step": step, "source": assignee.source})
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
