"""Movements that were carried out: the list, one with its goals, and how a single goal came to where it is."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from sextant.engines.movement import Cause, Decision
from sextant.goals.contracts.movement import TraceLine
from sextant.goals.models import Goal, MovedGoal, Movement


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement as lists show it; `goals` counts those decided about, `passed` those that go on elsewhere."""

    id: int
    person_id: int
    person_name: str
    cause: Cause
    on: date
    by: str
    at: datetime
    goals: int
    passed: int


@dataclass(frozen=True, slots=True)
class MovementPaper:
    """The addendum: its row, its text as JSON, and the goals it names by code, as far as the reader sees them."""

    row: MovementRow
    until_on: date | None
    note: str
    document: Mapping[str, Any]
    digest: str
    goal_ids: Mapping[str, int]


def list_movements(*, within: Collection[int] | None, limit: int) -> list[MovementRow]:
    """The latest movements, those of the persons in `within` alone (None: of everyone). One query."""
    rows = Movement.objects.all() if within is None else Movement.objects.filter(person_id__in=list(within))
    return [_row(one) for one in _told(rows).order_by("-id")[:limit]]


def find_paper(movement_id: int, *, visible: QuerySet[Goal]) -> MovementPaper | None:
    """One movement with its text, None where there is none. Two queries; the caller has asked who may read it."""
    found = _told(Movement.objects.filter(id=movement_id)).first()
    if found is None:
        return None
    document = json.loads(found.content)
    codes = {one["code"] for one in document["goals"]} | {
        one["successor"]["code"] for one in document["goals"] if one["successor"]
    }
    ids = dict(visible.filter(code__in=codes).values_list("code", "id"))
    return MovementPaper(_row(found), found.until_on, found.note, document, found.digest, ids)


def trace_of(goal_id: int, *, visible: QuerySet[Goal]) -> list[TraceLine]:
    """Where the goal comes from and where it went, the latest first. Two queries."""
    rows = list(
        MovedGoal.objects.filter(Q(goal_id=goal_id) | Q(successor_id=goal_id))
        .exclude(decision=Decision.KEEP)
        .select_related("movement", "goal__owner_person", "successor__owner_person")
        .order_by("-movement_id")
    )
    others = {id_ for one in rows for id_ in (one.goal_id, one.successor_id) if id_ not in {None, goal_id}}
    seen = set(visible.filter(id__in=[id_ for id_ in others if id_]).values_list("id", flat=True)) if rows else set()
    return [_line(one, goal_id, seen) for one in rows]


def _line(one: MovedGoal, goal_id: int, seen: Collection[int]) -> TraceLine:
    is_from = one.successor_id == goal_id
    other = one.goal if is_from else one.successor
    person = other.owner_person if other else None
    return TraceLine(
        movement_id=one.movement_id,
        on=one.movement.on,
        cause=Cause(one.movement.cause),
        decision=Decision(one.decision),
        is_from=is_from,
        person_name=person.name if person else "",
        other_id=other.pk if other and other.pk in seen else None,
        other_title=other.title if other and other.pk in seen else "",
    )


def _told(rows: QuerySet[Movement]) -> QuerySet[Movement]:
    passed = Count("goals", filter=Q(goals__successor__isnull=False))
    return rows.select_related("person", "by_person").annotate(decided=Count("goals"), passed=passed)


def _row(one: Movement) -> MovementRow:
    return MovementRow(
        id=one.pk,
        person_id=one.person_id,
        person_name=one.person.name,
        cause=Cause(one.cause),
        on=one.on,
        by=one.by_person.name if one.by_person else one.by_label,
        at=one.at,
        goals=getattr(one, "decided", 0),
        passed=getattr(one, "passed", 0),
    )
