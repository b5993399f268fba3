"""Goals of a file that stand in plans: what was proposed or signed is left alone, a draft's other side is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sextant.engines.movement import Decision
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.goals.actions.import_keys import Key
from sextant.goals.actions.import_rows import Draft
from sextant.goals.actions.import_writes import Wanted
from sextant.goals.actions.plan_notes import note_revisions
from sextant.goals.contracts import PlanState, Side
from sextant.goals.models import Goal, GoalPosition, MovedGoal, Plan
from sextant.goals.plan_terms import positions_of, with_terms
from sextant.goals.policy.cascade import WRITABLE

_NO_TERMS = frozenset({"parent_id", "code"})
"""What an import changes without changing what a goal promises."""


def lock_plans(goals: Iterable[tuple[int | None, int | None]]) -> None:
    """The plans of the goals about to be locked, given as (goal, plan): plans come first, for everyone."""
    ids = sorted({plan_id for _, plan_id in goals if plan_id is not None})
    list(Plan.objects.filter(id__in=ids).order_by("id").select_for_update().values_list("id"))


def refuse_settled(wanted: Sequence[Wanted]) -> tuple[list[Wanted], list[tuple[Wanted, Problem]]]:
    """(those that may be saved, the rest with goals.in_plan): a goal whose plan was proposed, signed or closed changes
    by an adjustment alone. A row that says what is there already is no change. No query: goals are read with their
    plans."""
    kept, refused = [], []
    for item in wanted:
        field = _first_change(item) if item.goal is not None and _is_settled(item.goal) else None
        if field is None:
            kept.append(item)
        else:
            value = item.code if field == "code" else item.draft.values[field]
            refused.append((item, Problem("goals.in_plan", {"field": field, "value": value})))
    return kept, refused


def find_moved_keys(keys: Iterable[Key]) -> dict[tuple[int, int | str, object], object]:
    """(owner, metric or title, first day) of goals that were split, handed over or ended early by a movement, with the
    day of it: a file from before would make them anew. One query."""
    owners = {key.owner_id for key in keys if not key.is_unit}
    rows = MovedGoal.objects.filter(goal__owner_person_id__in=owners).exclude(
        decision__in=[Decision.KEEP.value, Decision.PAUSE.value]
    )
    told = rows.values_list("goal__owner_person_id", "goal__metric_id", "goal__title", "goal__from_on", "movement__on")
    return {(owner or 0, metric or title, from_on): on for owner, metric, title, from_on, on in told}


def note_in_plans(goals: Sequence[Goal], changes: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
    """What a file changed in goals of plans still being written is what the company wants them to say; each plan gets
    one revision. Six statements, none without such goals."""
    ids = [goal.pk for goal in goals if goal.plan_id is not None and set(changes[str(goal.pk)]) - _NO_TERMS]
    if not ids:
        return
    rows = list(with_terms(Goal.objects.filter(id__in=ids, plan__state__in=[one.value for one in WRITABLE])))
    GoalPosition.objects.bulk_create(
        [one for goal in rows for one in positions_of(goal, now=now, sides=(Side.COUNTERPART,))],
        update_conflicts=True,
        unique_fields=["goal", "side"],
        update_fields=["terms", "terms_hash", "wants_dropped", "at", "by_person"],
    )
    told: dict[int, list[dict[str, object]]] = {}
    for goal in rows:
        told.setdefault(goal.plan_id or 0, []).extend(_told(goal, changes[str(goal.pk)]))
    note_revisions(told, actor=actor, now=now)


def _told(goal: Goal, changed: Mapping[str, Any]) -> Iterable[dict[str, object]]:
    """Changes of one goal as a revision keeps them; a title's former text is not kept by the import."""
    for name, values in changed.items():
        if name not in _NO_TERMS:
            old, new = values or (None, getattr(goal, name))
            yield {"goal": goal.pk, "field": name, "old": old, "new": new}


def _is_settled(goal: Goal) -> bool:
    return goal.plan is not None and PlanState(goal.plan.state) not in WRITABLE


def _first_change(item: Wanted) -> str | None:
    goal = item.goal
    assert goal is not None  # only goals that are there can be settled
    return next(_differing(goal, item.draft), "code" if item.code != goal.code else None)


def says_other(goal: Goal, draft: Draft) -> bool:
    """Whether the row says something else than the goal does: half a draft that a file only repeats is no mistake."""
    return any(_differing(goal, draft))


def _differing(goal: Goal, draft: Draft) -> Iterator[str]:
    return (name for name, value in draft.values.items() if getattr(goal, name) != value)
