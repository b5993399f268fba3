"""Making messages of deliveries: for each person single ones, and one for all that goes into a digest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from sextant.foundation.clock import company_day
from sextant.foundation.notices.channels.contracts import Message
from sextant.foundation.notices.contracts import ChannelKind, NoticeSpec, Recipient
from sextant.foundation.notices.models import ContactPoint, Delivery, Notice
from sextant.foundation.notices.recipients import recipients_of
from sextant.foundation.notices.registry import find_notice
from sextant.foundation.notices.texts import Overrides, Text, digest_text, link_line, load_overrides, text_of
from sextant.foundation.secrets import SecretUnreadable, unseal


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, and the deliveries that are done with it."""

    message: Message
    delivery_ids: tuple[int, ...]
    attempts: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What the words and addresses of many deliveries are made from."""

    kind: ChannelKind
    people: Mapping[int, Recipient]
    contacts: Mapping[int, str]
    overrides: Overrides

    def address_of(self, person: Recipient) -> str:
        return person.email if self.kind is ChannelKind.EMAIL else self.contacts.get(person.person_id, "")


def make_outgoing(kind: str, deliveries: list[Delivery], *, now: datetime) -> tuple[list[Outgoing], list[Delivery]]:
    """Messages in the order of the deliveries, and the deliveries nobody can be sent. Four queries."""
    notices = Notice.objects.in_bulk({row.notice_id for row in deliveries})
    known = _load(ChannelKind(kind), deliveries, {one.code for one in notices.values()}, now=now)
    singles: list[Outgoing] = []
    collected: defaultdict[int, list[tuple[Delivery, Notice, NoticeSpec]]] = defaultdict(list)
    lost = []
    for row in deliveries:
        notice = notices[row.notice_id]
        spec = find_notice(notice.code)
        person = known.people.get(row.person_id)
        if spec is None or person is None or not known.address_of(person):
            lost.append(row)
        elif row.is_digest:
            collected[row.person_id].append((row, notice, spec))
        else:
            singles.append(_single(row, notice, spec, person, known))
    digests = [_digest(rows, known.people[person_id], known) for person_id, rows in collected.items()]
    return singles + digests, lost


def _single(row: Delivery, notice: Notice, spec: NoticeSpec, person: Recipient, known: _Known) -> Outgoing:
    text = _text(notice, spec, person, known)
    link = address_of(reverse("notices:open", kwargs={"notice_id": notice.pk}))
    return Outgoing(_message(f"notice-{row.pk}", text, link, person, known), (row.pk,), row.attempts)


def _digest(rows: list[tuple[Delivery, Notice, NoticeSpec]], person: Recipient, known: _Known) -> Outgoing:
    """One message for all; a single one that fell into a digest is sent as itself."""
    if len(rows) == 1:
        return _single(*rows[0], person, known)
    subjects = [_text(notice, spec, person, known).subject for _, notice, spec in rows]
    text = digest_text(subjects, language=person.language)
    ids = tuple(row.pk for row, _, _ in rows)
    link = address_of(reverse("notices:mine"))
    return Outgoing(
        _message(f"digest-{ids[0]}", text, link, person, known), ids, max(row.attempts for row, _, _ in rows)
    )


def _text(notice: Notice, spec: NoticeSpec, person: Recipient, known: _Known) -> Text:
    return text_of(
        spec,
        known.kind,
        params=notice.params,
        reader=person.name,
        language=person.language,
        overrides=known.overrides,
    )


def _message(message_id: str, text: Text, link: str, person: Recipient, known: _Known) -> Message:
    return Message(
        id=message_id,
        to=known.address_of(person),
        name=person.name,
        subject=text.subject,
        body="" if known.kind is ChannelKind.SMS else text.body,
        link=link,
        closing=link_line(link, language=person.language),
    )


def address_of(path: str) -> str:
    """The whole address of a page, for readers outside; "" when the operator has not said where the product is."""
    return f"{settings.SEXTANT_ADDRESS}{path}" if settings.SEXTANT_ADDRESS else ""


def _load(kind: ChannelKind, deliveries: Iterable[Delivery], codes: set[str], *, now: datetime) -> _Known:
    ids = {row.person_id for row in deliveries}
    contacts = {}
    for person_id, value in ContactPoint.objects.filter(person_id__in=ids, kind=kind).values_list("person_id", "value"):
        try:
            contacts[person_id] = unseal(bytes(value))
        except SecretUnreadable:
            continue  # as if it were not there: the person enters it again
    people = recipients_of(sorted(ids), on=company_day(now, settings.SEXTANT_ZONE))
    return _Known(kind, people, contacts, load_overrides(codes))
