"""Lights set by hand, and rules for single goals: who may, and for how long."""

from datetime import date, datetime

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.goals.access import access_goal
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.light_news import telling_told
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal
from sextant.goals.policy.manual import decide_manual_light
from sextant.goals.queries.lines import stands_above_goal
from sextant.metrics.actions import lights


def set_manual_light(
    *,
    goal_id: int,
    light: Light,
    reason: str,
    from_on: date,
    until_on: date,
    actor: Actor,
    now: datetime,
    today: date,
) -> None:
    """Set a goal's light by hand for the days [from_on, until_on). The next evaluation shows it with its reason; a goal
    without a metric, whose status is found when a page asks, shows it at once.

    A manager may for the people below and for units below those they head, never for their own goals; who may import
    goals (HR) for everyone. Raises AccessDenied, GoalRefused.
    """
    goal = _access_to_set(actor, goal_id=goal_id, today=today)
    if problems := decide_manual_light(light=light, reason=reason, from_on=from_on, until_on=until_on):
        raise GoalRefused(problems)
    with telling_told(goal, on=today, actor=actor, now=now):
        lights.put_manual_light(
            goal.id, light=light, reason=reason.strip(), from_on=from_on, until_on=until_on, actor=actor, now=now
        )


def clear_manual_light(*, goal_id: int, actor: Actor, now: datetime, today: date) -> bool:
    """Take back a light set by hand; False when there was none. Raises AccessDenied, as `set_manual_light`."""
    goal = _access_to_set(actor, goal_id=goal_id, today=today)
    with telling_told(goal, on=today, actor=actor, now=now):
        return lights.remove_manual_light(goal.id, actor=actor, now=now)


def use_rules_for_goal(code: str | None, *, goal_id: int, actor: Actor, now: datetime, today: date) -> None:
    """Judge one goal by the rules `code` from the next evaluation on; None: by those of its metric again.

    Raises AccessDenied (also for a goal without a metric), and what `metrics.actions.lights` refuses.
    """
    goal = access_goal(actor, goal_id=goal_id, on=today)
    if goal.metric_id is None:
        raise AccessDenied("goal")
    if code is None:
        lights.drop_light_rules(goal_id=goal.id, actor=actor, now=now)
    else:
        lights.use_light_rules(code, metric_id=goal.metric_id, goal_id=goal.id, actor=actor, now=now)


def may_set_light(actor: Actor, goal: Goal, *, on: date) -> bool:
    """Whether the actor may set this goal's light by hand: for a page that offers it."""
    if not may(actor, Permission.LIGHT_SET) or goal.state == GoalState.CLOSED:
        return False
    if may(actor, Permission.GOAL_IMPORT):
        return True
    return actor.person_id is not None and stands_above_goal(actor.person_id, goal, on=on)


def _access_to_set(actor: Actor, *, goal_id: int, today: date) -> Goal:
    """The goal, or AccessDenied: out of sight and not to be set look the same."""
    require(actor, Permission.LIGHT_SET)
    goal = access_goal(actor, goal_id=goal_id, on=today)
    if not may_set_light(actor, goal, on=today):
        raise AccessDenied(Permission.LIGHT_SET)
    return goal
