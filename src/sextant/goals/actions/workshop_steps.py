"""瓶颈诊断: the process step by step, red marks with photos and videos, and who does what about each."""

from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.files.actions import keep_file
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.workshop_table import Table, come_to_workshop, note, read_text, refuse_more_than
from sextant.goals.contracts.workshops import MARK_WORK
from sextant.goals.models import MarkEvidence, ProcessStep, RedMark
from sextant.goals.policy.workshops import (
    MOST_FILES,
    MOST_MARKS,
    MOST_STEPS,
    TEXT_LENGTH,
    TITLE_LENGTH,
    decide_answer,
    moved,
)
from sextant.lowcode.actions.work import close_work, open_work


def add_step(workshop_id: int, *, title: str, actor: Actor, now: datetime) -> int:
    """Put a step at the end of the process; its id. Raises AccessDenied, GoalRefused (workshop.closed,
    workshop.missing, workshop.long, workshop.steps_many)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        steps = table.workshop.steps.all()
        refuse_more_than(MOST_STEPS, steps.count(), code="workshop.steps_many")
        last = steps.aggregate(last=Max("position"))["last"]
        words = read_text(title, field="title", most=TITLE_LENGTH)
        step = ProcessStep.objects.create(
            workshop=table.workshop, position=0 if last is None else last + 1, title=words
        )
        note(table, "add_step", {"step": step.pk})
    return step.pk


def change_step(workshop_id: int, *, step_id: int, act: str, actor: Actor, now: datetime) -> None:
    """`act`: up, down, remove. A step with red marks stays. Raises AccessDenied, GoalRefused (workshop.closed,
    workshop.step_marked), ValueError for any other act."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        step = table.workshop.steps.filter(id=step_id).first()
        if step is None:
            raise AccessDenied("workshop")
        match act:
            case "up" | "down":
                _reorder(table, step_id, by=-1 if act == "up" else 1)
            case "remove":
                if step.marks.exists():
                    raise GoalRefused([Problem("workshop.step_marked")])
                step.delete()
            case _:
                raise ValueError(act)
        note(table, "change_step", {"step": step_id, "act": act})


def mark_step(workshop_id: int, *, step_id: int, text: str, actor: Actor, now: datetime) -> int:
    """Mark where a step is stuck; the mark's id. Raises AccessDenied, GoalRefused (workshop.closed, workshop.missing,
    workshop.long, workshop.marks_many)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        step = table.workshop.steps.filter(id=step_id).first()
        if step is None:
            raise AccessDenied("workshop")
        marks = RedMark.objects.filter(step__workshop=table.workshop)
        refuse_more_than(MOST_MARKS, marks.count(), code="workshop.marks_many")
        words = read_text(text, field="text", most=TEXT_LENGTH)
        mark = RedMark.objects.create(step=step, text=words, by_person_id=actor.person_id, at=now)
        note(table, "mark_step", {"mark": mark.pk})
    return mark.pk


def remove_mark(workshop_id: int, *, mark_id: int, actor: Actor, now: datetime) -> None:
    """Take a red mark away with its evidence, unless it became a goal. Raises AccessDenied, GoalRefused
    (workshop.closed, workshop.mark_is_goal)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        mark = mark_of(table, mark_id)
        if mark.goal_id is not None:
            raise GoalRefused([Problem("workshop.mark_is_goal")])
        close_work(MARK_WORK, subject=subject_of(mark), now=now, outcome="void")
        mark.delete()
        note(table, "remove_mark", {"mark": mark_id})


