"""Counting lights: by person, by unit, and up the tree of units."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from sextant.engines.values import Light
from sextant.goals.contracts import LightCounts
from sextant.people.contracts import UnitRow
from sextant.web.queries.goals import with_light_column

NO_LIGHTS = LightCounts(0, 0, 0, 0)


def count_by_person(goals: QuerySet[Any]) -> dict[int, LightCounts]:
    """Lights of `goals` by the person who owns them; goals of units are left out. Goals without a metric (objectives,
    actions) have no light and are not counted. One query."""
    owned = with_light_column(goals.filter(owner_person__isnull=False, metric__isnull=False))
    return _counted(owned.order_by().values_list("owner_person_id", "light").annotate(number=Count("id")))


def count_by_unit(goals: QuerySet[Any], *, on: date) -> dict[int, LightCounts]:
    """Lights of `goals` by unit: those the unit owns, and those of people whose primary post is there on the day.
    Goals without a metric are not counted. One query."""
    post = FilteredRelation(
        "owner_person__posts",
        condition=Q(owner_person__posts__is_primary=True)
        & Q(owner_person__posts__valid_from__lte=on)
        & (Q(owner_person__posts__valid_until=None) | Q(owner_person__posts__valid_until__gt=on)),
    )
    placed = goals.filter(metric__isnull=False).annotate(post=post)
    placed = with_light_column(placed.annotate(at_unit=Coalesce(F("owner_unit_id"), F("post__unit_id"))))
    return _counted(placed.order_by().values_list("at_unit", "light").annotate(number=Count("id")))


def roll_up(counts: Mapping[int, LightCounts], units: Iterable[UnitRow]) -> dict[int, LightCounts]:
    """For each unit the lights of itself and of everything below it. `units` has parents before children, as
    `people.queries.list_units` gives them."""
    ordered = list(units)
    totals = {unit.id: counts.get(unit.id, NO_LIGHTS) for unit in ordered}
    for unit in reversed(ordered):
        if unit.parent_id in totals:
            totals[unit.parent_id] = _plus(totals[unit.parent_id], totals[unit.id])
    return totals


def total_of(counts: Iterable[LightCounts]) -> LightCounts:
    """The sum of several counts."""
    total = NO_LIGHTS
    for one in counts:
        total = _plus(total, one)
    return total


def _plus(one: LightCounts, other: LightCounts) -> LightCounts:
    return LightCounts(one.green + other.green, one.yellow + other.yellow, one.red + other.red, one.none + other.none)


def _counted(rows: Iterable[tuple[int | None, str, int]]) -> dict[int, LightCounts]:
    numbers: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for key, light, number in rows:
        if key is not None:
            numbers[key][light] = number
    return {key: LightCounts(*(found.get(light.value, 0) for light in _ORDER)) for key, found in numbers.items()}


_ORDER = (Light.GREEN, Light.YELLOW, Light.RED, Light.NONE)
