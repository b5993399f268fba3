"""What an event is, as its publisher declares it and as its subscribers read it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise

EVERY_EVENT = frozenset({"*"})
"""What a subscription names when it wants to hear everything."""


@dataclass(frozen=True, slots=True)
class EventSpec:
    """One kind of event. `code` reads `thing.happened` ("goal.signed"); `fields` are the keys of its params, every one
    of them given each time; params hold ids, codes, numbers and days, never personal text."""

    code: str
    name: str | Promise
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event that happened. `subject` is what it happened to: (kind, id)."""

    id: int
    code: str
    subject: tuple[str, int]
    params: dict[str, object]
    at: datetime
    actor_person_id: int | None
    actor_label: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who wants to be told of which events. `name` is kept in the database: it is never changed, only retired.
    `handler` is the dotted name of `handler(event: EventRow, *, now: datetime) -> None`, called in the transaction
    that marks the event as told, so that what it writes happens exactly once. `title` is what administrators read."""

    name: str
    handler: str
    codes: frozenset[str] = field(default=EVERY_EVENT)
    title: str | Promise = ""

    def wants(self, code: str) -> bool:
        """Whether events of this code are for this subscriber."""
        return self.codes == EVERY_EVENT or code in self.codes


Handler = Callable[..., None]


class TellingState(StrEnum):
    """Of one event for one subscriber: still to be told (again), told, given up, set aside by an administrator."""

    WAITING = "waiting"
    TOLD = "told"
    DEAD = "dead"


class EventUnknown(Exception):
    """No `catalog.py` registers an event of this code, or its params are not those it declares."""
