"""Aligning goals: what supports what, and how. One change of the graph at a time."""

from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from sextant.engines.values import Period
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may, require
from sextant.foundation.audit.actions import record
from sextant.goals.access import Sight, sight_of
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts import GoalState
from sextant.goals.models import Alignment, Goal
from sextant.goals.policy.alignment import Side, decide_alignment
from sextant.goals.queries.alignment import edges_upwards
from sextant.goals.queries.lines import answers_for


def align(
    *,
    goal_id: int,
    parent_id: int,
    how: str,
    contribution: Decimal | None,
    actor: Actor,
    now: datetime,
    today: date,
    as_primary: bool = False,
) -> None:
    """Let a goal support another one, or change how it does. The first goal it supports becomes the primary one, in
    whose branch it stands; with `as_primary` this one does, and the former stays among the others.

    Its owner may, whoever stands above the owner, and HR; the parent is any goal the actor sees. `contribution` is per
    cent of the parent. Raises AccessDenied, GoalRefused (codes of `decide_alignment`).
    """
    require(actor, Permission.GOAL_ALIGN)
    with transaction.atomic():
        one_change_at_a_time()
        sight = sight_of(actor, on=today)
        child, parent = _lock_child(sight, actor, goal_id=goal_id, today=today), sight.access(parent_id)
        sides = (Side(one.id, Period(one.from_on, one.until_on)) for one in (child, parent))
        if problems := decide_alignment(*sides, ways=edges_upwards([parent_id]), contribution=contribution):
            raise GoalRefused(problems)
        before = Alignment.objects.filter(child=child, parent=parent).values_list("contribution", flat=True).first()
        Alignment.objects.update_or_create(
            child=child, parent=parent, defaults={"how": how.strip(), "contribution": contribution}
        )
        if as_primary or child.parent_id is None:
            _make_primary(child, parent_id, now=now)
        changes = {"parent": parent_id, "contribution": [_text(before), _text(contribution)]}
        record("align", actor=actor, now=now, object_kind="goal", object_id=goal_id, changes=changes)


def unalign(*, goal_id: int, parent_id: int, actor: Actor, now: datetime, today: date) -> bool:
    """Take back that a goal supports another; False when it did not. Where it was the primary one, the next takes its
    place: the one that counts for most, else the one that was there first.

    Whoever may align may take back, also support of a goal they cannot see. Raises AccessDenied.
    """
    require(actor, Permission.GOAL_ALIGN)
    with transaction.atomic():
        one_change_at_a_time()
        child = _lock_child(sight_of(actor, on=today), actor, goal_id=goal_id, today=today)
        link = Alignment.objects.filter(child=child, parent_id=parent_id).first()
        if link is None:
            return False
        link.delete()
        if child.parent_id == parent_id:
            others = list(Alignment.objects.filter(child=child))
            weightiest = max(others, key=lambda one: (one.contribution or 0, -one.pk), default=None)
            _make_primary(child, weightiest.parent_id if weightiest else None, now=now)
        record("unalign", actor=actor, now=now, object_kind="goal", object_id=goal_id, changes={"parent": parent_id})
    return True


def may_align(actor: Actor, goal: Goal, *, on: date) -> bool:
    """Whether the actor may say what this goal supports: for a page that offers it. What is closed stays as it was."""
    return goal.state != GoalState.CLOSED and may(actor, Permission.GOAL_ALIGN) and answers_for(actor, goal, on=on)


def one_change_at_a_time() -> None:
    """Nobody else changes what supports what until the caller's transaction ends. Taken before any row's lock.

    Two people who each add one half of a circle write different rows: only one lock for the whole graph sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sextant.goals.alignment'))")


def _lock_child(sight: Sight, actor: Actor, *, goal_id: int, today: date) -> Goal:
    """The goal, locked, or AccessDenied: out of sight and not to be aligned look the same."""
    sight.access(goal_id)
    goal = Goal.objects.select_for_update().get(id=goal_id)
    if not may_align(actor, goal, on=today):
        raise AccessDenied(Permission.GOAL_ALIGN)
    return goal


def _make_primary(goal: Goal, parent_id: int | None, *, now: datetime) -> None:
    """The database moves the mark along with `Goal.parent` and drops the link that had it, as an import means it; here
    the former primary shall stay, so it loses its mark first."""
    Alignment.objects.filter(child=goal, is_primary=True).exclude(parent_id=parent_id).update(is_primary=False)
    Goal.objects.filter(id=goal.id).update(parent_id=parent_id, updated_at=now)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
