"""How a case ends: by itself when the weeks turn it, or by who runs the talk, with a word on what follows."""

from datetime import datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.events.actions import publish
from sextant.lowcode.actions.work import close_work
from sextant.tracking.actions.case_meeting import LEAST_WEEKS, MOST_WEEKS
from sextant.tracking.actions.case_restrictions import lift_all
from sextant.tracking.actions.case_table import CaseTable, come_to_case, note, place, read_text
from sextant.tracking.actions.case_work import MEASURE_WORK, PLAN, ask, find_persons, refresh_work, tell
from sextant.tracking.contracts.cases import CASE, MEASURE, CaseOutcome, CaseRefused, SeatRole, Stage
from sextant.tracking.messages.cases import OUTCOMES
from sextant.tracking.models import TalkMeasure
from sextant.tracking.models.cases import TEXT_LENGTH
from sextant.tracking.policy.case_review import watch_from

CLOSED = "red_case.closed"


def end_case(case_id: int, *, outcome: CaseOutcome, words: str, actor: Actor, now: datetime) -> None:
    """End the case by hand: nothing more is needed (ENDED), or, once the weeks are judged, a 绩效改进计划 follows
    (PLAN), which waits with HR. `words` say why; all three read them.

    Raises AccessDenied (who neither runs the talk nor is HR), CaseRefused (case.closed, case.missing, case.long,
    case.too_early), ValueError for an outcome nobody chooses.
    """
    if outcome not in {CaseOutcome.ENDED, CaseOutcome.PLAN}:
        raise ValueError(outcome)
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now, is_lead=True, for_hr=True)
        text = read_text(words, field="words", most=TEXT_LENGTH)
        if outcome is CaseOutcome.PLAN and table.case.stage != Stage.DECIDE.value:
            raise CaseRefused(Problem("case.too_early"))
        close(table, outcome, words=text)


def watch_again(case_id: int, *, weeks: int, actor: Actor, now: datetime) -> None:
    """Not back yet, and worth more time: watch that many weeks from next Monday on.

    Raises AccessDenied, CaseRefused (case.closed, case.too_early, case.weeks).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now, is_lead=True, for_hr=True)
        case = table.case
        if case.stage != Stage.DECIDE.value:
            raise CaseRefused(Problem("case.too_early"))
        if not LEAST_WEEKS <= weeks <= MOST_WEEKS:
            raise CaseRefused(Problem("case.weeks", {"least": LEAST_WEEKS, "most": MOST_WEEKS}))
        case.judged_at, case.pressed_for = None, ""
        case.watch_from, case.watch_weeks = watch_from(table.today), weeks
        case.save(update_fields=["judged_at", "pressed_for", "watch_from", "watch_weeks"])
        place(table.seen)
        refresh_work(table.seen, now=now, by=actor.person_id)
        tell(
            table.seen,
            "tracking.case_settled",
            key=f"again:{now.isoformat()}",
            now=now,
            params={"day": case.watch_from},
        )
        note(table, "watch_again", {"weeks": weeks})


def take_up_plan(case_id: int, *, actor: Actor, now: datetime) -> None:
    """HR has taken up the improvement plan: it no longer waits. Raises AccessDenied."""
    with transaction.atomic():
        come_to_case(case_id, actor=actor, now=now, roles={SeatRole.HRBP}, for_hr=True, is_closed_too=True)
        close_work(PLAN, subject=(CASE, case_id), now=now, by_person_id=actor.person_id)


def close(table: CaseTable, outcome: CaseOutcome, *, words: str = "") -> None:
    """Write down how it ended, lift what it asked for, and take it out of every inbox. In the caller's transaction."""
    case = table.case
    case.closed_at, case.closed_by_id, case.outcome, case.outcome_note = (
        table.now,
        table.actor.person_id,
        outcome.value,
        words,
    )
    case.stage, case.due_on = Stage.CLOSED.value, None
    case.save(update_fields=["closed_at", "closed_by", "outcome", "outcome_note", "stage", "due_on"])
    lift_all(table)
    refresh_work(table.seen, now=table.now, by=table.actor.person_id)
    for measure_id in TalkMeasure.objects.filter(case=case, done_on=None).values_list("id", flat=True):
        close_work(MEASURE_WORK, subject=(MEASURE, measure_id), now=table.now, outcome="void")
    if outcome is CaseOutcome.PLAN:
        ask(case, PLAN, _planners(table), due_on=None, now=table.now)
    tell(table.seen, "tracking.case_closed", key="closed", now=table.now, params={"outcome": OUTCOMES[outcome]})
    publish(
        CLOSED,
        subject=(CASE, case.pk),
        params={"case_id": case.pk, "goal_id": case.goal_id, "person_id": case.owner_id, "outcome": outcome.value},
        now=table.now,
        actor=table.actor,
    )
    note(table, "close_red_case", {"outcome": outcome.value})


def _planners(table: CaseTable) -> tuple[int, ...]:
    """The colleague of HR who sat at it, else everyone of HR."""
    partner = table.seen.seat(SeatRole.HRBP)
    if partner is not None:
        return (partner.person_id,)
    return find_persons("people.role", table.case.owner_id, on=table.today, role=Role.HR.value)
