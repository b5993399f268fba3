"""Who has moved and not been looked after: their goals go on, and somebody has to say with whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sextant.engines.movement import Cause
from sextant.goals.contracts import GoalState, PlanState
from sextant.goals.contracts.movement import PendingMovement
from sextant.goals.models import Goal, Movement, Plan
from sextant.people.contracts import LineKind
from sextant.people.models import Person, Post, ReportingLine
from sextant.people.queries import list_persons

LIVE = (GoalState.DRAFT, GoalState.RUNNING, GoalState.SUSPENDED)
LOOKED_BACK = timedelta(days=366)
"""Changes before that are history: no cycle is longer than a year."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One change that nobody has answered."""

    person_id: int
    cause: Cause
    on: date


def live_goals(*, on: date) -> QuerySet[Goal]:
    """Goals of persons that have not ended by the day: drafts, running and suspended ones."""
    return Goal.objects.filter(owner_person__isnull=False, state__in=LIVE, until_on__gt=on)


def live_plans(*, on: date) -> QuerySet[Plan]:
    """Plans of persons whose cycle has not ended by the day."""
    return Plan.objects.filter(owner_person__isnull=False, cycle__until_on__gt=on).exclude(state=PlanState.CLOSED)


def find_moved(*, on: date, within: Collection[int] | None) -> list[Moved]:
    """Everybody who needs a guided step on the day, one line a person, the earliest change first; `within` None means
    everyone. Who has left comes before who changed unit, and that before a new manager alone. Three queries.

    A move is answered by a movement recorded for its day or later; a leaver by having no live goals.
    """
    found: dict[int, Moved] = {}
    for one in (*_left(on, within), *_other_unit(on, within), *_other_manager(on, within)):
        found.setdefault(one.person_id, one)
    return sorted(found.values(), key=lambda one: (one.on, one.person_id))


def units_unanswered(*, on: date, unit_ids: Collection[int] | None) -> QuerySet[Plan]:
    """Plans of units, of cycles that are not over, whose counterpart has left: a unit has nobody who moves, so it is no
    movement, and HR names another. `unit_ids` None means every unit."""
    plans = Plan.objects.filter(owner_unit__isnull=False, cycle__until_on__gt=on, counterpart__left_on__lte=on)
    plans = plans.exclude(state=PlanState.CLOSED).select_related("owner_unit", "cycle", "counterpart")
    return (plans if unit_ids is None else plans.filter(owner_unit_id__in=unit_ids)).order_by("owner_unit__name", "id")


def count_moved(*, on: date, within: Collection[int] | None) -> int:
    """How many `find_moved` would give."""
    return len(find_moved(on=on, within=within))


def tell_moved(moved: Iterable[Moved], *, on: date) -> list[PendingMovement]:
    """`moved` as a page lists them, in their order. Two queries."""
    listed = list(moved)
    ids = [one.person_id for one in listed]
    people = {one.id: one for one in list_persons(on=on, ids=ids, limit=len(ids))}
    counted = live_goals(on=on).filter(owner_person_id__in=ids).order_by().values_list("owner_person_id")
    goals = dict(counted.annotate(n=Count("id")))
    return [
        PendingMovement(
            one.person_id,
            person.number,
            person.name,
            one.cause,
            one.on,
            goals.get(one.person_id, 0),
            person.manager_name or "",
            person.unit_name or "",
        )
        for one in listed
        for person in [people[one.person_id]]
    ]


def _left(on: date, within: Collection[int] | None) -> Iterable[Moved]:
    owns = live_goals(on=on).filter(owner_person_id=OuterRef("pk"))
    gone = Person.objects.filter(Exists(owns), left_on__lte=on)
    for person_id, left_on in _among(gone, "id", within).values_list("id", "left_on"):
        assert left_on is not None  # filtered by it
        yield Moved(person_id, Cause.LEFT, left_on)


def _other_unit(on: date, within: Collection[int] | None) -> Iterable[Moved]:
    """A primary post that followed at once upon one in another unit, in the middle of a goal."""
    before = Post.objects.filter(
        person_id=OuterRef("person_id"), is_primary=True, valid_until=OuterRef("valid_from")
    ).exclude(unit_id=OuterRef("unit_id"))
    owns = live_goals(on=on).filter(owner_person_id=OuterRef("person_id"), from_on__lt=OuterRef("valid_from"))
    moved = Post.objects.filter(
        Exists(before), Exists(owns), is_primary=True, valid_from__lte=on, valid_from__gt=on - LOOKED_BACK
    ).exclude(_answered((Cause.UNIT, Cause.LEFT)))
    for person_id, from_on in (
        _among(moved, "person_id", within).order_by("-valid_from").values_list("person_id", "valid_from")
    ):
        yield Moved(person_id, Cause.UNIT, from_on)


def _other_manager(on: date, within: Collection[int] | None) -> Iterable[Moved]:
    """A solid line to somebody else than the plan's counterpart, drawn after the plan was opened."""
    lines = (
        ReportingLine.objects.filter(kind=LineKind.SOLID, valid_from__lte=on, valid_from__gt=on - LOOKED_BACK)
        .filter(Q(valid_until=None) | Q(valid_until__gt=on))
        .exclude(_answered((Cause.MANAGER, Cause.UNIT, Cause.LEFT)))
    )
    held = live_plans(on=on).filter(owner_person_id=OuterRef("person_id"), created_at__date__lt=OuterRef("valid_from"))
    moved = lines.filter(Exists(held.exclude(counterpart_id=OuterRef("manager_id"))))
    for person_id, from_on in _among(moved, "person_id", within).values_list("person_id", "valid_from"):
        yield Moved(person_id, Cause.MANAGER, from_on)
    gone = live_plans(on=on).filter(counterpart__left_on__lte=on).exclude(owner_person__left_on__lte=on)
    for person_id, left_on in _among(gone, "owner_person_id", within).values_list(
        "owner_person_id", "counterpart__left_on"
    ):
        assert person_id is not None and left_on is not None  # filtered by both
        yield Moved(person_id, Cause.MANAGER, left_on)


def _answered(causes: Collection[Cause]) -> Exists:
    return Exists(
        Movement.objects.filter(person_id=OuterRef("person_id"), on__gte=OuterRef("valid_from"), cause__in=causes)
    )


def _among(rows: QuerySet[Any], column: str, within: Collection[int] | None) -> QuerySet[Any]:
    return rows if within is None else rows.filter(**{f"{column}__in": list(within)})
