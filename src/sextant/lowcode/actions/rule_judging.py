"""Looking: whether a rule's condition holds for subjects, and what it then has to do.

A batch of subjects of one rule is one transaction: their occasions are held by whoever looks, their states while it is
decided. So a rule acts once for a subject and window though two workers look at the same time, and a worker that dies
leaves the occasions as they were. A batch costs the same number of statements whatever its size.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from sextant.engines.rules import Judgement, Previous, decide_firing
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.models import RuleAct, RuleFiring, RuleOccasion, RuleState
from sextant.lowcode.models.rules import EVERYONE
from sextant.lowcode.policy.rule_timing import acts_at
from sextant.lowcode.policy.rule_triggers import is_occurrence
from sextant.lowcode.queries.definitions import find_current_of
from sextant.lowcode.queries.rule_judgements import judge_subject
from sextant.lowcode.queries.rule_loading import Facts, ReadyRule, facts_of, kept_facts, ready_rule
from sextant.lowcode.registry_rules import RULE_READER
from sextant.lowcode.rules.document import RuleDocument
from sextant.lowcode.rules.reading import lines_as_json

logger = logging.getLogger(__name__)
AT_ONCE = 500


@dataclass(slots=True)
class LookReport:
    """What looking gave: subjects judged, how many the rules act on, how many could not be known; and definitions whose
    looking failed, which are tried again with the next run and keep nobody else waiting."""

    judged: int = 0
    fired: int = 0
    unknown: int = 0
    failing: list[int] = field(default_factory=list)


def look(*, now: datetime, most: int = 100_000, at_once: int = AT_ONCE) -> LookReport:
    """Look at everything that waits and that nobody else looks at, `most` subjects at most."""
    report = LookReport()
    while report.judged < most:
        with transaction.atomic():
            if not _look_at_some(report, now=now, at_once=at_once):
                break
    return report


def _look_at_some(report: LookReport, *, now: datetime, at_once: int) -> bool:
    """One batch: of one rule, each subject once, or a stretch of everyone. False when nothing is left."""
    open_ones = RuleOccasion.objects.filter(done_at=None).exclude(definition_id__in=report.failing)
    open_ones = open_ones.order_by("definition_id", "id")
    held = list(open_ones.select_for_update(skip_locked=True)[:at_once])
    if not held:
        return False
    batch = _batch_of(held)
    try:
        with transaction.atomic():
            _look_at(batch, report, now=now, at_once=at_once)
    except (OperationalError, InterfaceError):
        raise  # the database went away, or two waited for each other: the occasions are still there
    except Exception:
        logger.exception("looking for the rule %s failed", batch[0].definition_id)
        report.failing.append(batch[0].definition_id)
    return True


def _look_at(batch: Sequence[RuleOccasion], report: LookReport, *, now: datetime, at_once: int) -> None:
    version = find_current_of(batch[0].definition_id, on=now)
    document = RuleDocument.model_validate(version.document) if version else None
    rule = ready_rule(document) if document is not None and document.on else None
    if version is None or rule is None:  # switched off, taken out of use, or its context is gone: nothing to look for
        _finish(batch, now=now)
        return
    if batch[0].subject_id == EVERYONE:
        ids = rule.subjects.list_ids(units=rule.document.about.units, after=batch[0].after_id, limit=at_once, now=now)
        occasions = dict.fromkeys(ids, batch[0])
        _advance(batch[0], ids, at_once=at_once, now=now)
    else:
        wanted = [one.subject_id for one in batch]
        seen = rule.subjects.in_scope(wanted, units=rule.document.about.units, now=now)
        occasions = {one.subject_id: one for one in batch if one.subject_id in seen}
        _finish(batch, now=now)
    _judge(version, rule, occasions, report, now=now)


def _batch_of(held: Sequence[RuleOccasion]) -> list[RuleOccasion]:
    """Those of the first one's rule; everyone alone, else the earliest of each subject."""
    first = held[0]
    if first.subject_id == EVERYONE:
        return [first]
    batch: dict[int, RuleOccasion] = {}
    for one in held:
        if one.definition_id == first.definition_id and one.subject_id != EVERYONE:
            batch.setdefault(one.subject_id, one)
    return list(batch.values())


