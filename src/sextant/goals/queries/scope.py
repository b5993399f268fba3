"""Narrowing a set of goals: by unit, person, cycle, kind, light, or the day they run on."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import Case, Count, IntegerField, Q, QuerySet, When
from django.db.models.expressions import OrderBy

from sextant.engines.values import Light
from sextant.goals.contracts import GoalState, LightCounts
from sextant.goals.models import Goal
from sextant.goals.policy.plan_kinds import STANDS_ALONE
from sextant.metrics import queries as metrics
from sextant.people.models import Post

_COLOURED = (Light.GREEN, Light.YELLOW, Light.RED)


_IN_FORCE = (GoalState.RUNNING, GoalState.SUSPENDED, GoalState.CLOSED)
_JUDGED = ~Q(state=GoalState.SUSPENDED)
"""A suspended goal keeps where it stood when it was suspended, and shows no light."""


def in_force(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    """The goals that count in what is agreed: no drafts, none that were dropped."""
    return goals.filter(state__in=_IN_FORCE)


def running_on(goals: QuerySet[Goal], day: date) -> QuerySet[Goal]:
    """The measured goals that run and whose period holds `day`: those an evaluation of that day looks at. Drafts,
    suspended and closed goals are none of them."""
    return goals.filter(metric__isnull=False, state=GoalState.RUNNING, from_on__lte=day, until_on__gt=day)


def count_running_goals(*, as_of: date) -> int:
    """How many goals an evaluation of the day `as_of` would look at."""
    return running_on(Goal.objects.all(), as_of).count()


def within_units(goals: QuerySet[Goal], unit_ids: Collection[int], *, on: date) -> QuerySet[Goal]:
    """The goals that these units own, or people whose primary post is in one of them on the day `on`."""
    members = (
        Post.objects.filter(unit_id__in=unit_ids, is_primary=True, valid_from__lte=on)
        .exclude(valid_until__lte=on)
        .values("person_id")
    )
    return goals.filter(Q(owner_unit_id__in=unit_ids) | Q(owner_person_id__in=members))


def owned_by(goals: QuerySet[Goal], person_ids: Collection[int]) -> QuerySet[Goal]:
    """The goals that these people own."""
    return goals.filter(owner_person_id__in=person_ids)


def not_aligned(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    """The goals that support nothing, although their kind asks for it and they are not the company's own."""
    return (
        goals.filter(parent=None)
        .exclude(kind__in=STANDS_ALONE)
        .exclude(owner_unit__isnull=False, owner_unit__parent=None)
    )


def worst_first(goals: QuerySet[Goal], *, first: Sequence[OrderBy] = ()) -> QuerySet[Goal]:
    """`goals` by light: red, yellow, grey, green; the heavier goal first. `first` is what they are sorted by before
    that."""
    severity = Case(
        When(_lit(Light.RED), then=0),
        When(_lit(Light.YELLOW), then=1),
        When(_lit(Light.GREEN), then=3),
        default=2,
        output_field=IntegerField(),
    )
    return goals.annotate(severity=severity).order_by(*first, "severity", "-weight", "id")


def with_light(goals: QuerySet[Goal], light: Light) -> QuerySet[Goal]:
    """The goals that show `light`. Grey holds those that no run has looked at, too, but none without a metric."""
    if light is Light.NONE:
        return _measured(goals).exclude(_JUDGED, id__in=metrics.goal_ids_by_light(_COLOURED))
    return goals.filter(_lit(light))


def count_lights(goals: QuerySet[Goal]) -> LightCounts:
    """How many of `goals` show which light, in one statement. Goals without a metric have none and are not counted."""
    return _counts(goals.order_by().aggregate(**_counting()))


def count_lights_and(goals: QuerySet[Goal], matches: QuerySet[Goal]) -> tuple[LightCounts, int]:
    """As `count_lights`, and how many of `goals` are among `matches`: a list asks both, in one statement."""
    row = goals.order_by().aggregate(
        matching=Count("id", filter=Q(id__in=matches.order_by().values("id"))), **_counting()
    )
    return _counts(row), row["matching"]


def count_below(goals: QuerySet[Goal], parent_ids: Collection[int]) -> dict[int, tuple[int, LightCounts]]:
    """How many of `goals` lie right below each of `parent_ids`, and the lights of those with a metric; parents without
    any are absent. One statement, none without parents."""
    if not parent_ids:
        return {}
    below = goals.filter(parent_id__in=parent_ids).order_by().values("parent_id")
    counted = below.annotate(right_below=Count("id"), **_counting())
    rows: list[dict[str, int]] = list(counted)  # type: ignore[arg-type]  # the annotations are not in the stubs' row
    return {row["parent_id"]: (row["right_below"], _counts(row)) for row in rows}


def _lit(light: Light) -> Q:
    return Q(id__in=metrics.goal_ids_by_light([light])) & _JUDGED


def _measured(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    return goals.filter(metric__isnull=False)


def _counting() -> dict[str, Count]:
    by_light = {light.value: Count("id", filter=_lit(light)) for light in _COLOURED}
    return {"total": Count("id", filter=Q(metric__isnull=False)), **by_light}


def _counts(row: Mapping[str, int]) -> LightCounts:
    green, yellow, red = (row[light.value] for light in _COLOURED)
    return LightCounts(green, yellow, red, row["total"] - green - yellow - red)
