"""Telling whom a movement concerns: work for who has to decide, notices for who got something."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.foundation.notices.actions.sending import send_notice
from sextant.goals.actions.moved_goals import Change
from sextant.goals.contracts.movement import (
    NOTICE_COUNTERPART,
    NOTICE_MOVED,
    NOTICE_RECEIVED,
    WORK_KIND,
    MoveCase,
)
from sextant.goals.models import Movement
from sextant.goals.queries.movements import find_moved, live_plans, tell_moved
from sextant.lowcode.actions.work import close_work, open_work
from sextant.people.queries import list_persons


def open_movement_work(*, now: datetime) -> int:
    """Put every movement nobody has answered into the inbox of the person's manager and of who answers for their plan;
    how many items that made. Twice makes none."""
    today = company_day(now, settings.SEXTANT_ZONE)
    moved = find_moved(on=today, within=None)
    ids = [one.person_id for one in moved]
    managers = {one.id: one.manager_id for one in list_persons(on=today, ids=ids, limit=len(ids))} if ids else {}
    answers: dict[int, set[int]] = {}
    held = live_plans(on=today).filter(owner_person_id__in=ids, counterpart__left_on=None)
    for owner_id, counterpart_id in held.values_list("owner_person_id", "counterpart_id"):
        if owner_id is not None and counterpart_id is not None:
            answers.setdefault(owner_id, set()).add(counterpart_id)
    made = 0
    for one in tell_moved(moved, on=today):
        manager = managers.get(one.person_id)
        made += open_work(
            WORK_KIND,
            person_ids=answers.get(one.person_id, set()) | ({manager} if manager is not None else set()),
            subject=("person", one.person_id),
            params={"name": one.name},
            path=reverse("goals:move", args=[one.person_id]),
            due_at=None,
            now=now,
            about_id=one.person_id,
        )
    return made


def tell_movement(
    movement: Movement, case: MoveCase, changes: Sequence[Change], *, actor: Actor, now: datetime
) -> None:
    """The work is done; successors hear what they got, a new counterpart whom they answer for, the mover what
    changed."""
    close_work(WORK_KIND, subject=("person", case.person_id), now=now, by_person_id=actor.person_id)
    path, key = reverse("goals:movement", args=[movement.pk]), str(movement.pk)
    got = Counter(one.successor.owner_person_id for one in changes if one.successor)
    for person_id, n in got.items():
        if person_id is not None:
            params = {"name": case.name, "n": n, "on": movement.on}
            send_notice(NOTICE_RECEIVED, person_ids=[person_id], params=params, path=path, key=key, now=now)
    new = {one.counterpart_id for one in case.plans if one.counterpart_id not in {None, one.former_id}}
    if new:
        ids = [one for one in new if one is not None]
        send_notice(NOTICE_COUNTERPART, person_ids=ids, params={"name": case.name}, path=path, key=key, now=now)
    if any(one.has_changed for one in changes):
        params = {"on": movement.on, "by": actor.label}
        send_notice(NOTICE_MOVED, person_ids=[case.person_id], params=params, path=path, key=key, now=now)
