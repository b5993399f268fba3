"""Keeping a way to split under a name, for the next goal of the same owner."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.audit.actions import record
from sextant.goals.access import access_goal
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.quota import may_split
from sextant.goals.models import Goal
from sextant.goals.models.quota import QuotaScheme
from sextant.goals.policy.quota import Quota
from sextant.goals.policy.quota_schemes import scheme_document
from sextant.goals.queries.quota_schemes import schemes_of

NAME_LENGTH = 60
MOST_SCHEMES = 20


@dataclass(frozen=True, slots=True)
class SchemeWish:
    """What is to be kept: the split as it is, under which name, with values of which day."""

    name: str
    quota: Quota
    snapshot_on: date


def save_scheme(goal_id: int, wish: SchemeWish, *, actor: Actor, now: datetime, today: date) -> int:
    """Keep the split under its name for the owner of the goal; a scheme of that name is replaced. Its id.

    Raises AccessDenied, GoalRefused (quota.scheme_unnamed, quota.schemes_full).
    """
    goal = _split_by(actor, goal_id, today=today)
    name = wish.name.strip()[:NAME_LENGTH]
    if not name:
        raise GoalRefused([Problem("quota.scheme_unnamed", {"field": "scheme_name"})])
    there = schemes_of(goal)
    if not there.filter(name=name).exists() and there.count() >= MOST_SCHEMES:
        raise GoalRefused([Problem("quota.schemes_full", {"field": "scheme_name", "most": MOST_SCHEMES})])
    kept = {"document": scheme_document(wish.quota), "snapshot_on": wish.snapshot_on}
    with transaction.atomic():
        scheme, _is_new = QuotaScheme.objects.update_or_create(
            owner_unit_id=goal.owner_unit_id,
            owner_person_id=goal.owner_person_id,
            name=name,
            defaults={**kept, "saved_at": now, "saved_by": actor.label},
        )
        _note("save_quota_scheme", scheme, actor=actor, now=now)
    return scheme.pk


def forget_scheme(goal_id: int, scheme_id: int, *, actor: Actor, now: datetime, today: date) -> str:
    """Delete a scheme of the goal's owner; its name, "" where there is none any more. Raises AccessDenied."""
    goal = _split_by(actor, goal_id, today=today)
    with transaction.atomic():
        scheme = schemes_of(goal).select_for_update().filter(id=scheme_id).first()
        if scheme is None:
            return ""
        _note("forget_quota_scheme", scheme, actor=actor, now=now)
        scheme.delete()
    return scheme.name


def _split_by(actor: Actor, goal_id: int, *, today: date) -> Goal:
    goal = access_goal(actor, goal_id=goal_id, on=today)
    if not may_split(actor, goal, on=today):
        raise AccessDenied(Permission.GOAL_CASCADE)
    return goal


def _note(verb: str, scheme: QuotaScheme, *, actor: Actor, now: datetime) -> None:
    changes = {"name": scheme.name, "unit": scheme.owner_unit_id, "person": scheme.owner_person_id}
    record(verb, actor=actor, now=now, object_kind="quota_scheme", object_id=scheme.pk, changes=changes)
