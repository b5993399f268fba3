"""What an act of a rule does, one function a kind. Each runs in the transaction that marks its act as done, so that it
is done once however often a worker dies; what leaves the product goes into an outbox."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from sextant.engines.flow import Assignee, Flow, Span, Unit, deadline
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.foundation.events.actions import publish
from sextant.foundation.notices.actions import send_notice
from sextant.foundation.webhooks.actions.queueing import queue_for
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.actions.sheets import begin_sheet
from sextant.lowcode.actions.work import open_work
from sextant.lowcode.contracts.flows import NewInstance
from sextant.lowcode.contracts.rules import ACT, BY_RULE, CALLED, FORM_WORK, NOTICE, POINTS, TASK_WORK, RuleRefused
from sextant.lowcode.flows.document import AssigneeDocument
from sextant.lowcode.messages.rule_facts import said_facts
from sextant.lowcode.models import RuleAct, RuleFiring
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.flow_staffing import Question, staff
from sextant.lowcode.queries.rule_loading import ReadyRule, facts_from
from sextant.lowcode.registry_calendar import company_calendar
from sextant.lowcode.registry_rules import RuleSubject, list_rule_actions
from sextant.lowcode.rules.document import CallAct, FlowAct, NoticeAct, PointsAct, TaskAct, WebhookAct
from sextant.lowcode.rules.reading import filled

Result = Mapping[str, object]
_NO_FLOW = Flow({}, "")


@dataclass(frozen=True, slots=True)
class Doing:
    """One act about to be done. `name` and `code` are the rule's."""

    act: RuleAct
    firing: RuleFiring
    rule: ReadyRule
    subject: RuleSubject
    code: str
    name: str
    now: datetime

    @property
    def actor(self) -> Actor:
        """The rule acts as the product itself; the trail says which rule it was."""
        return Actor.system(f"{BY_RULE}{self.code}")

    @property
    def facts(self) -> dict[str, object]:
        """What it acts on: the values when it fired."""
        return facts_from(self.rule, self.firing.facts)

    def words(self, text: str) -> str:
        """A text of the rule with the figures it fired on, in the company's language."""
        with translation.override(settings.LANGUAGE_CODE):
            return filled(text, said_facts(self.rule.names, self.facts)).strip()

    @property
    def person_id(self) -> int:
        """Whom it is done for. Raises RuleRefused (rules.no_person)."""
        if self.subject.person_id is None:
            raise RuleRefused(Problem("rules.no_person", {"subject": self.subject.name}))
        return self.subject.person_id


def do(doing: Doing) -> Result:
    """Do it; what came of it, for the log. Raises RuleRefused (rules.nobody, .no_person, .no_form, .unknown_action,
    .unknown_endpoint), FlowRefused, and whatever an action of a domain raises."""
    document: Any = doing.rule.document.actions[doing.act.place - 1]
    return _DO[document.do](document, doing)


def persons_of(to: Iterable[AssigneeDocument], subject: RuleSubject, *, now: datetime) -> list[int]:
    """Whom these expressions name for the subject, nobody twice; RuleRefused (rules.nobody) when it is nobody. One
    query for each source, one or two for who is away or has left."""
    wanted = tuple(Assignee(one.source, dict(one.params)) for one in to)
    # nobody has the number zero: sources that need a person find none, those that do not, do
    question = Question(wanted, subject.person_id or 0, None, "", _NO_FLOW)
    [found] = staff([question], on=company_day(now, settings.SEXTANT_ZONE))
    persons = [one.person_id for one in found if one.person_id]
    if not persons:
        raise RuleRefused(Problem("rules.nobody", {"subject": subject.name}))
    return persons


def _notice(document: NoticeAct, doing: Doing) -> Result:
    persons = persons_of(document.to, doing.subject, now=doing.now)
    params = {"title": doing.words(document.title) or doing.name, "text": doing.words(document.text)}
    key = f"rule:{doing.act.pk}"
    send_notice(NOTICE, person_ids=persons, params=params, path=doing.subject.path, key=key, now=doing.now)
    return {"persons": persons}


def _task(document: TaskAct, doing: Doing) -> Result:
    persons = persons_of(document.to, doing.subject, now=doing.now)
    path = document.path or doing.subject.path
    result: dict[str, object] = {"persons": persons}
    if document.form:
        result["sheet"] = _sheet_of(document.form, doing)
        path = reverse("lowcode:sheet", args=[result["sheet"]])
    span = Span(document.days, Unit.WORKDAY) if document.days else Span(1, Unit.HOUR)
    open_work(
        FORM_WORK if document.form else TASK_WORK,
        person_ids=persons,
        subject=(ACT, doing.act.pk),
        params={"title": doing.words(document.title) or doing.name, "rule": doing.name, "subject": doing.subject.name},
        path=path,
        due_at=deadline(doing.now, span, calendar=company_calendar(), zone=settings.SEXTANT_ZONE),
        now=doing.now,
        about_id=doing.subject.person_id,
    )
    return result


def _sheet_of(form: str, doing: Doing) -> int:
    version = find_current("form", form, on=doing.now)
    if version is None:
        raise RuleRefused(Problem("rules.no_form", {"form": form}))
    about_id = doing.subject.person_id
    return begin_sheet(version.id, subject=(ACT, doing.act.pk), about_id=about_id, now=doing.now).id


def _flow(document: FlowAct, doing: Doing) -> Result:
    given = {
        name: formula.evaluate(doing.facts).value
        for (place, name), formula in doing.rule.read.values.items()
        if place == doing.act.place
    }
    values = {name: value for name, value in given.items() if value is not None}
    new = NewInstance(
        title=doing.words(document.title) or doing.subject.name,
        about_id=doing.person_id,
        key=f"rule:{doing.act.pk}",
        values=values,
    )
    return {"instance": start_flow(document.flow, new, actor=doing.actor, now=doing.now)}


def _call(document: CallAct, doing: Doing) -> Result:
    action = list_rule_actions(doing.firing.context).get(document.action)
    if action is None:
        raise RuleRefused(Problem("rules.unknown_action", {"action": document.action}))
    params = {name: doing.words(one) if isinstance(one, str) else one for name, one in document.params.items()}
    given = action.run(doing.subject, params=params, values=doing.facts, actor=doing.actor, now=doing.now)
    return dict(given or {})


def _points(document: PointsAct, doing: Doing) -> Result:
    person_id = doing.person_id
    params = {"person_id": person_id, "points": document.points, "rule": doing.code, "firing_id": doing.firing.pk}
    publish(POINTS, subject=("person", person_id), params=params, now=doing.now, actor=doing.actor)
    return {"persons": [person_id], "points": document.points}


def _webhook(document: WebhookAct, doing: Doing) -> Result:
    firing = doing.firing
    params = {
        "rule": doing.code,
        "call": document.call,
        "endpoint": document.endpoint,
        "context": firing.context,
        "subject_id": firing.subject_id,
        "person_id": firing.person_id,
        "firing_id": firing.pk,
    }
    event_id = publish(CALLED, subject=(ACT, doing.act.pk), params=params, now=doing.now, actor=doing.actor)
    if not queue_for(document.endpoint, event_id, now=doing.now):
        raise RuleRefused(Problem("rules.unknown_endpoint", {"endpoint": document.endpoint}))
    return {"event": event_id}


_DO: Mapping[str, Callable[[Any, Doing], Result]] = {
    "notice": _notice,
    "task": _task,
    "flow": _flow,
    "call": _call,
    "points": _points,
    "webhook": _webhook,
}
