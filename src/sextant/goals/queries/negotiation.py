"""Reading what two sides say about a plan: comments and support."""

from sextant.goals.contracts import CommentRow, Side, SupportAnswer, SupportKind, SupportRow
from sextant.goals.models import Comment, SupportItem

MOST_COMMENTS = 500
"""A page shows the latest of them; nobody reads more."""


def list_comments(plan_id: int) -> list[CommentRow]:
    """The comments of the plan, oldest first, the latest `MOST_COMMENTS`. One query."""
    rows = Comment.objects.filter(plan_id=plan_id).select_related("by_person").order_by("-at", "-id")[:MOST_COMMENTS]
    return [
        CommentRow(row.pk, row.goal_id, Side(row.side), row.by_person_id, row.by_person.name, row.at, row.text)
        for row in reversed(rows)
    ]


def list_support(plan_id: int) -> list[SupportRow]:
    """What was asked for in the plan, in the order it was asked. One query."""
    rows = SupportItem.objects.filter(plan_id=plan_id).select_related("responsible", "goal").order_by("id")
    return [
        SupportRow(
            id=row.pk,
            goal_id=row.goal_id,
            goal_code=row.goal.code if row.goal else "",
            kind=SupportKind(row.kind),
            ask=row.ask,
            answer=SupportAnswer(row.answer),
            answer_text=row.answer_text,
            responsible_name=row.responsible.name if row.responsible else "",
            due_on=row.due_on,
            is_kept=row.is_kept,
        )
        for row in rows
    ]
