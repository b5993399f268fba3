"""Recording the value of a goal by hand."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.foundation.clock import company_day
from sextant.goals.access import sight_of
from sextant.goals.actions.light_news import telling
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal
from sextant.goals.queries.lines import speaks_for_owner
from sextant.goals.queries.scope import running_on
from sextant.goals.queries.specs import spec_from
from sextant.metrics.actions.record import MeasurementRefused, Recorded, record_value
from sextant.metrics.queries import metric_map


def record_measurement(
    goal_id: int, *, day: date, value: Decimal, note: str = "", actor: Actor, now: datetime
) -> Recorded:
    """Keep the value of the goal's metric for a day, and bring every goal of the same owner and metric up to date.

    For one's own goals, those of the people one leads on solid lines, and those of units one heads. Raises
    AccessDenied, MeasurementRefused (record.metric_retired, and as `metrics.actions.record.record_value`).
    """
    require(actor, Permission.MEASUREMENT_RECORD)
    today = company_day(now, settings.SEXTANT_ZONE)
    goal = sight_of(actor, on=today).access(goal_id)
    if goal.metric_id is None or not may_record(actor, goal, on=today):
        raise AccessDenied(Permission.MEASUREMENT_RECORD)
    if (metric := metric_map([goal.metric_id]).get(goal.metric_id)) and metric.is_retired:
        raise MeasurementRefused(Problem("record.metric_retired"))
    alike = Goal.objects.filter(
        metric_id=goal.metric_id, owner_person_id=goal.owner_person_id, owner_unit_id=goal.owner_unit_id
    )
    running = running_on(alike, today) | alike.filter(id=goal.id)
    specs = [spec for one in running.order_by("id") if (spec := spec_from(one)) is not None]
    with telling([spec.goal_id for spec in specs], actor=actor, now=now):
        return record_value(specs, day=day, value=value, note=note, as_of=today, actor=actor, now=now)


def may_record(actor: Actor, goal: Goal, *, on: date) -> bool:
    """Whether the goal runs and is measured, and is the actor's own, or of somebody they lead, or of a unit they
    head."""
    if goal.metric_id is None or goal.state != GoalState.RUNNING or not may(actor, Permission.MEASUREMENT_RECORD):
        return False
    return speaks_for_owner(actor, goal, on=on)