def _judge(
    version: VersionRow, rule: ReadyRule, occasions: dict[int, RuleOccasion], report: LookReport, *, now: datetime
) -> None:
    facts = facts_of(rule, occasions, actor=RULE_READER, now=now)
    judged = {one: judge_subject(rule, facts, one) for one in occasions}
    states = _hold_states(version.definition_id, rule, judged, now=now)
    is_news, fired = is_occurrence(rule.document.when), []
    for subject_id, judgement in judged.items():
        report.judged += 1
        report.unknown += judgement.holds is None
        state = states.get(subject_id)
        if state is None:
            continue  # it does not hold, and never did: there is nothing to remember
        previous = Previous(state.fired_at, None if is_news else state.held)
        firing = decide_firing(judgement.holds, repeat=rule.document.repeat.repeat(), previous=previous, at=now)
        state.asked_at = now
        if judgement.holds is not None:
            state.held = judgement.holds
        if firing.fires:
            state.fired_at = now
            fired.append((subject_id, judgement))
    RuleState.objects.bulk_update(states.values(), ["held", "asked_at", "fired_at"], batch_size=1000)
    report.fired += _fire(version, rule, fired, facts, occasions, now=now)


def _hold_states(
    definition_id: int, rule: ReadyRule, judged: dict[int, Judgement], *, now: datetime
) -> dict[int, RuleState]:
    """The states of these subjects, locked in order; made where the condition holds and there is none yet."""
    context = rule.document.about.context
    begun = sorted(one for one, judgement in judged.items() if judgement.holds)
    RuleState.objects.bulk_create(
        (RuleState(definition_id=definition_id, context=context, subject_id=one, asked_at=now) for one in begun),
        ignore_conflicts=True,
    )
    there = RuleState.objects.filter(definition_id=definition_id, context=context, subject_id__in=list(judged))
    return {one.subject_id: one for one in there.select_for_update().order_by("subject_id")}


def _fire(
    version: VersionRow,
    rule: ReadyRule,
    fired: Sequence[tuple[int, Judgement]],
    facts: Facts,
    occasions: dict[int, RuleOccasion],
    *,
    now: datetime,
) -> int:
    """Write what is to be done for each subject, and the log of why."""
    if not fired:
        return 0
    rows = rule.subjects.rows([one for one, _ in fired], now=now)
    firings = [
        RuleFiring(
            definition_id=version.definition_id,
            version_id=version.id,
            context=rule.document.about.context,
            subject_id=subject_id,
            person_id=rows[subject_id].person_id,
            occasion=occasions[subject_id].key,
            at=now,
            lines=lines_as_json(judgement.lines),
            facts=kept_facts(rule, facts.now.get(subject_id, {})),
        )
        for subject_id, judgement in fired
        if subject_id in rows
    ]
    RuleFiring.objects.bulk_create(firings, batch_size=1000)
    due_at = acts_at(rule.document.quiet, now=now, zone=settings.SEXTANT_ZONE)
    RuleAct.objects.bulk_create(
        (
            RuleAct(firing=firing, place=place, do=act.do, is_agreed=not act.needs_yes, due_at=due_at)
            for firing in firings
            for place, act in enumerate(rule.document.actions, start=1)
        ),
        batch_size=1000,
    )
    return len(firings)


def _advance(occasion: RuleOccasion, ids: Collection[int], *, at_once: int, now: datetime) -> None:
    """The look at everyone goes on behind the last of these, and is over when there were fewer than asked for."""
    occasion.after_id = max(ids, default=occasion.after_id)
    if len(ids) < at_once:
        occasion.done_at = now
    occasion.save(update_fields=["after_id", "done_at"])


def _finish(batch: Collection[RuleOccasion], *, now: datetime) -> None:
    RuleOccasion.objects.filter(id__in=[one.pk for one in batch]).update(done_at=now)
