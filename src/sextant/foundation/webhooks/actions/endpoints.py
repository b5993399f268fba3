"""Setting up endpoints."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.secrets import seal
from sextant.foundation.webhooks.contracts import EndpointTerms, NameTaken
from sextant.foundation.webhooks.models import Endpoint
from sextant.foundation.webhooks.signing import new_secret

OLD_SECRET_FOR = timedelta(hours=24)


def create_endpoint(terms: EndpointTerms, *, actor: Actor, now: datetime) -> tuple[int, str]:
    """Open an endpoint: its id, and the secret the receiver checks with, which is shown once. Raises AccessDenied,
    NameTaken."""
    require(actor, Permission.WEBHOOK_MANAGE)
    secret = new_secret()
    row = Endpoint(secret=seal(secret), owner_person_id=actor.person_id, created_at=now, created_by=actor.label)
    _save(row, terms, verb="create_webhook", actor=actor, now=now)
    return row.pk, secret


def change_endpoint(endpoint_id: int, terms: EndpointTerms, *, actor: Actor, now: datetime) -> None:
    """Change what is sent where. Switching it on again begins with a clean slate. Raises AccessDenied, NameTaken,
    Endpoint.DoesNotExist."""
    require(actor, Permission.WEBHOOK_MANAGE)
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint_id)
        row.failures, row.failing_since, row.paused_until = 0, None, None
        if terms.is_active:
            row.switched_off_at = None
        _save(row, terms, verb="change_webhook", actor=actor, now=now)


@transaction.atomic
def rotate_secret(endpoint_id: int, *, keep_old: bool, actor: Actor, now: datetime) -> str:
    """A new secret, shown once. With `keep_old` both sign for a day, so that the receiver can change over without
    losing a message. Raises AccessDenied, Endpoint.DoesNotExist."""
    require(actor, Permission.WEBHOOK_MANAGE)
    row = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    secret = new_secret()
    row.old_secret = bytes(row.secret) if keep_old else None
    row.old_secret_until = now + OLD_SECRET_FOR if keep_old else None
    row.secret = seal(secret)
    row.save()
    record(
        "rotate_webhook_secret",
        actor=actor,
        now=now,
        object_kind="webhook",
        object_id=endpoint_id,
        changes={"keep_old": keep_old},
    )
    return secret


@transaction.atomic
def delete_endpoint(endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Delete an endpoint with everything that waits for it. Raises AccessDenied."""
    require(actor, Permission.WEBHOOK_MANAGE)
    deleted, _ = Endpoint.objects.filter(pk=endpoint_id).delete()
    if deleted:
        record("delete_webhook", actor=actor, now=now, object_kind="webhook", object_id=endpoint_id)


def _save(row: Endpoint, terms: EndpointTerms, *, verb: str, actor: Actor, now: datetime) -> None:
    row.name, row.url, row.is_active = terms.name, terms.url, terms.is_active
    row.codes, row.only = list(terms.codes), terms.only
    try:
        with transaction.atomic():
            row.save()
            changes = {"codes": row.codes, "only": row.only, "is_active": row.is_active}
            record(verb, actor=actor, now=now, object_kind="webhook", object_id=row.pk, changes=changes)
    except IntegrityError as error:
        raise NameTaken(terms.name) from error
