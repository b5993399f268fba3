"""催办: whoever has to do the next thing about an open plan is reminded, at most once a day for each plan."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.notices.actions.sending import send_notice
from sextant.goals.queries.waiting import list_waiting, open_plans_below

NOTICE = "goals.plan_waiting"
MOST_PLANS = 500
_INSERT = """
    INSERT INTO goals_planreminder (plan_id, "on", person_id, by_label, at)
    SELECT plan_id, %s, person_id, %s, %s FROM unnest(%s::bigint[], %s::bigint[]) AS told (plan_id, person_id)
    ON CONFLICT (plan_id, "on", person_id) DO NOTHING RETURNING plan_id, person_id
"""
"""One statement tells who is reminded for the first time today: of two who click at once one reminds."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many plans and people were reminded; `left` plans were reminded of earlier today, or wait for nobody."""

    plans: int
    people: int
    left: int


def remind_plans(plan_ids: Collection[int], *, actor: Actor, now: datetime) -> Reminded:
    """Remind of these plans, at most MOST_PLANS at a time, those the actor may remind of; each person gets one notice,
    however many plans wait for them. Raises AccessDenied."""
    require(actor, Permission.PLAN_EDIT)
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        chosen = open_plans_below(actor, on=today).filter(id__in=sorted(plan_ids)[:MOST_PLANS])
        plans = list(chosen.select_related("cycle", "owner_person", "owner_unit").order_by("id"))
        pairs = [
            (one.id, person_id)
            for one in list_waiting(plans, on=today)
            for person_id, _name in one.persons
            if person_id != actor.person_id
        ]
        with connection.cursor() as cursor:
            both = ([plan for plan, _ in pairs], [person for _, person in pairs])
            cursor.execute(_INSERT, (today, actor.label, now, *both))
            new = cursor.fetchall()
        by_person: dict[int, list[int]] = {}
        for plan_id, person_id in new:
            by_person.setdefault(person_id, []).append(plan_id)
        for person_id, waiting in sorted(by_person.items()):
            send_notice(
                NOTICE,
                person_ids=[person_id],
                params={"by": actor.label, "n": len(waiting)},
                path=reverse("goals:plan", args=[min(waiting)]),
                key=f"{today.isoformat()}-{min(waiting)}",
                now=now,
            )
        reminded = {plan_id for plan_id, _ in new}
        if reminded:
            changes = {"plans": len(reminded), "people": len(by_person)}
            record("remind_plans", actor=actor, now=now, object_kind="plan", object_id=min(reminded), changes=changes)
    return Reminded(len(reminded), len(by_person), len(plans) - len(reminded))