def answer_mark(
    workshop_id: int,
    *,
    mark_id: int,
    person_id: int | None,
    action: str,
    measure: str = "",
    due_on: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say who does what about a red mark until when, and how one sees that it is done. It waits in their inbox.

    Raises AccessDenied, GoalRefused (workshop.closed, workshop.mark_is_goal, codes of `decide_answer`).
    """
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        mark = mark_of(table, mark_id)
        if mark.goal_id is not None:
            raise GoalRefused([Problem("workshop.mark_is_goal")])
        if problems := decide_answer(person_id=person_id, action=action, due_on=due_on, today=table.today):
            raise GoalRefused(problems)
        assert person_id is not None and due_on is not None  # the policy let nothing else pass
        close_work(MARK_WORK, subject=subject_of(mark), now=now, outcome="void")
        mark.person_id, mark.action, mark.due_on, mark.done_on = person_id, action.strip(), due_on, None
        mark.measure = measure.strip()[:500]
        mark.save(update_fields=["person", "action", "measure", "due_on", "done_on"])
        open_work(
            MARK_WORK,
            person_ids=[person_id],
            subject=subject_of(mark),
            params={"action": mark.action},
            path=reverse("goals:workshop", args=[workshop_id]),
            due_at=datetime.combine(due_on + timedelta(days=1), time.min, tzinfo=settings.SEXTANT_ZONE),
            now=now,
        )
        note(table, "answer_mark", {"mark": mark_id, "person": person_id, "due_on": due_on.isoformat()})


def finish_mark(workshop_id: int, *, mark_id: int, is_done: bool, actor: Actor, now: datetime) -> None:
    """The action is done, or after all not; also after the meeting. For whoever was given it, and who runs the meeting.

    Raises AccessDenied, GoalRefused (workshop.unanswered).
    """
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now, is_closed_too=True, is_run=False)
        mark = mark_of(table, mark_id)
        if not table.is_run and mark.person_id != actor.person_id:
            raise AccessDenied("workshop")
        if mark.person_id is None:
            raise GoalRefused([Problem("workshop.unanswered")])
        mark.done_on = table.today if is_done else None
        mark.save(update_fields=["done_on"])
        if is_done:
            close_work(MARK_WORK, subject=subject_of(mark), now=now, by_person_id=actor.person_id)
        note(table, "finish_mark", {"mark": mark_id, "is_done": is_done})


def show_mark(
    workshop_id: int, *, mark_id: int, content: BinaryIO, name: str, size: int, actor: Actor, now: datetime
) -> int:
    """Keep a photo or a video of a red mark; its id. Raises AccessDenied, FileRefused, GoalRefused (workshop.closed,
    workshop.files_many, workshop.not_seen for what is neither picture nor video)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        mark = mark_of(table, mark_id)
        refuse_more_than(MOST_FILES, mark.evidence.count(), code="workshop.files_many")
        kept = keep_file(content, name=name, size=size, actor=actor, now=now)
        if not kept.media_type.startswith(("image/", "video/")):
            # what was kept is taken back with the transaction; the file in the store is one nobody refers to
            raise GoalRefused([Problem("workshop.not_seen", {"name": name})])
        evidence = MarkEvidence.objects.create(
            mark=mark, file_id=kept.id, name=name[-255:], by_person_id=actor.person_id, at=now
        )
        note(table, "show_mark", {"mark": mark_id, "file": kept.id})
    return evidence.pk


def mark_of(table: Table, mark_id: int) -> RedMark:
    """A red mark of this meeting, locked; AccessDenied for any other."""
    marks = RedMark.objects.select_for_update(of=("self",)).filter(step__workshop=table.workshop, id=mark_id)
    found = marks.select_related("step").first()
    if found is None:
        raise AccessDenied("workshop")
    return found


def subject_of(mark: RedMark) -> tuple[str, int]:
    """What the inbox knows of a red mark."""
    return ("goals.red_mark", mark.pk)


def _reorder(table: Table, step_id: int, *, by: int) -> None:
    ids = list(table.workshop.steps.order_by("position").values_list("id", flat=True))
    steps = table.workshop.steps.in_bulk()
    for position, id_ in enumerate(moved(ids, step_id, by=by)):
        steps[id_].position = position
    ProcessStep.objects.bulk_update(steps.values(), ["position"])
