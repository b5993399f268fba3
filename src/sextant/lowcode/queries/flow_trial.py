"""试跑: a draft of a flow played through for chosen persons. Reads only; nobody is asked, nothing is kept.

Persons are looked up as they stand on the day the trial starts; who will have left when a step is reached is said.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings

from sextant.engines.flow import (
    PERSONAL,
    Assignee,
    Called,
    Flow,
    Node,
    Rehearsal,
    Reply,
    Script,
    StepKind,
    rehearse,
)
from sextant.engines.formula import parse
from sextant.engines.values import Problem
from sextant.foundation.clock import company_day
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.flows.reading import kept_value, read_draft
from sextant.lowcode.policy.flow_sources import OWN_SOURCES
from sextant.lowcode.queries.definitions import current_versions
from sextant.lowcode.queries.flow_staffing import HR, Question, Staffed, staff_telling
from sextant.lowcode.queries.trial_fields import TrialField
from sextant.lowcode.registry_calendar import company_calendar
from sextant.lowcode.registry_flows import list_flow_actions
from sextant.lowcode.registry_people import directory, list_assignee_sources

MOST_DAYS_LOOKED_AT = 5
"""Days on which it is asked who of those named has left; a trial over more days says it for the first of them."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who starts the flow, whom it is about, and who was picked beforehand at the steps that ask for that."""

    starter_id: int
    about_id: int
    chosen: Mapping[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """What was played, and what is known besides: names of everybody in it, and who will have left by then, by serial
    of the step."""

    played: Rehearsal
    flow: Flow
    names: Mapping[int, str]
    leaving: Mapping[int, frozenset[int]]


def try_flow(
    document: FlowDocument,
    *,
    cast: Cast,
    fields: Sequence[TrialField],
    values: Mapping[str, object],
    replies: Mapping[str, tuple[Reply, ...]],
    start_at: datetime,
) -> Trial | None:
    """Play a document that may be half written, with these values by name (of the types of `fields`); None while it has
    no step.

    One query for each different source of persons, and at most a dozen besides, whatever the number of steps.
    """
    draft = read_draft(document)
    if draft is None:
        return None
    handed_in: dict[str, dict[str, object]] = {}
    for one in fields:
        for step in one.steps:
            handed_in.setdefault(step, {})[one.name] = values.get(one.name)
    known = {one.name: values.get(one.name) for one in fields if not one.steps}
    company = _Company(draft.flow, cast, on=company_day(start_at, settings.SEXTANT_ZONE))
    company.ask_ahead(values)
    played = rehearse(
        draft.flow,
        Script(known, handed_in, replies, _faults(draft.flow, draft.faults, on=start_at)),
        ask=company,
        start_at=start_at,
        calendar=company_calendar(),
        zone=settings.SEXTANT_ZONE,
    )
    persons = _persons(played) | {cast.starter_id, cast.about_id}
    return Trial(played, draft.flow, directory().names(persons), _leaving(played, start_at))


class _Company:
    """Answers whom a step asks, by the real sources. Everything is looked up in one go; what hangs on values that came
    to be others is looked up again."""

    def __init__(self, flow: Flow, cast: Cast, *, on: date) -> None:
        self.flow, self.cast, self.on = flow, cast, on
        self.known: dict[str, Staffed] = {}

    def ask_ahead(self, values: Mapping[str, object]) -> None:
        """Look up everybody whom any step or limit names, as if every value were known."""
        asking = [(node, node.assignees) for node in self.flow.nodes.values() if node.assignees]
        asking += [(node, limit.to) for node in self.flow.nodes.values() for limit in node.limits if limit.to]
        first = next(iter(self.flow.nodes.values()))
        self._look_up([*asking, (first, (HR,))], values)

    def __call__(self, node: Node, to: tuple[Assignee, ...], values: Mapping[str, object], at: datetime) -> Called:
        """As `sextant.engines.flow.Ask` wants it."""
        found = self._found(node, to or (HR,), values)
        asked = tuple((one.person_id, one.owner_id) for one in found.asked)
        if asked or node.kind is StepKind.COPY:
            return Called(asked, found.left)
        instead = self._found(node, (HR,), values)
        return Called((), found.left, tuple(one.person_id for one in instead.asked))

    def _found(self, node: Node, to: tuple[Assignee, ...], values: Mapping[str, object]) -> Staffed:
        key = self._key(node, to, values)
        if key not in self.known:
            self._look_up([(node, to)], values)
        return self.known[key]

    def _look_up(self, asking: Sequence[tuple[Node, tuple[Assignee, ...]]], values: Mapping[str, object]) -> None:
        kept = {name: kept_value(value) for name, value in values.items()}
        about, starter, chosen = self.cast.about_id, self.cast.starter_id, self.cast.chosen
        questions = [Question(to, about, starter, node.code, self.flow, kept, chosen) for node, to in asking]
        for (node, to), staffed in zip(asking, staff_telling(questions, on=self.on), strict=True):
            self.known[self._key(node, to, values)] = staffed

    def _key(self, node: Node, to: tuple[Assignee, ...], values: Mapping[str, object]) -> str:
        """What the answer hangs on."""
        read: set[str] = set()
        for one in to:
            if one.source == "formula":
                formula = parse(str(one.params.get("text", "")), names=self.flow.fields).value
                read |= formula.names if formula else set()
        step = node.code if any(one.source == "chosen" for one in to) else ""
        written = [(one.source, dict(one.params)) for one in to]
        return json.dumps([step, written, {name: values.get(name) for name in sorted(read)}], default=str)


def _faults(flow: Flow, found: Mapping[str, tuple[Problem, ...]], *, on: datetime) -> dict[str, tuple[Problem, ...]]:
    """Steps that cannot be done: what the draft lacks, and what it names that is not there."""
    faults = dict(found)
    sources, actions = list_assignee_sources(), list_flow_actions()
    named = {node.flow for node in flow.nodes.values() if node.kind is StepKind.SUBFLOW and node.flow}
    published = current_versions("flow", on=on, codes=named) if named else {}
    for node in flow.nodes.values():
        said = {"step": node.name or node.code}
        more = [
            Problem("flow.unknown_source", {**said, "source": one.source})
            for one in node.assignees
            if one.source not in OWN_SOURCES and one.source not in sources
        ]
        if node.kind is StepKind.CALL and node.action and node.action not in actions:
            more.append(Problem("flow.unknown_action", {**said, "action": node.action}))
        if node.kind is StepKind.SUBFLOW and node.flow and node.flow not in published:
            more.append(Problem("flow.not_published", {**said, "flow": node.flow}))
        if more:
            faults[node.code] = (*faults.get(node.code, ()), *more)
    return faults


def _persons(played: Rehearsal) -> set[int]:
    """Everybody a rehearsal names."""
    called = [stop.called for stop in played.stops] + [rung.called for stop in played.stops for rung in stop.rungs]
    asked = {person for one in called for pair in one.asked for person in pair if person is not None}
    return asked | {person for one in called for person in (*one.left, *one.instead)}


def _leaving(played: Rehearsal, start_at: datetime) -> dict[int, frozenset[int]]:
    """Who was found and will have left when the step is reached, by serial of the step. One query for a trial on one
    day, one more for each day where somebody leaves."""
    zone = settings.SEXTANT_ZONE
    asking = [stop for stop in played.stops if stop.kind in PERSONAL and stop.called.asked and stop.serial is not None]
    days = sorted({company_day(stop.at, zone) for stop in asking} - {company_day(start_at, zone)})
    persons = {person for stop in asking for person, _ in stop.called.asked}
    if not days or not directory().gone(persons, on=days[-1]):
        return {}
    gone = {day: _gone(persons, day) for day in days[:MOST_DAYS_LOOKED_AT]}
    found = {}
    for stop in asking:
        left = gone.get(company_day(stop.at, zone), frozenset()) & {person for person, _ in stop.called.asked}
        if left and stop.serial is not None:
            found[stop.serial] = left
    return found


def _gone(persons: Collection[int], day: date) -> frozenset[int]:
    return directory().gone(persons, on=day)
