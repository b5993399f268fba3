"""研讨会: called, prepared, held, closed. What was closed is added to, never changed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.goals.access import sight_of
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.workshop_table import Table, come_to_workshop, note, read_text, refuse_more_than
from sextant.goals.contracts import Attendance, Topic, WorkshopKind
from sextant.goals.models import AgendaItem, Cycle, Decision, MinutesAddendum, Participant, Workshop
from sextant.goals.policy.workshops import (
    MOST_ITEMS,
    MOST_PEOPLE,
    TEXT_LENGTH,
    TITLE_LENGTH,
    decide_closing,
    moved,
    standing_topics,
)
from sextant.goals.queries.workshop_agenda import propose_agenda
from sextant.goals.workshop_access import workshop_sight
from sextant.people.queries import list_persons, list_units

MOST_INVITED = 60
"""At once, with the meeting. A larger unit meets in parts: the others are added by name."""


def create_workshop(
    *,
    kind: WorkshopKind,
    unit_id: int,
    cycle_id: int,
    title: str,
    starts_at: datetime,
    place: str = "",
    actor: Actor,
    now: datetime,
) -> int:
    """Call a meeting of a unit about a cycle's goals; its id. The people of the unit and the heads of the units right
    below are invited, and what is known already stands on the agenda. The caller leads it.

    Raises AccessDenied (not the actor's unit), GoalRefused (workshop.missing, workshop.long), Cycle.DoesNotExist.
    """
    require(actor, Permission.WORKSHOP_RUN)
    today = company_day(now, settings.SEXTANT_ZONE)
    units = workshop_sight(actor, on=today).list_run_units()
    if units is not None and unit_id not in units:
        raise AccessDenied("workshop")
    with transaction.atomic():
        workshop = Workshop.objects.create(
            kind=kind,
            unit_id=unit_id,
            cycle=Cycle.objects.get(id=cycle_id),
            title=read_text(title, field="title", most=TITLE_LENGTH),
            place=place.strip()[:TITLE_LENGTH],
            starts_at=starts_at,
            lead_id=actor.person_id,
            created_at=now,
        )
        _invite_unit(workshop, actor=actor, now=now)
        proposed = propose_agenda(
            kind, unit_id=unit_id, cycle_id=cycle_id, visible=sight_of(actor, on=today).goals, on=today
        )
        lines = [(one.topic, one.goal_id) for one in proposed] + [(topic, None) for topic in standing_topics(kind)]
        AgendaItem.objects.bulk_create(
            AgendaItem(workshop=workshop, position=place, topic=topic, goal_id=goal_id)
            for place, (topic, goal_id) in enumerate(lines)
        )
        changes = {"kind": kind.value, "unit": unit_id, "cycle": cycle_id}
        record("create_workshop", actor=actor, now=now, object_kind="workshop", object_id=workshop.pk, changes=changes)
    return workshop.pk


def add_agenda_item(workshop_id: int, *, text: str, actor: Actor, now: datetime) -> int:
    """Put something of one's own on the agenda, at its end; its id. Raises AccessDenied, GoalRefused (workshop.closed,
    workshop.missing, workshop.long, workshop.items_many)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        items = table.workshop.agenda.all()
        refuse_more_than(MOST_ITEMS, items.count(), code="workshop.items_many")
        last = items.aggregate(last=Max("position"))["last"]
        words = read_text(text, field="text", most=TITLE_LENGTH)
        position = 0 if last is None else last + 1
        item = AgendaItem.objects.create(workshop=table.workshop, position=position, topic=Topic.FREE, text=words)
        note(table, "add_agenda_item", {"item": item.pk})
    return item.pk


def change_agenda_item(workshop_id: int, *, item_id: int, act: str, actor: Actor, now: datetime) -> None:
    """`act`: done, undone, up, down, remove. Raises AccessDenied (also for an item of another meeting), GoalRefused
    (workshop.closed), ValueError for any other act."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        item = table.workshop.agenda.filter(id=item_id).first()
        if item is None:
            raise AccessDenied("workshop")
        match act:
            case "done" | "undone":
                item.is_done = act == "done"
                item.save(update_fields=["is_done"])
            case "up" | "down":
                _reorder(table, item_id, by=-1 if act == "up" else 1)
            case "remove":
                item.delete()
            case _:
                raise ValueError(act)
        note(table, "change_agenda_item", {"item": item_id, "act": act})


def invite(workshop_id: int, *, person_ids: Collection[int], actor: Actor, now: datetime) -> int:
    """Invite more people; how many are new. Raises AccessDenied, GoalRefused (workshop.closed,
    workshop.people_many)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        there = set(table.workshop.participants.values_list("person_id", flat=True))
        new = sorted(set(person_ids) - there)
        refuse_more_than(MOST_PEOPLE, len(there) + len(new) - 1, code="workshop.people_many")
        Participant.objects.bulk_create(Participant(workshop=table.workshop, person_id=one) for one in new)
        note(table, "invite", {"persons": new})
    return len(new)


