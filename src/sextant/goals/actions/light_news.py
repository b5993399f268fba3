"""Telling that lights changed: `light.changed` for each goal, `goals.evaluated` once for a run of all.

Everything is published in the transaction that changed the light, from the changes it wrote: a hundred thousand of them
are one statement. A run of a day long past fills in history, and tells nobody.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.foundation.events.actions import publish, publish_rows
from sextant.goals.models import Goal
from sextant.goals.queries.statuses import statuses_of
from sextant.metrics.models import LightChange
from sextant.metrics.queries.light_changes import changes_after, changes_of_run, latest_change_id

CHANGED, EVALUATED = "light.changed", "goals.evaluated"
NEWS_FOR = timedelta(days=7)
"""A light of an earlier day is no news: weekly figures are evaluated within the week that follows."""


def tell_run(run_id: int, *, as_of: date, actor: Actor, now: datetime) -> None:
    """Publish what a run changed, and that it is done. Four statements whatever the number of changes."""
    if as_of < company_day(now, settings.SEXTANT_ZONE) - NEWS_FOR:
        return
    _publish(changes_of_run(run_id), actor=actor, now=now)
    params = {"run_id": run_id, "as_of": as_of.isoformat()}
    publish(EVALUATED, subject=("evaluation_run", run_id), params=params, now=now, actor=actor)


@contextmanager
def telling(goal_ids: Collection[int], *, actor: Actor, now: datetime) -> Iterator[None]:
    """Publish what the block changes in the lights of these measured goals, in one transaction with it."""
    with transaction.atomic():
        mark = latest_change_id()
        yield
        _publish(changes_after(mark, goal_ids=goal_ids), actor=actor, now=now)


@contextmanager
def telling_told(goal: Goal, *, on: date, actor: Actor, now: datetime) -> Iterator[None]:
    """The same for a goal without a metric, whose light is found when somebody asks."""
    with transaction.atomic():
        before = _told_light(goal, on=on)
        yield
        after = _told_light(goal, on=on)
        if before is not after:
            params = _params(goal, before=before, after=after, day=on)
            publish(CHANGED, subject=("goal", goal.pk), params=params, now=now, actor=actor)


def _publish(changes: QuerySet[LightChange], *, actor: Actor, now: datetime) -> None:
    owner = Goal.objects.filter(id=OuterRef("goal_id"))
    params: dict[str, str | Combinable] = {
        "goal_id": "goal_id",
        "person_id": Subquery(owner.values("owner_person_id")),
        "unit_id": Subquery(owner.values("owner_unit_id")),
        "before": "from_light",
        "after": "to_light",
        "day": "as_of",
        "run_id": "run_id",
    }
    publish_rows(CHANGED, changes, subject=("goal", "goal_id"), params=params, now=now, actor=actor)


def _told_light(goal: Goal, *, on: date) -> Light | None:
    """None for a measured goal: the next run shows its light, and tells."""
    if goal.metric_id is not None:
        return None
    status = statuses_of([goal.pk], on=on).get(goal.pk)
    return status.light if status else None


def _params(goal: Goal, *, before: Light | None, after: Light | None, day: date) -> Mapping[str, object]:
    return {
        "goal_id": goal.pk,
        "person_id": goal.owner_person_id,
        "unit_id": goal.owner_unit_id,
        "before": (before or Light.NONE).value,
        "after": (after or Light.NONE).value,
        "day": day.isoformat(),
        "run_id": None,
    }
