"""What a notice is, over which channels it may go, and what becomes of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise


class ChannelKind(StrEnum):
    """Ways to reach a person. `in_app` is always there; the others work once an administrator has set them up.
    The robots speak in a group of the company and name the person there."""

    IN_APP = "in_app"
    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    SMS = "sms"
    OTHER = "other"


OUTSIDE = tuple(kind for kind in ChannelKind if kind is not ChannelKind.IN_APP)
"""Channels that leave the product."""
ROBOTS = frozenset({ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU})
"""Channels whose messages colleagues in the group can read."""


class NoticeGroup(StrEnum):
    """Where a notice stands in the list of preferences."""

    TO_DO = "to_do"
    GOALS = "goals"
    REVIEWS = "reviews"
    TEAM = "team"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word of the catalogue with values of its own, as a param of a notice: `Phrase(_("%(year)s 上半年"),
    {"year": "2026"})`. The values are the same in every language."""

    text: Promise
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Escalation:
    """What to do with a notice that nobody has read `after` so long: send it over `channel` as well, whatever the
    person chose, and tell the line manager too when `tells_manager`."""

    after: timedelta
    channel: ChannelKind = ChannelKind.SMS
    tells_manager: bool = False


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """One kind of notice with its default texts.

    `subject` and `body` are translated texts with placeholders `%(unit)s`; each placeholder is one of `params`.
    `channels` are on unless a person chooses otherwise. `is_urgent`: quiet hours, digests and the rate limit do not
    hold it back when the person let urgent ones pass. `hint` says when it comes, in the list of preferences.
    """

    code: str
    name: str | Promise
    subject: str | Promise
    body: str | Promise
    params: tuple[str, ...] = ()
    channels: frozenset[ChannelKind] = frozenset({ChannelKind.IN_APP, ChannelKind.EMAIL})
    group: NoticeGroup = NoticeGroup.TO_DO
    hint: str | Promise = ""
    is_urgent: bool = False
    escalation: Escalation | None = None


class DeliveryState(StrEnum):
    """Of one notice on one channel: waiting for its time or the next try, on its way, handed over, confirmed by the
    channel as arrived, given up, or not needed any more (`dropped`)."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"


class DigestRhythm(StrEnum):
    """How a person wants what is not urgent: each by itself, or collected."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person as notices need them. Empty texts are unknown; `language` is a code of settings.LANGUAGES."""

    person_id: int
    name: str
    email: str = ""
    language: str = ""
    manager_id: int | None = None


Directory = Callable[[Collection[int], date], Mapping[int, Recipient]]
"""What `SEXTANT_RECIPIENTS` names: those of the persons who work here on the day, by id; the others are absent. A
constant number of queries. Persons live above this floor, so notices know them by their ids alone."""


class NoticeUnknown(Exception):
    """No `catalog.py` registers a notice of this code, or its params are not those it declares."""


class NoticeMissing(Exception):
    """There is no such notice, or it is another person's."""
