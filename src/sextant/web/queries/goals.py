"""Goals as lines of a page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from sextant.engines.values import Light
from sextant.goals.contracts import BESIDE, GoalKind, GoalState
from sextant.goals.messages.goals import KINDS
from sextant.metrics.models import Standing
from sextant.metrics.queries import standings_of
from sextant.web.contracts import GoalLine
from sextant.web.routes import find_url

_COLUMNS = (
    "id",
    "title",
    "kind",
    "owner_person_id",
    "owner_unit_id",
    "owner_person__name",
    "owner_unit__name",
    "metric_id",
    "metric__name",
    "metric__source",
    "metric__unit_label",
    "metric__decimals",
    "weight",
    "base",
    "from_on",
    "until_on",
    "state",
)


def list_lines(goals: QuerySet[Any]) -> list[GoalLine]:
    """`goals` in their order with where each stands: two queries however many there are.

    `goals` comes from `goals.access.visible_goals`, narrowed by the caller.
    """
    rows = list(goals.values(*_COLUMNS))
    standings = standings_of([row["id"] for row in rows]) if rows else {}
    judged = {row["id"] for row in rows if row["state"] != GoalState.SUSPENDED}
    return [_line(row, standings.get(row["id"]) if row["id"] in judged else None) for row in rows]


def most_urgent(goals: QuerySet[Any], *, limit: int) -> QuerySet[Any]:
    """The red and yellow ones of `goals`, red first, the heavier first; a queryset of at most `limit`."""
    urgency = Case(
        When(light=Light.RED.value, then=Value(0)),
        When(light=Light.YELLOW.value, then=Value(1)),
        output_field=IntegerField(),
    )
    glowing = with_light_column(goals).filter(light__in=[Light.RED.value, Light.YELLOW.value])
    ordered: QuerySet[Any] = glowing.annotate(urgency=urgency).order_by("urgency", "-weight", "id")
    return ordered[:limit]


def with_light_column(goals: QuerySet[Any]) -> QuerySet[Any]:
    """`goals` with `light`: the letter of the last run's light, grey while no run has looked, and for a suspended
    goal."""
    light = Standing.objects.filter(goal_id=OuterRef("id")).values("light")[:1]
    shown = Case(When(state=GoalState.SUSPENDED, then=Value(None)), default=Subquery(light))
    lit: QuerySet[Any] = goals.annotate(light=Coalesce(shown, Value(Light.NONE.value)))
    return lit


def heaviest_first(lines: Iterable[GoalLine]) -> list[GoalLine]:
    """Lines by weight, then by title."""
    return sorted(lines, key=lambda line: (-line.weight, line.title, line.id))


def _line(row: dict[str, Any], standing: Any) -> GoalLine:
    return GoalLine(
        id=row["id"],
        title=row["title"],
        kind=row["kind"],
        beside=str(KINDS[kind]) if (kind := GoalKind(row["kind"])) in BESIDE else "",
        owner_person_id=row["owner_person_id"],
        owner_unit_id=row["owner_unit_id"],
        owner_name=row["owner_person__name"] or row["owner_unit__name"] or "",
        metric_id=row["metric_id"],
        metric_name=row["metric__name"] or "",
        source=row["metric__source"] or "",
        unit_label=row["metric__unit_label"] or "",
        decimals=row["metric__decimals"] or 0,
        weight=row["weight"],
        base=row["base"],
        from_on=row["from_on"],
        until_on=row["until_on"],
        href=find_url("goals:detail", goal_id=row["id"]),
        standing=standing,
        is_suspended=row["state"] == GoalState.SUSPENDED,
    )
