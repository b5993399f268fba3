"""Doing what rules that fired have to do: each act in a transaction of its own, at its time, and once.

An act that fails is tried again later and repeats none of the others; one that keeps failing is given up and HR is
told. An act that needs a yes first asks the manager. When a rule is switched off, what it has not done yet is dropped.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.events.policy import decide_next_try
from sextant.foundation.jobs.starting import start_after_commit
from sextant.foundation.notices.actions import send_notice
from sextant.lowcode.access_work import access_work
from sextant.lowcode.actions.rule_doing import Doing, Result, do, persons_of
from sextant.lowcode.actions.rule_occasions import JOB
from sextant.lowcode.actions.work import close_work, open_work
from sextant.lowcode.contracts.rules import ACT, CONFIRM_WORK, FAILED, TASK_WORK, ActState, RuleRefused
from sextant.lowcode.contracts.work import Decision, WorkRefused
from sextant.lowcode.flows.document import AssigneeDocument
from sextant.lowcode.models import RuleAct
from sextant.lowcode.queries.definitions import find_current_of, version_row
from sextant.lowcode.queries.rule_loading import ready_rule
from sextant.lowcode.registry_people import list_assignee_sources
from sextant.lowcode.rules.document import RuleDocument

logger = logging.getLogger(__name__)
MANAGER = AssigneeDocument(source="people.line_manager")
HR = AssigneeDocument(source="people.role", params={"role": "hr"})
OWN_CODES = ("rules.", "flow.", "formula.")
"""Problems that the log has sentences for; of any other failure it keeps the name."""
_AT_ONCE = 100


@dataclass(slots=True)
class ActReport:
    """What was tried: done, asked about, failed (tried again or given up), dropped."""

    done: int = 0
    held: int = 0
    failed: int = 0
    dropped: int = 0


def do_due_acts(*, now: datetime, most: int = 10_000) -> ActReport:
    """Do what is due and nobody else is doing, the earliest first."""
    report, tried = ActReport(), 0
    while tried < most:
        due = RuleAct.objects.filter(state=ActState.WAITING, due_at__lte=now).order_by("due_at", "id")
        ids = list(due.values_list("id", flat=True)[:_AT_ONCE])
        done = sum(_do_one(one, report, now=now) for one in ids)
        if not done:
            break
        tried += done
    return report


@transaction.atomic
def _do_one(act_id: int, report: ActReport, *, now: datetime) -> bool:
    """Do one, or note why not; False when another worker has it or had it."""
    waiting = RuleAct.objects.filter(id=act_id, state=ActState.WAITING)
    joined = waiting.select_related("firing__version__definition")
    act = joined.select_for_update(of=("self",), skip_locked=True).first()
    if act is None:
        return False
    if not _is_wanted(act, now=now):
        act.state, act.done_at = ActState.DROPPED.value, now
        report.dropped += 1
    else:
        _try(act, report, now=now)
    act.save()
    return True


def _is_wanted(act: RuleAct, *, now: datetime) -> bool:
    """Whether the rule still holds, in whatever version."""
    current = find_current_of(act.firing.definition_id, on=now)
    return current is not None and RuleDocument.model_validate(current.document).on


def _try(act: RuleAct, report: ActReport, *, now: datetime) -> None:
    """Do it in a savepoint: what it wrote is undone when it fails, its failure is kept."""
    try:
        with transaction.atomic():
            doing = _doing(act, now=now)
            result = do(doing) if act.is_agreed else _ask(doing)
    except (OperationalError, InterfaceError):
        raise  # the database went away, or two waited for each other: the act is still there
    except Exception as error:
        if not isinstance(error, WorkRefused):
            logger.exception("act %s of a rule failed", act.pk)
        report.failed += 1
        _mark_failed(act, _problem_of(error), now=now)
        return
    act.problem, act.result = None, dict(result)
    if act.is_agreed:
        act.state, act.done_at = ActState.DONE.value, now
        report.done += 1
    else:
        act.state = ActState.HELD.value
        report.held += 1


def _doing(act: RuleAct, *, now: datetime) -> Doing:
    version = version_row(act.firing.version)
    rule = ready_rule(RuleDocument.model_validate(version.document))
    if rule is None:
        raise RuleRefused(Problem("rules.unreadable", {"rule": version.name}))
    subject = rule.subjects.rows([act.firing.subject_id], now=now).get(act.firing.subject_id)
    if subject is None:
        raise RuleRefused(Problem("rules.gone", {}))
    return Doing(act, act.firing, rule, subject, version.code, version.name, now)


def _ask(doing: Doing) -> Result:
    """Ask the manager of whom it is about, HR where there is none."""
    try:
        persons = persons_of((MANAGER,), doing.subject, now=doing.now)
    except RuleRefused:
        persons = persons_of((HR,), doing.subject, now=doing.now)
    document = doing.rule.document.actions[doing.act.place - 1]
    open_work(
        CONFIRM_WORK,
        person_ids=persons,
        subject=(ACT, doing.act.pk),
        params={"rule": doing.name, "subject": doing.subject.name, "do": document.do},
        path=doing.subject.path,
        due_at=None,
        now=doing.now,
        about_id=doing.subject.person_id,
    )
    return {"asked": persons}


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, WorkRefused) and error.problems and error.problems[0].code.startswith(OWN_CODES):
        return error.problems[0]
    return Problem("rules.act_failed", {"reason": type(error).__name__})


def _mark_failed(act: RuleAct, problem: Problem, *, now: datetime) -> None:
    act.attempts += 1
    act.problem = {"code": problem.code, "params": {name: str(value) for name, value in problem.params.items()}}
    again = decide_next_try(act.attempts, now=now)
    if again is not None:
        act.due_at = again
        return
    act.state, act.done_at = ActState.DEAD.value, now
    _tell_hr(act, now=now)


def _tell_hr(act: RuleAct, *, now: datetime) -> None:
    """Somebody has to know what no machine will try again."""
    source = list_assignee_sources().get(HR.source)
    found = source.resolve([0], HR.params, on=company_day(now, settings.SEXTANT_ZONE)) if source else {}
    params = {"rule": act.firing.version.definition.name}
    send_notice(
        FAILED,
        person_ids=found.get(0, ()),
        params=params,
        path=reverse("lowcode:definitions"),
        key=f"act:{act.pk}",
        now=now,
    )


def answer_act(item_id: int, *, decision: Decision, note: str = "", actor: Actor, now: datetime) -> None:
    """Say yes or no to an act that waits for it: with a yes it is done at once, with a no never. Raises AccessDenied,
    RuleRefused (rules.note_needed: a no says why; rules.answered: somebody did already)."""
    item = access_work(actor, item_id=item_id)
    if item.kind != CONFIRM_WORK or item.subject[0] != ACT:
        raise AccessDenied(Permission.WORK_READ)
    if decision is Decision.RETURN and not note.strip():
        raise RuleRefused(Problem("rules.note_needed"))
    with transaction.atomic():
        act = RuleAct.objects.select_for_update().get(id=item.subject[1])
        if act.state != ActState.HELD:
            raise RuleRefused(Problem("rules.answered"))
        agreed = decision is Decision.AGREE
        act.state, act.is_agreed = (ActState.WAITING if agreed else ActState.REFUSED).value, agreed
        act.decided_by, act.note, act.due_at = actor.person_id, note.strip()[:1000], now
        act.done_at = None if agreed else now
        act.save()
        outcome = "agreed" if agreed else "returned"
        close_work(CONFIRM_WORK, subject=item.subject, now=now, outcome=outcome, by_person_id=actor.person_id)
        changes = {"act": act.pk, "decision": decision.value, "note": act.note}
        record("answer_act", actor=actor, now=now, object_kind="rule", object_id=act.firing_id, changes=changes)
        start_after_commit(JOB)


def finish_task(item_id: int, *, actor: Actor, now: datetime) -> None:
    """Say that a task of a rule is done. Raises AccessDenied."""
    item = access_work(actor, item_id=item_id)
    if item.kind != TASK_WORK or item.closed_at is not None:
        raise AccessDenied(Permission.WORK_READ)
    persons = [item.person_id]
    close_work(TASK_WORK, subject=item.subject, now=now, person_ids=persons, by_person_id=actor.person_id)
