"""改进措施: who does what until when; ticked off by whoever does it."""

from datetime import date, datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.lowcode.actions.work import close_work, open_work
from sextant.tracking.actions.case_table import CaseTable, come_to_case, note, read_text
from sextant.tracking.actions.case_work import MEASURE_WORK, end_of, path_of
from sextant.tracking.contracts.cases import MEASURE, CaseRefused
from sextant.tracking.models import TalkMeasure
from sextant.tracking.models.cases import TITLE_LENGTH

MOST_MEASURES = 12


def add_measure(case_id: int, *, text: str, person_id: int, due_on: date | None, actor: Actor, now: datetime) -> int:
    """Write down a measure for one of the three; its id. It waits in their inbox until it is ticked off.

    Raises AccessDenied, CaseRefused (case.closed, case.missing, case.long, case.person, case.day, case.day_past,
    case.many).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now)
        words = read_text(text, field="text", most=TITLE_LENGTH)
        if person_id not in {one.person_id for one in table.seen.seats}:
            raise CaseRefused(Problem("case.person", {"field": "person"}))
        if due_on is None:
            raise CaseRefused(Problem("case.day", {"field": "due_on"}))
        if due_on < table.today:
            raise CaseRefused(Problem("case.day_past", {"field": "due_on"}))
        if TalkMeasure.objects.filter(case=table.case).count() >= MOST_MEASURES:
            raise CaseRefused(Problem("case.many", {"most": MOST_MEASURES}))
        made = TalkMeasure.objects.create(
            case=table.case, text=words, person_id=person_id, due_on=due_on, by_person_id=actor.person_id, at=now
        )
        _ask(table, made)
        note(table, "add_measure", {"measure": made.pk, "person": person_id, "due_on": due_on.isoformat()})
        return made.pk


def tick_measure(case_id: int, *, measure_id: int, is_done: bool, actor: Actor, now: datetime) -> None:
    """It is done, or after all not. For whoever does it, and who runs the talk. Raises AccessDenied, CaseRefused
    (case.closed)."""
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now)
        measure = _find(table, measure_id)
        if not (table.seen.leads or measure.person_id == actor.person_id):
            raise AccessDenied("case")
        if (measure.done_on is not None) == is_done:
            return
        measure.done_on = table.today if is_done else None
        measure.save(update_fields=["done_on"])
        if is_done:
            close_work(MEASURE_WORK, subject=(MEASURE, measure_id), now=now, by_person_id=actor.person_id)
        else:
            _ask(table, measure)
        note(table, "tick_measure", {"measure": measure_id, "done": is_done})


def remove_measure(case_id: int, *, measure_id: int, actor: Actor, now: datetime) -> None:
    """Take back one that is not done, while the minutes are not confirmed: afterwards it is what was agreed. For who
    wrote it, and who runs the talk. Raises AccessDenied, CaseRefused (case.closed, case.settled)."""
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now)
        measure = _find(table, measure_id)
        if not (table.seen.leads or measure.by_person_id == actor.person_id):
            raise AccessDenied("case")
        if table.case.settled_at is not None or measure.done_on is not None:
            raise CaseRefused(Problem("case.settled"))
        close_work(MEASURE_WORK, subject=(MEASURE, measure_id), now=now, outcome="void")
        measure.delete()
        note(table, "remove_measure", {"measure": measure_id})


def _ask(table: CaseTable, measure: TalkMeasure) -> None:
    open_work(
        MEASURE_WORK,
        person_ids=[measure.person_id],
        subject=(MEASURE, measure.pk),
        params={"what": measure.text},
        path=path_of(table.case),
        due_at=end_of(measure.due_on),
        now=table.now,
        about_id=table.case.owner_id,
    )


def _find(table: CaseTable, measure_id: int) -> TalkMeasure:
    found = TalkMeasure.objects.filter(id=measure_id, case=table.case).first()
    if found is None:
        raise AccessDenied("case")
    return found
