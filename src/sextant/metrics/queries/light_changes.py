"""History of lights: when a goal's light became another one, in which run, and why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from sextant.engines.values import Light
from sextant.metrics.messages.metrics import say_reason
from sextant.metrics.models import LightChange

GoalIds = Collection[int] | QuerySet[Any, Any]
"""Goals by id: listed, or as a subquery."""

_SEVERITY = {Light.GREEN: 0, Light.NONE: 1, Light.YELLOW: 2, Light.RED: 3}


@dataclass(frozen=True, slots=True)
class LightChangeRow:
    """A goal's light became `to_light` on the day `as_of`; `reason` is the sentence of the new light in the active
    language, `rule_version` the version of the rules that gave it."""

    goal_id: int
    run_id: int
    as_of: date
    from_light: Light
    to_light: Light
    reason_code: str
    reason: str
    rule_version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """How many goals of a run went from one light to another."""

    from_light: Light
    to_light: Light
    goals: int


def list_light_changes(goal_id: int, *, limit: int = 20) -> list[LightChangeRow]:
    """The changes of a goal's light, the latest first. The caller has asked `access` for the goal."""
    return [_row(one) for one in LightChange.objects.filter(goal_id=goal_id).order_by("-id")[:limit]]


def changes_of_run(run_id: int) -> QuerySet[LightChange]:
    """The changes a run made, to be told of without being read."""
    return LightChange.objects.filter(run_id=run_id)


def latest_change_id() -> int:
    """A mark: changes made from now on have a higher id. Zero before the first."""
    return LightChange.objects.order_by("-id").values_list("id", flat=True).first() or 0


def changes_after(change_id: int, *, goal_ids: Collection[int]) -> QuerySet[LightChange]:
    """The changes of these goals made after the mark, to be told of without being read."""
    return LightChange.objects.filter(id__gt=change_id, goal_id__in=goal_ids)


def list_turns(run_id: int) -> list[Turn]:
    """What a run changed, in numbers: the turn that is worst first."""
    found = LightChange.objects.filter(run_id=run_id).order_by().values_list("from_light", "to_light")
    return worst_turn_first(
        Turn(Light(old), Light(new), count) for old, new, count in found.annotate(count=Count("id"))
    )


def worst_turn_first(turns: Iterable[Turn]) -> list[Turn]:
    """From green to red first, from red to green last."""
    return sorted(
        turns, key=lambda turn: (_fall(turn.from_light, turn.to_light), _SEVERITY[turn.to_light]), reverse=True
    )


def count_changes_of_run(run_id: int, *, goal_ids: GoalIds | None = None) -> int:
    """How many changes a run made; of some goals when `goal_ids` (a list or subquery) is given."""
    return _of_run(run_id, goal_ids).count()


def list_changes_of_run(
    run_id: int, *, limit: int, offset: int = 0, goal_ids: GoalIds | None = None
) -> list[LightChangeRow]:
    """The changes a run made, from green to red first and from red to green last; of some goals when given."""
    worst_first = _of_run(run_id, goal_ids).annotate(fall=_falls()).order_by("-fall", "goal_id", "id")
    return [_row(one) for one in worst_first[offset : offset + limit]]


def _of_run(run_id: int, goal_ids: GoalIds | None) -> "QuerySet[LightChange]":
    found = LightChange.objects.filter(run_id=run_id)
    return found if goal_ids is None else found.filter(goal_id__in=goal_ids)


def _fall(old: Light, new: Light) -> int:
    return _SEVERITY[new] - _SEVERITY[old]


def _falls() -> Case:
    """By how much a change is for the worse, as SQL."""
    return Case(
        *(
            When(from_light=old.value, to_light=new.value, then=Value(_fall(old, new)))
            for old in Light
            for new in Light
        ),
        default=Value(0),
        output_field=IntegerField(),
    )


def _row(change: LightChange) -> LightChangeRow:
    return LightChangeRow(
        goal_id=change.goal_id,
        run_id=change.run_id,
        as_of=change.as_of,
        from_light=Light(change.from_light),
        to_light=Light(change.to_light),
        reason_code=change.reason_code,
        reason=say_reason(change.reason_code, change.reason_params),
        rule_version=change.rule_version,
        at=change.at,
    )
