"""The delivery log: who was sent what over which channel, and what became of it. Never the text itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise

from sextant.foundation.clock import company_day
from sextant.foundation.notices.contracts import ChannelKind, DeliveryState
from sextant.foundation.notices.messages import CHANNELS, REASONS, STATES, say_problem
from sextant.foundation.notices.models import Channel, ContactPoint, Delivery
from sextant.foundation.notices.recipients import recipients_of
from sextant.foundation.notices.registry import find_notice, list_notices
from sextant.foundation.notices.texts import text_of

FILTERS: Mapping[str, Q] = {
    "": Q(),
    "retry": Q(state=DeliveryState.WAITING, attempts__gt=0),
    "dead": Q(state=DeliveryState.DEAD),
    "later": Q(state=DeliveryState.WAITING, attempts=0) & ~Q(reason=""),
}
"""What the log can be narrowed to."""
_GONE_OUT = (DeliveryState.SENT, DeliveryState.DELIVERED)
_TONES = {DeliveryState.SENT: "good", DeliveryState.DELIVERED: "good", DeliveryState.DEAD: "bad"}


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it went to; `name` is empty for somebody who has left."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """One delivery. `to` is the address as lists may show it; `took` is milliseconds, None before the end."""

    id: int
    at: datetime
    person: Person
    subject: str
    channel: str | Promise
    to: str
    state: str | Promise
    tone: str
    reason: str | Promise
    problem: str
    detail: str
    due_at: datetime | None
    read_at: datetime | None
    attempts: int
    took: int | None
    may_resend: bool


@dataclass(frozen=True, slots=True)
class ChannelDay:
    """How a channel did within a day."""

    text: str | Promise
    number: int
    done: int
    dead: int
    retrying: int
    problem: str
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Search:
    """What the log is narrowed to. `text` is part of a notice's name, or of a person's id found elsewhere."""

    state: str = ""
    kind: str = ""
    text: str = ""


def count_by_filter(search: Search) -> dict[str, int]:
    """How many deliveries each filter would show. One query."""
    counts = {name or "all": Count("id", filter=wanted) for name, wanted in FILTERS.items()}
    return dict(_rows(Search(kind=search.kind, text=search.text)).aggregate(**counts))


def list_log(search: Search, *, now: datetime, limit: int, offset: int) -> list[LogRow]:
    """Deliveries, latest first. Three queries. Subjects are in the language that is active, without HR's own words."""
    rows = list(_rows(search).select_related("notice").order_by("-created_at", "-id")[offset : offset + limit])
    people = recipients_of(sorted({row.person_id for row in rows}), on=company_day(now, settings.SEXTANT_ZONE))
    hints = _hints({row.person_id for row in rows})
    found = []
    for row in rows:
        person = people.get(row.person_id)
        to = hints.get((row.person_id, row.kind), "")
        if row.kind == ChannelKind.EMAIL:
            to = person.email if person else ""
        found.append(_row(row, Person(row.person_id, person.name if person else ""), to, now=now))
    return found


def list_channel_days(*, now: datetime) -> list[ChannelDay]:
    """Each channel in use, with what it did in the last 24 hours. Two queries."""
    day = Delivery.objects.filter(created_at__gt=now - timedelta(days=1))
    counted = (
        day.order_by()
        .values("kind")
        .annotate(
            number=Count("id"),
            done=Count("id", filter=Q(state__in=(DeliveryState.SENT, DeliveryState.DELIVERED))),
            dead=Count("id", filter=Q(state=DeliveryState.DEAD)),
            retrying=Count("id", filter=FILTERS["retry"]),
        )
    )
    by_kind = {str(row["kind"]): row for row in counted}
    in_use = {one.kind: one for one in Channel.objects.filter(is_active=True).defer("secret")}
    return [_day(in_use[kind], by_kind.get(kind, {}), now=now) for kind in ChannelKind if kind in in_use]


def _day(channel: Channel, counted: Mapping[str, Any], *, now: datetime) -> ChannelDay:
    is_resting = channel.paused_until is not None and channel.paused_until > now
    return ChannelDay(
        text=CHANNELS[ChannelKind(channel.kind)],
        number=counted.get("number", 0),
        done=counted.get("done", 0),
        dead=counted.get("dead", 0),
        retrying=counted.get("retrying", 0),
        problem=say_problem(channel.problem) if is_resting else "",
        paused_until=channel.paused_until,
    )


def _hints(person_ids: set[int]) -> dict[tuple[int, str], str]:
    rows = ContactPoint.objects.filter(person_id__in=person_ids).values_list("person_id", "kind", "hint")
    return {(person_id, kind): hint for person_id, kind, hint in rows}


def _rows(search: Search) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(FILTERS.get(search.state, Q()))
    if search.kind:
        rows = rows.filter(kind=search.kind)
    if search.text:
        codes = [spec.code for spec in list_notices() if search.text.casefold() in str(spec.name).casefold()]
        rows = rows.filter(notice__code__in=codes)
    return rows


def _row(row: Delivery, person: Person, to: str, *, now: datetime) -> LogRow:
    spec = find_notice(row.notice.code)
    kind, state = ChannelKind(row.kind), DeliveryState(row.state)
    language = translation.get_language() or ""
    subject = row.notice.code
    if spec is not None:
        said = text_of(
            spec, ChannelKind.IN_APP, params=row.notice.params, reader=person.name, language=language, overrides={}
        )
        subject = said.subject
    is_later = state is DeliveryState.WAITING and row.due_at > now
    return LogRow(
        id=row.pk,
        at=row.created_at,
        person=person,
        subject=subject,
        channel=CHANNELS[kind],
        to=to,
        state=STATES[state],
        tone=_TONES.get(state, "warn" if row.problem and state is DeliveryState.WAITING else "none"),
        reason=REASONS.get(row.reason, row.reason),
        problem=say_problem(row.problem),
        detail=row.detail,
        due_at=row.due_at if is_later else None,
        read_at=row.notice.read_at if state in _GONE_OUT else None,
        attempts=row.attempts,
        took=row.milliseconds,
        may_resend=state in {DeliveryState.DEAD, DeliveryState.WAITING},
    )
