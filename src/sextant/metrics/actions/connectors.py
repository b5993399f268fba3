"""Saving connectors and their secrets."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.secrets import seal
from sextant.metrics.connectors.document import (
    ConnectorDocument,
    ConnectorRefused,
    FilesSource,
    parse_connector,
)
from sextant.metrics.connectors.schedule import next_due
from sextant.metrics.intake.locks import transaction_locked
from sextant.metrics.models import Connector, ConnectorSecret, ConnectorVersion
from sextant.metrics.queries.connectors import get_document

MAX_SECRET_CHARACTERS = 10_000


class SecretUnknown(Exception):
    """The connector's document names no such secret."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did. `is_changed` is false when the text is that of the version in force."""

    id: int
    name: str
    version: int
    is_new: bool
    is_changed: bool


def save_connector(text: str, *, actor: Actor, now: datetime, name: str | None = None) -> Saved:
    """Make `text` the document of the connector it names, as a new version; the first save makes the connector.

    `name` is the connector whose page the text was edited on: a text that names another is refused. Where the cursor
    or the beginning of the back-fill changes, reading starts afresh; records keep that from counting twice. Raises
    AccessDenied, ConnectorRefused.
    """
    require(actor, Permission.CONNECTOR_MANAGE)
    text = text.replace("\r\n", "\n").strip() + "\n"
    document = parse_connector(text)
    if name is not None and document.name != name:
        raise ConnectorRefused(Problem("connector.name_differs", {"name": name}))
    with transaction_locked(f"metrics.connectors:{document.name}"):
        connector = Connector.objects.select_for_update().filter(name=document.name).first()
        latest = connector.versions.order_by("-number").first() if connector is not None else None
        if connector is not None and latest is not None and latest.text == text:
            return Saved(connector.pk, connector.name, connector.version, is_new=False, is_changed=False)
        is_new = connector is None
        connector = connector or Connector(name=document.name, version=0, created_at=now)
        if latest is not None and _starts_afresh(latest.text, document):
            connector.read_until = connector.high_water = None
        _apply(connector, document, now=now)
        ConnectorVersion.objects.create(
            connector=connector, number=connector.version, text=text, saved_at=now, saved_by=actor.label
        )
        changes = {"version": connector.version, "enabled": document.enabled}
        record(
            "save_connector", actor=actor, now=now, object_kind="connector", object_id=connector.name, changes=changes
        )
    return Saved(connector.pk, connector.name, connector.version, is_new=is_new, is_changed=True)


def set_secret(name: str, secret: str, value: str, *, actor: Actor, now: datetime) -> None:
    """Store the value of a secret that the connector's document names, sealed, for the place it is sent to now.

    It can be replaced and forgotten, never read back. Raises AccessDenied, ConnectorUnknown, SecretUnknown, ValueError
    for an empty or overlong value.
    """
    require(actor, Permission.CONNECTOR_MANAGE)
    if not value.strip() or len(value) > MAX_SECRET_CHARACTERS:
        raise ValueError("empty or too long")
    document = get_document(name)
    places = dict(document.source.secret_places())
    if secret not in places:
        raise SecretUnknown(secret)
    with transaction.atomic():
        connector = Connector.objects.select_for_update().get(name=name)
        ConnectorSecret.objects.update_or_create(
            connector=connector,
            name=secret,
            defaults={"sealed": seal(value), "place": places[secret], "set_at": now, "set_by": actor.label},
        )
        _record_secret("set_connector_secret", name, secret, actor=actor, now=now)


def forget_secret(name: str, secret: str, *, actor: Actor, now: datetime) -> None:
    """Delete a secret. Forgetting one that is not there changes nothing. Raises AccessDenied."""
    require(actor, Permission.CONNECTOR_MANAGE)
    with transaction.atomic():
        gone, _ = ConnectorSecret.objects.filter(connector__name=name, name=secret).delete()
        if gone:
            _record_secret("forget_connector_secret", name, secret, actor=actor, now=now)


def _record_secret(verb: str, name: str, secret: str, *, actor: Actor, now: datetime) -> None:
    record(verb, actor=actor, now=now, object_kind="connector", object_id=name, changes={"secret": secret})


def _apply(connector: Connector, document: ConnectorDocument, *, now: datetime) -> None:
    connector.version += 1
    connector.title = document.label[:200]
    connector.kind = document.source.kind
    connector.enabled = document.enabled
    connector.next_due_at = next_due(document, after=now)
    connector.save()


def _starts_afresh(before: str, document: ConnectorDocument) -> bool:
    """Whether what was read so far no longer tells where to go on."""
    earlier = None
    with contextlib.suppress(ConnectorRefused):  # written for an earlier release of the product
        earlier = parse_connector(before)
    return earlier is None or _reading_of(earlier) != _reading_of(document)


def _reading_of(document: ConnectorDocument) -> tuple[object, ...]:
    cursor = None if isinstance(document.source, FilesSource) else document.source.cursor
    return document.source.kind, cursor, document.backfill.start if document.backfill else None
