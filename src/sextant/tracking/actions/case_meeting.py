"""三方会: when it is held and who comes; its minutes, written by all three and confirmed by all three."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.tracking.actions.case_table import CaseTable, come_to_case, note, place, read_text
from sextant.tracking.actions.case_work import refresh_work, tell
from sextant.tracking.contracts.cases import CaseRefused, Minutes, MinutesClash, SeatAnswer
from sextant.tracking.models import TalkMinutes, TalkSeat
from sextant.tracking.policy.case_minutes import MINUTES_LENGTH, merge_texts
from sextant.tracking.policy.case_review import watch_from
from sextant.tracking.queries.cases import minutes_of

PLACE_LENGTH = 200
LEAST_WEEKS, MOST_WEEKS = 2, 12


def set_meeting(case_id: int, *, meets_at: datetime, place_text: str = "", actor: Actor, now: datetime) -> None:
    """Name the time of the meeting, or another one: everybody answers again; who names it comes.

    It may lie behind: two who have met already write it down. Raises AccessDenied (who does not run the talk, nor is
    HR), CaseRefused (case.closed, case.settled, case.too_late, case.long).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now, is_lead=True, for_hr=True)
        _refuse_settled(table)
        case = table.case
        if meets_at.astimezone(settings.SEXTANT_ZONE).date() > case.meet_due_on and table.today <= case.meet_due_on:
            raise CaseRefused(Problem("case.too_late", {"day": case.meet_due_on, "field": "meets_at"}))
        case.meets_at = meets_at
        case.place = read_text(place_text, field="place", most=PLACE_LENGTH) if place_text.strip() else ""
        case.save(update_fields=["meets_at", "place"])
        for seat in table.seen.seats:
            comes = seat.person_id == actor.person_id
            seat.answer = (SeatAnswer.YES if comes else SeatAnswer.NONE).value
            seat.answered_at, seat.wants_at = (now if comes else None), None
        TalkSeat.objects.bulk_update(table.seen.seats, ["answer", "answered_at", "wants_at"])
        refresh_work(table.seen, now=now, by=actor.person_id)
        key = f"meeting:{meets_at.isoformat()}:{now.isoformat()}"
        tell(table.seen, "tracking.case_meeting", key=key, now=now, params={"at": meets_at}, but=actor.person_id)
        note(table, "set_meeting", {"at": meets_at.isoformat()})


def answer_meeting(
    case_id: int, *, answer: SeatAnswer, wants_at: datetime | None = None, actor: Actor, now: datetime
) -> None:
    """Say whether one comes, or that another time suits better, and which.

    Raises AccessDenied, CaseRefused (case.closed, case.settled, case.no_time, case.when).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now)
        _refuse_settled(table)
        if table.case.meets_at is None:
            raise CaseRefused(Problem("case.no_time"))
        if answer is SeatAnswer.MOVE and wants_at is None:
            raise CaseRefused(Problem("case.when", {"field": "wants_at"}))
        seat = _mine(table)
        seat.answer, seat.answered_at = answer.value, now
        seat.wants_at = wants_at if answer is SeatAnswer.MOVE else None
        seat.save(update_fields=["answer", "answered_at", "wants_at"])
        refresh_work(table.seen, now=now, by=actor.person_id)
        lead = table.seen.lead
        if answer in {SeatAnswer.NO, SeatAnswer.MOVE} and lead is not None:
            by = {"by": seat.person.name}
            tell(
                table.seen,
                "tracking.case_moved",
                key=f"moved:{seat.pk}:{now.isoformat()}",
                now=now,
                params=by,
                to=[lead.person_id],
                but=actor.person_id,
            )
        note(table, "answer_meeting", {"answer": answer.value})


def save_minutes(case_id: int, *, text: str, number: int, actor: Actor, now: datetime) -> Minutes:
    """Keep the minutes; what stands then. Written from an older text they are put together with what came since.

    A confirmation was of the text as it stood: a change asks for it again. Raises AccessDenied, MinutesClash (both
    changed the same lines), CaseRefused (case.closed, case.settled, case.long, case.unknown_revision).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now)
        _refuse_settled(table)
        case = table.case
        words = text.replace("\r\n", "\n").rstrip()
        if number != case.minutes_number:
            words = _merged(table, words, number=number)
        if words == case.minutes:
            return minutes_of(case)
        if len(words) > MINUTES_LENGTH:
            raise CaseRefused(Problem("case.long", {"field": "minutes", "most": MINUTES_LENGTH}))
        case.minutes, case.minutes_at, case.minutes_by = words, now, _mine(table).person
        case.minutes_number += 1
        case.save(update_fields=["minutes", "minutes_at", "minutes_by", "minutes_number"])
        by_id = actor.person_id
        TalkMinutes.objects.create(case=case, number=case.minutes_number, text=words, by_person_id=by_id, at=now)
        _ask_again(table)
        note(table, "save_minutes", {"number": case.minutes_number, "length": len(words)})
        return minutes_of(case)


