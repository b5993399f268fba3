"""Telling how far a goal is: a ratio with what shows it, steps ticked off, confidence. Every update is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.files.actions import keep_file
from sextant.goals.access import sight_of
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import GoalKind, GoalState, ProgressFrom
from sextant.goals.contracts.progress import ProgressIsStale
from sextant.goals.models import ActionItem, Goal, Milestone, ProgressNote
from sextant.goals.policy.plan_kinds import effective_source
from sextant.goals.policy.progress import Part, ProgressSaid, decide_progress, parts_to_tell
from sextant.goals.queries.lines import speaks_for_owner
from sextant.goals.queries.progress import list_notes

FILE_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it came in; `size` is what the upload says it holds, in bytes."""

    content: BinaryIO
    name: str
    size: int


def record_progress(
    goal_id: int, said: ProgressSaid, *, number: int, file: Attachment | None = None, actor: Actor, now: datetime
) -> int:
    """Keep an update of a goal; its number. `number` is that of the latest update the writer had in view, 0 for none.

    A step keeps the day on which it was first ticked; one that is taken back loses it. Raises AccessDenied, GoalRefused
    (as `policy.progress.decide_progress`), FileRefused, ProgressIsStale.
    """
    require(actor, Permission.PROGRESS_RECORD)
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        goal = _locked(goal_id, actor=actor, today=today)
        if missed := list_notes(goal.id, after=number):
            raise ProgressIsStale(tuple(reversed(missed)))
        steps = _steps_of(goal) if said.done is not None else []
        moved = [one for one in steps if (one.id in (said.done or ())) != (one.done_on is not None)]
        is_surer = said.confidence is not None and said.confidence != goal.confidence
        problems = decide_progress(
            said,
            parts=told_parts(goal),
            state=GoalState(goal.state),
            has_file=file is not None,
            has_changes=bool(moved) or is_surer,
        )
        if problems:
            raise GoalRefused(problems)
        kept = keep_file(file.content, name=file.name, size=file.size, actor=actor, now=now) if file else None
        _tick(moved, today=today)
        if is_surer:
            goal.confidence = said.confidence
            goal.save(update_fields=["confidence"])
        note = ProgressNote.objects.create(
            goal=goal,
            number=number + 1,
            on=today,
            ratio=said.ratio,
            confidence=said.confidence,
            steps=[{"title": one.title, "done": one.done_on is not None} for one in moved],
            evidence=said.evidence.strip(),
            file_id=kept.id if kept else None,
            file_name=file.name[-FILE_NAME_LENGTH:] if file else "",
            by_person_id=actor.person_id,
            at=now,
        )
        changes = {"number": note.number, "steps": len(moved), "file": kept.digest if kept else None}
        record("record_progress", actor=actor, now=now, object_kind="goal", object_id=goal.id, changes=changes)
    return note.number


def may_tell(actor: Actor, goal: Goal, *, on: date) -> bool:
    """Whether there is something to tell of this goal, and the actor is who tells it: its owner, who leads them, the
    head of the unit or of one above it."""
    if goal.state != GoalState.RUNNING or not told_parts(goal) or not may(actor, Permission.PROGRESS_RECORD):
        return False
    return speaks_for_owner(actor, goal, on=on)


def told_parts(goal: Goal) -> frozenset[Part]:
    """What people tell of this goal."""
    kind, is_measured = GoalKind(goal.kind), goal.metric_id is not None
    return parts_to_tell(kind, effective_source(kind, ProgressFrom(goal.progress_from), is_measured=is_measured))


def _locked(goal_id: int, *, actor: Actor, today: date) -> Goal:
    """The goal under its lock: two updates at once are one after the other, and the second is told of the first."""
    sight = sight_of(actor, on=today)
    goal = sight.goals.filter(id=goal_id).select_for_update(of=("self",)).first()
    if goal is None or not speaks_for_owner(actor, goal, on=today):
        raise AccessDenied("goal")
    return goal


def _steps_of(goal: Goal) -> Sequence[Milestone | ActionItem]:
    return list(goal.milestones.order_by("position")) or list(goal.action_items.order_by("position"))


def _tick(moved: Sequence[Milestone | ActionItem], *, today: date) -> None:
    for one in moved:
        one.done_on = None if one.done_on else today
    Milestone.objects.bulk_update([one for one in moved if isinstance(one, Milestone)], ["done_on"])
    ActionItem.objects.bulk_update([one for one in moved if isinstance(one, ActionItem)], ["done_on"])
