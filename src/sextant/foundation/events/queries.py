"""What the outbox of events holds: what waits, what was given up and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from sextant.foundation.events.actions.telling import row_of
from sextant.foundation.events.contracts import EventRow, TellingState
from sextant.foundation.events.models import Event, Telling
from sextant.foundation.events.registry import list_events, subscriptions


def list_happened(code: str, *, since: datetime, limit: int) -> list[EventRow]:
    """Events of a code that happened since, the latest first: for whoever tries something on the past. One query."""
    found = Event.objects.filter(code=code, at__gte=since).order_by("-at", "-id")[:limit]
    return [row_of(one) for one in found]


@dataclass(frozen=True, slots=True)
class TellingRow:
    """One event for one subscriber. `event` and `subscriber` are what people call them; `problem` is what the handler
    said when it failed, in its own words; `due_at` is when it is tried (again)."""

    id: int
    event: str
    code: str
    subject: str
    subscriber: str
    state: TellingState
    attempts: int
    problem: str
    at: datetime
    due_at: datetime


def count_tellings() -> dict[TellingState, int]:
    """How many tellings wait, and how many were given up; what was told is not counted. One query on the state."""
    kept = (TellingState.WAITING, TellingState.DEAD)
    found = dict(Telling.objects.filter(state__in=kept).values_list("state").annotate(number=Count("id")).order_by())
    return {state: found.get(state.value, 0) for state in kept}


def list_tellings(state: TellingState, *, limit: int, offset: int = 0) -> list[TellingRow]:
    """Tellings in this state, the oldest event first: what was given up first is what others wait behind. One query."""
    rows = Telling.objects.filter(state=state).select_related("event").order_by("id")[offset : offset + limit]
    events = {spec.code: str(spec.name) for spec in list_events()}
    titles = {one.name: str(one.title or one.name) for one in subscriptions()}
    return [
        TellingRow(
            id=row.pk,
            event=events.get(row.event.code, row.event.code),
            code=row.event.code,
            subject=f"{row.subject_kind} {row.subject_id}",
            subscriber=titles.get(row.subscriber, row.subscriber),
            state=TellingState(row.state),
            attempts=row.attempts,
            problem=row.problem,
            at=row.event.at,
            due_at=row.due_at,
        )
        for row in rows
    ]
