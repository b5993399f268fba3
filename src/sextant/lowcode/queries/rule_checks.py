"""What stands in the way of publishing a rule: its condition, and whether what it names exists and fits."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sextant.engines.definitions import Reference
from sextant.engines.rules import RepeatKind
from sextant.engines.values import Problem
from sextant.foundation.events.registry import list_events
from sextant.lowcode.contracts.rules import OVER_ALL
from sextant.lowcode.flows.document import AssigneeDocument
from sextant.lowcode.policy.rule_triggers import THING_FIELDS
from sextant.lowcode.registry_formulas import find_context, list_names
from sextant.lowcode.registry_people import list_assignee_sources
from sextant.lowcode.registry_rules import RuleSubjects, list_due_sources, list_rule_actions, list_rule_subjects
from sextant.lowcode.rules.document import (
    CallAct,
    EventTrigger,
    FlowAct,
    LightTrigger,
    NoticeAct,
    OverdueTrigger,
    PointsAct,
    RuleDocument,
    TaskAct,
    TriggerDocument,
    WebhookAct,
)
from sextant.lowcode.rules.reading import names_in_text, read_rule

OWN_SOURCES = ("about", "person")
"""当事人, 指定的人: what a rule answers itself. It has no starter, and nobody chose before."""


def check_rule(document: RuleDocument) -> tuple[Problem, ...]:
    """Everything wrong with a rule. Codes: `rules.*` and `formula.*`, with the `path` of the place. One query."""
    subjects, context = list_rule_subjects().get(document.about.context), find_context(document.about.context)
    if subjects is None or context is None:
        return (Problem("rules.unknown_context", {"path": "about.context", "context": document.about.context}),)
    names = {one.name: one.type for one in list_names(context)}
    return (
        *_check_when(document.when, subjects),
        *read_rule(document, names=names).problems,
        *_check_acts(document, names),
        *_check_repeat(document),
    )


def references_of(document: RuleDocument) -> tuple[Reference, ...]:
    """Forms and flows, and receivers of webhooks, that the rule names, with their places."""
    found = []
    for place, act in enumerate(document.actions, start=1):
        if isinstance(act, TaskAct) and act.form:
            found.append(Reference("form", act.form, f"actions[{place}].form"))
        elif isinstance(act, FlowAct) and act.flow:
            found.append(Reference("flow", act.flow, f"actions[{place}].flow"))
        elif isinstance(act, WebhookAct) and act.endpoint:
            found.append(Reference("webhook", act.endpoint, f"actions[{place}].endpoint"))
    return tuple(found)


def _check_when(when: TriggerDocument, subjects: RuleSubjects) -> Iterator[Problem]:
    if isinstance(when, EventTrigger):
        spec = next((one for one in list_events() if one.code == when.event), None)
        if spec is None:
            code = "rules.unknown_event" if when.event else "rules.no_event"
            yield Problem(code, {"path": "when.event", "event": when.event})
        elif when.event not in OVER_ALL and not _says(spec.fields, subjects):
            yield Problem("rules.event_subject", {"path": "when.event", "event": str(spec.name)})
    elif isinstance(when, LightTrigger):
        if "goal" not in subjects.kinds or (when.weeks > 1 and not subjects.light_weeks_name):
            yield Problem("rules.no_light", {"path": "when.to"})
    elif isinstance(when, OverdueTrigger):
        source = list_due_sources().get(when.of)
        if source is None:
            yield Problem("rules.unknown_due", {"path": "when.of", "of": when.of})
        elif not source.kinds & subjects.kinds:
            yield Problem("rules.due_subject", {"path": "when.of", "of": str(source.name)})


def _says(fields: Iterable[str], subjects: RuleSubjects) -> bool:
    """Whether an event with these fields tells which subjects it is about."""
    return any(THING_FIELDS.get(name) in subjects.kinds for name in fields)


def _check_repeat(document: RuleDocument) -> Iterator[Problem]:
    if document.repeat.kind is RepeatKind.WINDOW and not document.repeat.days:
        yield Problem("rules.no_days", {"path": "repeat.days"})


def _check_acts(document: RuleDocument, names: Mapping[str, object]) -> Iterator[Problem]:
    if not document.actions:
        yield Problem("rules.no_actions", {"path": "actions"})
    for place, act in enumerate(document.actions, start=1):
        path = f"actions[{place}]"
        for problem in _ACTS[act.do](act, document):
            yield Problem(problem.code, {**problem.params, "path": path})
        for text in (getattr(act, "title", ""), getattr(act, "text", "")):
            for name in names_in_text(text):
                if name not in names:
                    yield Problem("rules.unknown_name", {"path": path, "name": name})


def _notice(act: NoticeAct, document: RuleDocument) -> Iterator[Problem]:
    yield from _whom(act.to)
    if not act.text:
        yield Problem("rules.no_text")


def _task(act: TaskAct, document: RuleDocument) -> Iterator[Problem]:
    yield from _whom(act.to)
    if not act.title:
        yield Problem("rules.no_title")


def _flow(act: FlowAct, document: RuleDocument) -> Iterator[Problem]:
    if not act.flow:
        yield Problem("rules.no_flow")


def _call(act: CallAct, document: RuleDocument) -> Iterator[Problem]:
    action = list_rule_actions(document.about.context).get(act.action)
    if action is None:
        yield Problem("rules.unknown_action" if act.action else "rules.no_action", {"action": act.action})
        return
    for name, label in action.params.items():
        if act.params.get(name, "") == "":
            yield Problem("rules.no_param", {"name": str(label), "action": str(action.name)})


def _points(act: PointsAct, document: RuleDocument) -> Iterator[Problem]:
    if not act.points:
        yield Problem("rules.no_points")


def _webhook(act: WebhookAct, document: RuleDocument) -> Iterator[Problem]:
    if not act.endpoint or not act.call:
        yield Problem("rules.no_webhook")


def _whom(to: Iterable[AssigneeDocument]) -> Iterator[Problem]:
    sources, asked = list_assignee_sources(), tuple(to)
    if not asked:
        yield Problem("rules.no_persons")
    for one in asked:
        if one.source not in OWN_SOURCES and one.source not in sources:
            yield Problem("rules.unknown_source", {"source": one.source})


_ACTS: Mapping[str, Callable[[Any, RuleDocument], Iterator[Problem]]] = {
    "notice": _notice,
    "task": _task,
    "flow": _flow,
    "call": _call,
    "points": _points,
    "webhook": _webhook,
}
