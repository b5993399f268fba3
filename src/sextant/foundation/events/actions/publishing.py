"""Writing events into the outbox, in the transaction of whoever did what they tell of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject

from sextant.foundation.access.contracts import Actor
from sextant.foundation.events.models import Event, Telling
from sextant.foundation.events.registry import check_params, get_event, subscriptions
from sextant.foundation.jobs.starting import start_after_commit

TELL_JOB = "sextant.events.tell_subscribers"
_FROM_ROWS = """
WITH happened AS (
    INSERT INTO events_event (code, subject_kind, subject_id, params, at, actor_user_id, actor_person_id, actor_label)
    SELECT %s, %s, found.subject_id, found.params, %s, %s, %s, %s FROM ({rows}) AS found (subject_id, params)
    RETURNING id, subject_kind, subject_id
), told AS (
    INSERT INTO events_telling (event_id, subscriber, subject_kind, subject_id, state, attempts, due_at, problem)
    SELECT happened.id, subscriber, subject_kind, subject_id, 'waiting', 0, %s, ''
      FROM happened CROSS JOIN unnest(%s::text[]) AS subscriber ORDER BY happened.id
)
SELECT count(*) FROM happened
"""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event among many of the same code."""

    subject: tuple[str, int]
    params: Mapping[str, object]


def publish(code: str, *, subject: tuple[str, int], params: Mapping[str, object], now: datetime, actor: Actor) -> int:
    """Say that something happened to `subject` (kind, id); the id of the event. Two statements; part of the caller's
    transaction: what is rolled back never happened.

    Raises EventUnknown for a code nobody registers, or params other than those it declares.
    """
    [event_id] = publish_many(code, [Happened(subject, params)], now=now, actor=actor)
    return event_id


@transaction.atomic
def publish_many(code: str, happenings: Iterable[Happened], *, now: datetime, actor: Actor) -> list[int]:
    """The same for many subjects at once: two statements whatever their number (per thousand)."""
    spec = get_event(code)
    rows = []
    for one in happenings:
        check_params(spec, one.params)
        rows.append(_row(code, one, now=now, actor=actor))
    Event.objects.bulk_create(rows, batch_size=1000)
    wanted = [one.name for one in subscriptions() if one.wants(code)]
    Telling.objects.bulk_create((_telling(row, name) for row in rows for name in wanted), batch_size=1000)
    if wanted and rows:
        start_after_commit(TELL_JOB)
    return [row.pk for row in rows]


@transaction.atomic
def publish_rows(
    code: str,
    rows: QuerySet[Any],
    *,
    subject: tuple[str, str],
    params: Mapping[str, str | Combinable],
    now: datetime,
    actor: Actor,
) -> int:
    """The same for every row of a query, in one statement whatever their number, and none of them passes through here;
    how many. `subject` is the kind and the field that holds the id; `params` are fields or expressions by name."""
    check_params(get_event(code), params)
    packed = JSONObject(**{name: F(one) if isinstance(one, str) else one for name, one in params.items()})
    sql, values = rows.order_by("pk").values_list(subject[1], packed).query.sql_with_params()
    wanted = [one.name for one in subscriptions() if one.wants(code)]
    who = [actor.user_id, actor.person_id, actor.label]
    with connection.cursor() as cursor:
        cursor.execute(_FROM_ROWS.format(rows=sql), [code, subject[0], now, *who, *values, now, wanted])
        [number] = cursor.fetchone()
    if wanted and number:
        start_after_commit(TELL_JOB)
    return int(number)


def _row(code: str, one: Happened, *, now: datetime, actor: Actor) -> Event:
    kind, subject_id = one.subject
    return Event(
        code=code,
        subject_kind=kind,
        subject_id=subject_id,
        params=dict(one.params),
        at=now,
        actor_user_id=actor.user_id,
        actor_person_id=actor.person_id,
        actor_label=actor.label,
    )


def _telling(row: Event, subscriber: str) -> Telling:
    return Telling(
        event=row,
        subscriber=subscriber,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        due_at=row.at,
    )
