"""What was told of a goal, and the steps that can be ticked off."""

from sextant.goals.contracts.progress import NoteRow, StepRow
from sextant.goals.models import Goal, ProgressNote

NOTES_SHOWN = 20


def list_notes(goal_id: int, *, after: int = 0, limit: int = NOTES_SHOWN) -> list[NoteRow]:
    """The latest updates of a goal with a number above `after`, the newest first. One query."""
    found = ProgressNote.objects.filter(goal_id=goal_id, number__gt=after).select_related("by_person")
    return [_row(one) for one in found.order_by("-number")[:limit]]


def list_steps(goal: Goal) -> list[StepRow]:
    """The milestones of a goal, or its action items, in their order. At most two queries."""
    milestones = goal.milestones.order_by("position")
    found = [StepRow(one.id, one.title, one.points, "", one.due_on, one.done_on) for one in milestones]
    if found:
        return found
    items = goal.action_items.select_related("person").order_by("position")
    return [
        StepRow(one.id, one.title, None, one.person.name if one.person else "", one.due_on, one.done_on)
        for one in items
    ]


def find_note_file(goal_id: int, note_id: int) -> tuple[int, str] | None:
    """The file of an update as (id, name); None where there is no such update, or it has none. One query."""
    found = ProgressNote.objects.filter(goal_id=goal_id, id=note_id).values_list("file_id", "file_name").first()
    return (found[0], found[1]) if found and found[0] is not None else None


def _row(one: ProgressNote) -> NoteRow:
    return NoteRow(
        id=one.id,
        number=one.number,
        on=one.on,
        at=one.at,
        by_name=one.by_person.name if one.by_person else "",
        ratio=one.ratio,
        confidence=one.confidence,
        steps=tuple((str(step["title"]), bool(step["done"])) for step in one.steps),
        evidence=one.evidence,
        file_name=one.file_name,
    )