def agree_minutes(case_id: int, *, number: int, watch_weeks: int | None = None, actor: Actor, now: datetime) -> bool:
    """Confirm the minutes one read; whether that was the last of the three. Then the observation begins.

    `watch_weeks` is how long the weeks are watched; who runs the talk may say it. Raises AccessDenied, CaseRefused
    (case.closed, case.settled, case.nothing_written, case.changed, case.not_met, case.weeks).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now)
        _refuse_settled(table)
        case = table.case
        _refuse_unready(table, number=number)
        if watch_weeks is not None and table.seen.leads:
            if not LEAST_WEEKS <= watch_weeks <= MOST_WEEKS:
                raise CaseRefused(Problem("case.weeks", {"least": LEAST_WEEKS, "most": MOST_WEEKS}))
            case.watch_weeks = watch_weeks
            case.save(update_fields=["watch_weeks"])
        seat = _mine(table)
        if seat.agreed_at is None:
            seat.agreed_at, seat.agreed_number = now, number
            seat.save(update_fields=["agreed_at", "agreed_number"])
        is_settled = all(one.agreed_at is not None for one in table.seen.seats)
        if is_settled:
            case.settled_at, case.watch_from = now, watch_from(table.today)
            case.save(update_fields=["settled_at", "watch_from"])
            place(table.seen)
            tell(table.seen, "tracking.case_settled", key="settled", now=now, params={"day": case.watch_from})
        refresh_work(table.seen, now=now, by=actor.person_id)
        note(table, "agree_minutes", {"number": number, "settled": is_settled})
        return is_settled


def _merged(table: CaseTable, words: str, *, number: int) -> str:
    """The writer's text put together with what was saved since they began."""
    base = TalkMinutes.objects.filter(case=table.case, number=number).values_list("text", flat=True).first()
    if base is None and number != 0:
        raise CaseRefused(Problem("case.unknown_revision"))
    merged = merge_texts(base or "", mine=words, theirs=table.case.minutes)
    if merged.text is None:
        raise MinutesClash(minutes_of(table.case))
    return merged.text.rstrip()


def _ask_again(table: CaseTable) -> None:
    """A text that changed was confirmed by nobody."""
    signed = [one for one in table.seen.seats if one.agreed_at is not None]
    if not signed:
        return
    for seat in signed:
        seat.agreed_at, seat.agreed_number = None, None
    TalkSeat.objects.bulk_update(signed, ["agreed_at", "agreed_number"])
    refresh_work(table.seen, now=table.now, by=None)


def _refuse_unready(table: CaseTable, *, number: int) -> None:
    case = table.case
    if not case.minutes:
        raise CaseRefused(Problem("case.nothing_written"))
    if number != case.minutes_number:
        raise CaseRefused(Problem("case.changed"))
    if case.meets_at is None or case.meets_at > table.now:
        raise CaseRefused(Problem("case.not_met"))


def _refuse_settled(table: CaseTable) -> None:
    if table.case.settled_at is not None:
        raise CaseRefused(Problem("case.settled"))


def _mine(table: CaseTable) -> TalkSeat:
    """The actor's seat. HR without one names a time and no more."""
    assert table.seen.mine is not None  # the door asked for a seat
    return table.seen.mine
