"""回看: a rule over the weeks that are past, beside the version in force: when it would have acted, on whom, on which
figures, and what that would have come to.

It looks as whoever asks sees, and says what the past does not keep. Weeks are finished ones, at their ends.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.clock import company_day
from sextant.foundation.events.queries import list_happened
from sextant.lowcode.contracts.rules import OVER_ALL, PastFiring, PastLoad, PastWeekCount, SimulationReport
from sextant.lowcode.flows.document import AssigneeDocument
from sextant.lowcode.messages.rule_acts import say_act
from sextant.lowcode.messages.rule_facts import lines_of
from sextant.lowcode.policy.rule_past import Acted, Lights, Week, acts_in
from sextant.lowcode.policy.rule_triggers import things_in
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.rule_checks import check_rule
from sextant.lowcode.queries.rule_loading import KIND, ReadyRule, ready_rule
from sextant.lowcode.registry_people import list_assignee_sources
from sextant.lowcode.registry_rules import list_rule_actions
from sextant.lowcode.rules.document import (
    EventTrigger,
    LightTrigger,
    NoticeAct,
    OverdueTrigger,
    Rhythm,
    RuleDocument,
    ScheduleTrigger,
    TaskAct,
)

MOST_SUBJECTS = 3000
"""So many are looked at while somebody waits."""
MOST_FIRINGS = 200
MOST_EVENTS = 20_000
AT_ONCE = 1000
Key = tuple[int, date]


@dataclass(slots=True)
class Past:
    """What one version would have done: by subject and week, and how often it could not be known."""

    rule: ReadyRule
    acted: dict[Key, Acted] = field(default_factory=dict)
    values: dict[Key, Mapping[str, object]] = field(default_factory=dict)
    known_names: set[str] = field(default_factory=set)
    unknown: int = 0
    is_sample: bool = False


def simulate(
    document: RuleDocument, *, code: str = "", actor: Actor, now: datetime, weeks: int = 12
) -> SimulationReport:
    """The document over the last finished `weeks` weeks beside the version of `code` in force. Raises AccessDenied.

    A constant number of queries for every thousand subjects, MOST_SUBJECTS at most.
    """
    require(actor, Permission.DEFINITION_READ)
    require(actor, Permission.GOAL_READ_ALL)
    rule = ready_rule(document)
    if rule is None:
        return SimulationReport(problems=check_rule(document))
    version = find_current(KIND, code, on=now) if code else None
    former = ready_rule(RuleDocument.model_validate(version.document)) if version else None
    draft = look_back(rule, weeks=weeks, actor=actor, now=now)
    before = look_back(former, weeks=weeks, actor=actor, now=now) if former and former.document.on else None
    return _report(draft, before, version.number if version else None, weeks=weeks, now=now)


def look_back(rule: ReadyRule, *, weeks: int, actor: Actor, now: datetime) -> Past:
    """What one version would have done. For whoever asked who may see it."""
    past, since = Past(rule), _week_ends(weeks, now=now)[0]
    subjects, units = rule.subjects, rule.document.about.units
    ids = subjects.list_ids(units=units, after=0, limit=MOST_SUBJECTS + 1, now=now)
    past.is_sample = len(ids) > MOST_SUBJECTS
    if not _is_kept(rule):
        return past
    happened = _happened(rule, since=since, now=now)
    for some in _by_thousand(ids[:MOST_SUBJECTS]):
        found = subjects.weeks(some, weeks=weeks + rule.weeks_back + 1, actor=actor, now=now)
        for subject_id, kept in found.items():
            known = [Week(date.fromisoformat(one.ends_on), one.values) for one in kept]
            past.known_names.update(*(one.values for one in known))
            came = None if happened is None else happened.get(subject_id, frozenset())
            for acted in acts_in(rule.read, known, lights=_lights(rule), happened=came, since=since):
                past.unknown += not acted.is_known
                if acted.is_known:
                    key = (subject_id, acted.week)
                    past.acted[key] = acted
                    past.values[key] = next(one.values for one in known if one.ends_on == acted.week)
    return past


def _is_kept(rule: ReadyRule) -> bool:
    """Whether the past says when the rule would have looked: not what was overdue on each day, nor whose goal changed
    its light when the rule looks at owners."""
    when = rule.document.when
    if isinstance(when, LightTrigger):
        return bool(rule.subjects.light_name)
    return not isinstance(when, OverdueTrigger)


def _lights(rule: ReadyRule) -> Lights:
    when, subjects = rule.document.when, rule.subjects
    if not isinstance(when, LightTrigger):
        return Lights()
    wanted = frozenset(subjects.light_word(one) for one in when.to)
    return Lights(subjects.light_name, subjects.light_weeks_name, wanted)


def _happened(rule: ReadyRule, *, since: date, now: datetime) -> dict[int, frozenset[date]] | None:
    """The ends of the weeks in which the rule's event came, by subject; None for a rule that looks by itself. Two
    queries, and those of the context."""
    when = rule.document.when
    if not isinstance(when, EventTrigger) or when.event in OVER_ALL:
        return None
    events = list_happened(when.event, since=now - timedelta(days=(now.date() - since).days + 7), limit=MOST_EVENTS)
    about = {one.id: [*things_in(one.params), one.subject] for one in events}
    by_thing = rule.subjects.found_by({thing for things in about.values() for thing in things}, now=now)
    found: dict[int, set[date]] = {}
    for one in events:
        day = company_day(one.at, settings.SEXTANT_ZONE)
        for subject_id in {id_ for thing in about[one.id] for id_ in by_thing.get(thing, ())}:
            found.setdefault(subject_id, set()).add(day + timedelta(days=7 - day.isoweekday()))
    return {subject_id: frozenset(days) for subject_id, days in found.items()}


def _report(draft: Past, before: Past | None, in_force: int | None, *, weeks: int, now: datetime) -> SimulationReport:
    was = before.acted if before else {}
    ends = _week_ends(weeks, now=now)
    counts = tuple(
        PastWeekCount(
            one,
            sum(_ends(day) == one for _, day in draft.acted),
            sum(_ends(day) == one for _, day in was),
        )
        for one in ends
    )
    latest = sorted(draft.acted, key=lambda key: (key[1], -key[0]), reverse=True)
    rows = draft.rule.subjects.rows({subject_id for subject_id, _ in latest}, now=now)
    about = {subject_id: rows[subject_id].person_id for subject_id, _ in latest if subject_id in rows}
    return SimulationReport(
        weeks=counts,
        firings=tuple(
            PastFiring(
                subject_id=subject_id,
                name=rows[subject_id].name,
                person_id=rows[subject_id].person_id,
                path=rows[subject_id].path,
                week=_ends(day),
                figures=_figures(draft, (subject_id, day)),
                is_new=before is not None and (subject_id, day) not in was,
            )
            for subject_id, day in latest[:MOST_FIRINGS]
            if subject_id in rows
        ),
        fired=len(draft.acted),
        subjects=len({about.get(subject_id) or -subject_id for subject_id, _ in draft.acted}),
        fired_in_force=len(was),
        new=len(set(draft.acted) - set(was)) if before else 0,
        in_force=in_force,
        load=_load(draft, [about.get(subject_id) for subject_id, _ in latest], now=now),
        unknown=draft.unknown,
        notes=tuple(_notes(draft)),
        is_sample=draft.is_sample,
    )


def _figures(past: Past, key: Key) -> tuple[tuple[str, str], ...]:
    lines = lines_of(past.acted[key].judgement.lines, past.rule.names, past.values[key])
    return tuple(dict.fromkeys(one for line in lines if line.is_decisive for one in line.figures))


def _load(past: Past, about: Sequence[int | None], *, now: datetime) -> tuple[PastLoad, ...]:
    """What each act would have come to, with whom its expressions name today."""
    actions = {("call", code): str(one.name) for code, one in list_rule_actions(past.rule.context.code).items()}
    found = []
    for act in past.rule.document.actions:
        persons = _count_persons(act.to, about, now=now) if isinstance(act, NoticeAct | TaskAct) else None
        held = len(about) if act.needs_yes else 0
        found.append(PastLoad(act.do, say_act(act, actions), len(about), persons, held))
    return tuple(found)


def _count_persons(to: Collection[AssigneeDocument], about: Sequence[int | None], *, now: datetime) -> int:
    """How many would have been told, each time counted. One query for each source."""
    on, sources, known = company_day(now, settings.SEXTANT_ZONE), list_assignee_sources(), {one or 0 for one in about}
    named: dict[int, set[int]] = {one: set() for one in known}
    for one in to:
        ids: Any = one.params.get("ids", ())
        found = sources[one.source].resolve(known, one.params, on=on) if one.source in sources else {}
        for person_id, asked in named.items():
            if one.source == "about" and person_id:
                asked.add(person_id)
            elif one.source == "person":
                asked.update(ids)
            else:
                asked.update(found.get(person_id, ()))
    return sum(len(named[one or 0]) for one in about)


def _notes(past: Past) -> Iterator[Problem]:
    """What the past does not keep, so that nobody takes a gap for a zero."""
    when = past.rule.document.when
    if not _is_kept(past.rule):
        yield Problem("rules.past_overdue" if isinstance(when, OverdueTrigger) else "rules.past_owners")
        return
    if isinstance(when, ScheduleTrigger) and when.every is Rhythm.DAILY:
        yield Problem("rules.past_daily")
    if isinstance(when, LightTrigger):
        yield Problem("rules.past_lights")
    missing = sorted(past.rule.read.judged - past.known_names)
    if missing and past.known_names:
        yield Problem("rules.past_names", {"names": missing})
    if not past.known_names:
        yield Problem("rules.past_nothing")


def _week_ends(weeks: int, *, now: datetime) -> list[date]:
    """The last days of the last finished weeks, the earliest first."""
    today = company_day(now, settings.SEXTANT_ZONE)
    last = today - timedelta(days=today.isoweekday())
    return [last - timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)]


def _ends(day: date) -> date:
    """The Sunday of the week; a goal's last week may end earlier."""
    return day + timedelta(days=7 - day.isoweekday())


def _by_thousand(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), AT_ONCE):
        yield ids[first : first + AT_ONCE]
