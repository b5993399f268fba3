"""When a rule has to look: something happened, an hour of its schedule came, a thing fell due.

All of it is written as occasions, each once whatever notices it, and looked at afterwards (`rule_judging`): an event is
told in an instant however many subjects a rule has, and a worker that dies leaves nothing out and nothing twice.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings

from sextant.foundation.events.contracts import EventRow
from sextant.foundation.jobs.starting import start_after_commit
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.contracts.rules import BY_RULE, OVER_ALL
from sextant.lowcode.models import RuleOccasion
from sextant.lowcode.policy.rule_timing import latest_hour, overdue_before, schedule_key
from sextant.lowcode.policy.rule_triggers import kinds_for, things_in, waits_for
from sextant.lowcode.queries.rule_loading import rules_in_force
from sextant.lowcode.registry_calendar import company_calendar
from sextant.lowcode.registry_rules import DueThing, RuleSubjects, list_due_sources, list_rule_subjects
from sextant.lowcode.rules.document import OverdueTrigger, ScheduleTrigger

JOB = "sextant.lowcode.run_rules"
LOOK_BACK = timedelta(days=30)
"""What was overdue longer before a rule was published, or a worker stood still, no rule speaks of any more."""
MOST_DUE = 5000


def note_event(event: EventRow, *, now: datetime) -> None:
    """Tell the rules that wait for this event, as they were in force when it happened. Subscribed in
    `conf/subscriptions.py`. One query, and two or three for each context of the rules that wait for it."""
    if event.actor_label.startswith(BY_RULE) and event.actor_person_id is None:
        return  # what a rule did starts no rule: two of them would keep each other going for ever
    rules = rules_in_force(on=event.at, kinds=kinds_for(event.code))
    waiting = [(version, one) for version, one in rules if waits_for(one.when, event.code, event.params)]
    if not waiting:
        return
    key, rows = f"event:{event.id}", []
    for version, document in waiting:
        if event.code in OVER_ALL:
            rows.append(RuleOccasion(definition_id=version.definition_id, key=key, at=event.at))
            continue
        subjects = list_rule_subjects().get(document.about.context)
        found = _subjects_of(event, subjects, now=now) if subjects else ()
        rows += [
            RuleOccasion(definition_id=version.definition_id, key=key, subject_id=one, at=event.at) for one in found
        ]
    _note(rows)


def note_hours(*, now: datetime) -> int:
    """Note the latest hour of every scheduled rule that came since it was published; how many were new. One query, and
    one for all that came. An hour that was missed while nothing ran is made up for, once, however many were missed."""
    zone = settings.SEXTANT_ZONE
    rows = []
    for version, document in rules_in_force(on=now, kinds={"schedule"}):
        if not isinstance(document.when, ScheduleTrigger):
            continue
        at = latest_hour(document.when, now=now, zone=zone)
        if version.effective_at is not None and at >= version.effective_at:
            rows.append(RuleOccasion(definition_id=version.definition_id, key=schedule_key(at, zone=zone), at=at))
    return _note(rows)


def note_overdue(*, now: datetime) -> int:
    """Note what fell overdue for the rules that wait for it; how many were new. For each rule one query of its source
    and two of its context."""
    rules = rules_in_force(on=now, kinds={"overdue"})
    if not rules:
        return 0
    work_calendar, new = company_calendar(), 0
    for version, document in rules:
        when, subjects = document.when, list_rule_subjects().get(document.about.context)
        assert isinstance(when, OverdueTrigger)
        source = list_due_sources().get(when.of)
        if source is None or subjects is None:
            continue
        before = overdue_before(when.days, now=now, work_calendar=work_calendar, zone=settings.SEXTANT_ZONE)
        found = source.find(since=before - LOOK_BACK, before=before, limit=MOST_DUE)
        due = [one for one in found if not when.kinds or one.kind in when.kinds]
        new += _note(_due_occasions(version, due, subjects, now=now))
    return new


def _due_occasions(
    version: VersionRow, due: Collection[DueThing], subjects: RuleSubjects, *, now: datetime
) -> Iterator[RuleOccasion]:
    by_thing = subjects.found_by({one.thing for one in due}, now=now) if due else {}
    for one in due:
        for subject_id in by_thing.get(one.thing, ()):
            key = f"due:{one.key}"
            yield RuleOccasion(definition_id=version.definition_id, key=key, subject_id=subject_id, at=now)


def _subjects_of(event: EventRow, subjects: RuleSubjects, *, now: datetime) -> Iterable[int]:
    """What the event is about: its own subject where the context knows such things, else what its params say."""
    found = subjects.found_by([event.subject], now=now) if event.subject[0] in subjects.kinds else {}
    if not found:
        found = subjects.found_by(things_in(event.params), now=now)
    return sorted({one for ids in found.values() for one in ids})


def _note(rows: Iterable[RuleOccasion]) -> int:
    """Write occasions that are not there yet; how many. Whoever notices the same at this moment waits and adds none."""
    rows = sorted(rows, key=lambda one: (one.definition_id, one.key, one.subject_id))
    if not rows:
        return 0
    keys, rules = {one.key for one in rows}, {one.definition_id for one in rows}
    there = RuleOccasion.objects.filter(definition_id__in=rules, key__in=keys)
    before = set(there.values_list("definition_id", "key", "subject_id"))
    new = [one for one in rows if (one.definition_id, one.key, one.subject_id) not in before]
    RuleOccasion.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    if new:
        start_after_commit(JOB)
    return len(new)
