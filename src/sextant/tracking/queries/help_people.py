"""Who could help: people green at the same metric for weeks, and units that do well at it."""

from datetime import date

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery

from sextant.engines.values import Light
from sextant.goals.access import Sight
from sextant.goals.models import Goal
from sextant.goals.queries.scope import running_on
from sextant.metrics.models import Standing
from sextant.people.models import Post
from sextant.people.queries import list_units
from sextant.tracking.contracts.help_rows import HelperRow, TeamRow
from sextant.tracking.models import HelpOffer

WEEKS_GREEN = 4
"""Weeks running that somebody is green before they are taken for good at it."""
MOST_HELPERS = 5
MOST_TEAMS = 3
LEAST_PEOPLE = 5
LEAST_GREEN = 60
"""Per cent of a unit's people that are green before it is named."""


def steadily_green() -> "QuerySet[Standing]":
    """Standings that are green and have been for WEEKS_GREEN weeks."""
    return Standing.objects.filter(light=Light.GREEN.value, week_lights__regex=f"g{{{WEEKS_GREEN}}}$")


def list_helpers(goal: Goal, *, sight: Sight, on: date) -> tuple[HelperRow, ...]:
    """People steadily green at the metric of `goal`, the best first: those whose goals the reader sees, and those who
    said that they may be named. One query."""
    if goal.metric_id is None:
        return ()
    others = running_on(Goal.objects.filter(metric_id=goal.metric_id, owner_person__isnull=False), on)
    others = others.exclude(owner_person_id=goal.owner_person_id).exclude(owner_person__left_on__lte=on)
    offered = HelpOffer.objects.filter(metric_id=goal.metric_id, person_id=OuterRef("owner_person_id"))
    standing = steadily_green().filter(goal_id=OuterRef("id")).values("completion")[:1]
    found = others.annotate(offered=Exists(offered)).filter(id__in=steadily_green().values("goal_id"))
    if sight.person_ids is not None:
        found = found.filter(Q(offered=True) | Q(owner_person_id__in=sight.person_ids))
    found = found.annotate(
        completion=Subquery(standing, output_field=DecimalField()),
        unit_name=Subquery(_posts(on).filter(person_id=OuterRef("owner_person_id")).values("unit__name")[:1]),
    ).order_by(F("completion").desc(nulls_last=True), "id")
    rows = found.values_list("owner_person_id", "owner_person__name", "unit_name", "completion", "offered")
    return tuple(
        HelperRow(person_id, name, unit_name or "", completion, is_offered)
        for person_id, name, unit_name, completion, is_offered in rows[:MOST_HELPERS]
    )


def list_teams(goal: Goal, *, on: date) -> tuple[TeamRow, ...]:
    """Other units of which most are steadily green at the metric, the best first. Units with fewer than LEAST_PEOPLE
    measured are left out, and so are those nobody heads. At most two queries."""
    if goal.metric_id is None or goal.owner_person_id is None:
        return ()
    measured = running_on(Goal.objects.filter(metric_id=goal.metric_id, owner_person__isnull=False), on)
    green = measured.filter(id__in=steadily_green().values("goal_id"))
    own = _posts(on).filter(person_id=goal.owner_person_id).values("unit_id")
    counted = (
        _posts(on)
        .filter(person_id__in=measured.values("owner_person_id"))
        .exclude(unit_id__in=own)
        .order_by()
        .values("unit_id")
        .annotate(
            people=Count("person_id", distinct=True),
            green=Count("person_id", distinct=True, filter=Q(person_id__in=green.values("owner_person_id"))),
        )
        .filter(people__gte=LEAST_PEOPLE, green__gte=F("people") * LEAST_GREEN / 100)
        .values_list("unit_id", "people", "green")
    )
    best = sorted(counted, key=lambda one: (-one[2] / one[1], -one[1], one[0]))[:MOST_TEAMS]
    units = {unit.id: unit for unit in list_units(on=on, ids=[one[0] for one in best])} if best else {}
    return tuple(
        TeamRow(unit_id, units[unit_id].name, head_id, units[unit_id].head_name or "", people, count)
        for unit_id, people, count in best
        if unit_id in units and (head_id := units[unit_id].head_id) is not None
    )


def _posts(on: date) -> "QuerySet[Post]":
    held = Post.objects.filter(is_primary=True, valid_from__lte=on)
    return held.filter(Q(valid_until=None) | Q(valid_until__gt=on)).filter(
        Q(person__left_on=None) | Q(person__left_on__gt=on)
    )