def take_attendance(workshop_id: int, *, attendance: Mapping[int, Attendance], actor: Actor, now: datetime) -> None:
    """Note who came; persons who are not invited are left out. Raises AccessDenied, GoalRefused (workshop.closed)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        changed = []
        for one in table.workshop.participants.filter(person_id__in=attendance.keys()):
            if one.attendance != attendance[one.person_id]:
                one.attendance = attendance[one.person_id]
                changed.append(one)
        Participant.objects.bulk_update(changed, ["attendance"])
        note(table, "take_attendance", {"changed": len(changed)})


def decide(workshop_id: int, *, text: str, goal_ids: Iterable[int], actor: Actor, now: datetime) -> int:
    """Keep a decision with the goals it is about; its id. It is shown on their pages to everyone who may open them.

    Raises AccessDenied (also for a goal out of the actor's sight), GoalRefused (workshop.closed, workshop.missing,
    workshop.long).
    """
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        wanted = set(goal_ids)
        goals = list(sight_of(actor, on=table.today).goals.filter(id__in=wanted)) if wanted else []
        if len(goals) != len(wanted):
            raise AccessDenied("goal")
        decision = Decision.objects.create(
            workshop=table.workshop,
            text=read_text(text, field="text", most=TEXT_LENGTH),
            by_person_id=actor.person_id,
            at=now,
        )
        decision.goals.set(goals)
        note(table, "decide", {"decision": decision.pk, "goals": sorted(wanted)})
    return decision.pk


def take_back_decision(workshop_id: int, *, decision_id: int, actor: Actor, now: datetime) -> None:
    """Remove a decision while the meeting is open. Raises AccessDenied, GoalRefused (workshop.closed)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now)
        found = table.workshop.decisions.filter(id=decision_id).first()
        if found is None:
            raise AccessDenied("workshop")
        found.delete()
        note(table, "take_back_decision", {"decision": decision_id})


def close_workshop(workshop_id: int, *, actor: Actor, now: datetime) -> None:
    """End the meeting: minutes, attendance and decisions stay as they are from now on. Raises AccessDenied, GoalRefused
    (workshop.closed, workshop.nothing_written)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now, is_closed_too=True)
        workshop = table.workshop
        problems = decide_closing(
            minutes=workshop.minutes,
            decisions=workshop.decisions.count(),
            is_closed=workshop.closed_at is not None,
        )
        if problems:
            raise GoalRefused(problems)
        workshop.closed_at, workshop.closed_by_id = now, actor.person_id
        workshop.save(update_fields=["closed_at", "closed_by"])
        note(table, "close_workshop", {"minutes": workshop.minutes_number})


def add_to_minutes(workshop_id: int, *, text: str, actor: Actor, now: datetime) -> int:
    """Add something to a closed meeting, with the day and the name; its id. Raises AccessDenied, GoalRefused
    (workshop.open, workshop.missing, workshop.long)."""
    with transaction.atomic():
        table = come_to_workshop(workshop_id, actor=actor, now=now, is_closed_too=True)
        if table.workshop.closed_at is None:
            raise GoalRefused([Problem("workshop.open")])
        words = read_text(text, field="text", most=TEXT_LENGTH)
        kept = MinutesAddendum.objects.create(workshop=table.workshop, text=words, by_person_id=actor.person_id, at=now)
        note(table, "add_to_minutes", {"addendum": kept.pk})
    return kept.pk


def _invite_unit(workshop: Workshop, *, actor: Actor, now: datetime) -> None:
    today = company_day(now, settings.SEXTANT_ZONE)
    members = list_persons(on=today, unit_ids=[workshop.unit_id], limit=MOST_INVITED)
    heads = [unit.head_id for unit in list_units(on=today) if unit.parent_id == workshop.unit_id]
    ids = [*heads, *(person.id for person in members), actor.person_id]
    wanted = list(dict.fromkeys(one for one in ids if one is not None))[:MOST_INVITED]
    Participant.objects.bulk_create(Participant(workshop=workshop, person_id=one) for one in wanted)


def _reorder(table: Table, item_id: int, *, by: int) -> None:
    ids = list(table.workshop.agenda.order_by("position").values_list("id", flat=True))
    items = table.workshop.agenda.in_bulk()
    for position, id_ in enumerate(moved(ids, item_id, by=by)):
        items[id_].position = position
    AgendaItem.objects.bulk_update(items.values(), ["position"])
