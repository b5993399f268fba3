"""Revisions of many plans at once, for what the company writes into them: a push, a copy, a file."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F

from sextant.foundation.access.contracts import Actor
from sextant.goals.contracts import Side
from sextant.goals.models import Goal, Plan, PlanRevision


def note_revisions(changes: Mapping[int, Sequence[Mapping[str, object]]], *, actor: Actor, now: datetime) -> None:
    """One more revision of every plan, with its changes, as the company's side. The caller holds the plans' locks. Two
    statements and a reading, however many plans."""
    Plan.objects.filter(id__in=changes.keys()).update(revision=F("revision") + 1, updated_at=now)
    numbers = dict(Plan.objects.filter(id__in=changes.keys()).values_list("id", "revision"))
    PlanRevision.objects.bulk_create(
        PlanRevision(
            plan_id=plan_id,
            number=numbers[plan_id],
            side=Side.COUNTERPART,
            by_person_id=actor.person_id,
            at=now,
            changes=[dict(one) for one in told],
        )
        for plan_id, told in changes.items()
    )


def made_goal(goal: Goal) -> dict[str, object]:
    """A goal that is new in its plan, as a revision tells it."""
    return {"goal": goal.pk, "field": "title", "old": None, "new": goal.title}
