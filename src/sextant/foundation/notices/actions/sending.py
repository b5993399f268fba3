"""Telling persons something: the notices themselves, and what is to leave over other channels.

Everything is written in the transaction of whoever has something to tell, in a constant number of statements whatever
the number of persons. What leaves the product is done by jobs afterwards (`delivering.py`).
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from sextant.foundation.clock import company_day
from sextant.foundation.jobs.starting import start_after_commit
from sextant.foundation.notices.contracts import OUTSIDE, ChannelKind, NoticeSpec, Recipient
from sextant.foundation.notices.models import Channel, Choice, CompanyRule, ContactPoint, Delivery, Habits
from sextant.foundation.notices.params import packed
from sextant.foundation.notices.policy.preferring import is_wanted
from sextant.foundation.notices.policy.when import When, Wishes, decide_when
from sextant.foundation.notices.recipients import recipients_of
from sextant.foundation.notices.registry import get_notice

DELIVER_JOB = "sextant.notices.deliver"
_RATE_SPAN = timedelta(hours=1)
_INSERT = """
INSERT INTO notices_notice (person_id, code, params, path, key, at, is_shown, escalate_at)
SELECT person_id, %s, %s::jsonb, %s, %s, %s, is_shown, %s
FROM unnest(%s::bigint[], %s::boolean[]) AS wanted (person_id, is_shown)
ON CONFLICT (person_id, code, key) DO NOTHING
RETURNING id, person_id
"""
"""One statement tells which notices are new: whoever comes second with the same key inserts nothing."""


@transaction.atomic
def send_notice(
    code: str, *, person_ids: Iterable[int], params: Mapping[str, object], path: str, key: str, now: datetime
) -> int:
    """Tell these persons; how many are told for the first time.

    `path` is the page the notice leads to, within the product. `key` names the occasion: a person is told once per
    code and key, however often this is called. Who has left is not told. Values of `params` are texts, numbers, days,
    or words of the catalogue (gettext_lazy), never sentences made in one language.

    Raises NoticeUnknown for a code nobody registers or params it does not declare, ValueError for a path elsewhere.
    """
    spec = get_notice(code)
    kept = packed(spec, params)
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is no page of the product")
    known = recipients_of(sorted(set(person_ids)), on=company_day(now, settings.SEXTANT_ZONE))
    wants = _load_wants(spec, known)
    shown = {person_id: ChannelKind.IN_APP in on for person_id, on in wants.on.items()}
    escalate_at = now + spec.escalation.after if spec.escalation else None
    new = insert_notices(code, kept, path=path, key=key, now=now, shown=shown, escalate_at=escalate_at)
    if new:
        _queue(spec, new, known, wants, now=now)
    return len(new)


@dataclass(frozen=True, slots=True)
class Wants:
    """What counts for one kind of notice and many persons: the channels in use, who wants which, and when."""

    channels: Mapping[str, Channel]
    on: Mapping[int, frozenset[ChannelKind]]
    habits: Mapping[int, Wishes]
    bound: frozenset[tuple[int, str]]


def _load_wants(spec: NoticeSpec, known: Mapping[int, Recipient]) -> Wants:
    ids = list(known)
    channels = {one.kind: one for one in Channel.objects.filter(is_active=True).defer("secret")}
    rules = {one.kind: one.as_word() for one in CompanyRule.objects.filter(code=spec.code)}
    chosen: dict[int, dict[str, bool]] = {}
    for person_id, kind, is_on in Choice.objects.filter(code=spec.code, person_id__in=ids).values_list(
        "person_id", "kind", "is_on"
    ):
        chosen.setdefault(person_id, {})[kind] = is_on
    on = {
        person_id: frozenset(
            kind for kind in ChannelKind if is_wanted(spec, kind, rules.get(kind), chosen.get(person_id, {}).get(kind))
        )
        for person_id in ids
    }
    habits = {one.person_id: one.as_wishes() for one in Habits.objects.filter(person_id__in=ids)}
    bound = frozenset(ContactPoint.objects.filter(person_id__in=ids).values_list("person_id", "kind"))
    return Wants(channels, on, habits, bound)


def insert_notices(
    code: str,
    params: Mapping[str, object],
    *,
    path: str,
    key: str,
    now: datetime,
    shown: Mapping[int, bool],
    escalate_at: datetime | None = None,
) -> dict[int, int]:
    """Person by id of each new notice; `shown` says for each person whether the list shows it. Persons in order, so
    that two who tell many cannot block each other."""
    persons = sorted(shown)
    text = json.dumps(params, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT, [code, text, path, key, now, escalate_at, persons, [shown[person_id] for person_id in persons]]
        )
        return dict(cursor.fetchall())


def _queue(
    spec: NoticeSpec, new: Mapping[int, int], known: Mapping[int, Recipient], wants: Wants, *, now: datetime
) -> None:
    """Write the deliveries of new notices, each with its time, and start the channels that have something to do."""
    persons = list(new.values())
    lately = _sent_lately(persons, now=now) if wants.channels else {}
    rows = []
    for notice_id, person_id in new.items():
        for kind in OUTSIDE:
            channel = wants.channels.get(kind)
            if (
                channel is None
                or kind not in wants.on[person_id]
                or not is_reachable(known[person_id], kind, wants.bound)
            ):
                continue
            when = decide_when(
                wants.habits.get(person_id, Wishes()),
                now=now,
                zone=settings.SEXTANT_ZONE,
                is_urgent=spec.is_urgent,
                sent_lately=lately.get((person_id, kind), 0),
                per_hour=channel.per_hour,
            )
            rows.append(delivery_of(notice_id, person_id, kind, when, now=now))
    Delivery.objects.bulk_create(rows, batch_size=2000)
    for due in {row.kind for row in rows if row.due_at <= now}:
        start_after_commit(DELIVER_JOB, kind=str(due))


def is_reachable(person: Recipient, kind: str, bound: Collection[tuple[int, str]]) -> bool:
    """Whether the person has an address on the channel."""
    return bool(person.email) if kind == ChannelKind.EMAIL else (person.person_id, kind) in bound


def delivery_of(notice_id: int, person_id: int, kind: str, when: When, *, now: datetime) -> Delivery:
    """A delivery that waits for its time."""
    return Delivery(
        notice_id=notice_id,
        person_id=person_id,
        kind=kind,
        reason=when.why.value,
        is_digest=when.is_digest,
        created_at=now,
        due_at=when.at,
    )


def _sent_lately(persons: list[int], *, now: datetime) -> dict[tuple[int, str], int]:
    """How many single messages each person was sent, or is about to be, per channel within the hour."""
    recent = Delivery.objects.filter(person_id__in=persons, created_at__gt=now - _RATE_SPAN, is_digest=False)
    counted = recent.values("person_id", "kind").annotate(number=Count("id")).values_list("person_id", "kind", "number")
    return {(person_id, kind): number for person_id, kind, number in counted}
