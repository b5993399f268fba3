"""Writes about API clients: agree, change the agreement, change the secret, revoke."""

import secrets
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.api.contracts import (
    Agreement,
    AgreementRefused,
    ClientIsRevoked,
    ClientNameTaken,
    ClientUnknown,
    NewSecret,
)
from sextant.foundation.api.models import ApiClient
from sextant.foundation.api.policy import OLD_SECRET_ACCEPTED, find_fault
from sextant.foundation.api.queries import agreement_of
from sextant.foundation.audit.actions import record
from sextant.foundation.secrets import seal

_SECRET_BYTES = 32
"""As long as the hash: a longer one would add nothing (RFC 2104, section 3)."""


@transaction.atomic
def create_client(agreement: Agreement, *, actor: Actor, now: datetime) -> NewSecret:
    """Open a client under `agreement`; the answer holds its secret, which nobody can read again.

    Raises AccessDenied, AgreementRefused with the rule that is broken, ClientNameTaken.
    """
    require(actor, Permission.API_CLIENT_MANAGE)
    _check(agreement, now=now)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    client = ApiClient(
        key=f"sx_{secrets.token_hex(8)}",
        secret=seal(secret),
        rotated_at=now,
        created_at=now,
        created_by=actor.label,
        allowance=agreement.calls_per_minute,
        allowance_at=now,
    )
    _save_agreement(client, agreement)
    record(
        "create_api_client",
        actor=actor,
        now=now,
        object_kind="api_client",
        object_id=client.pk,
        changes=_plain(agreement),
    )
    return NewSecret(client.pk, client.key, secret)


@transaction.atomic
def change_agreement(client_id: int, agreement: Agreement, *, actor: Actor, now: datetime) -> None:
    """Put the client under another agreement; also how an expired one goes on. Its key and secret stay.

    Raises AccessDenied, ClientUnknown, ClientIsRevoked, AgreementRefused, ClientNameTaken.
    """
    require(actor, Permission.API_CLIENT_MANAGE)
    client = _locked(client_id)
    before = agreement_of(client)
    _check(agreement, now=now)
    client.allowance = min(client.allowance, agreement.calls_per_minute)
    _save_agreement(client, agreement)
    old, new = _plain(before), _plain(agreement)
    changes = {key: [old[key], new[key]] for key in new if old[key] != new[key]}
    record("change_api_agreement", actor=actor, now=now, object_kind="api_client", object_id=client_id, changes=changes)


@transaction.atomic
def rotate_secret(client_id: int, *, keep_old: bool, actor: Actor, now: datetime) -> NewSecret:
    """Give the client a new secret, readable in the answer alone. With `keep_old` the one before is accepted for
    another OLD_SECRET_ACCEPTED, so that a program can be changed without missing a call; without it, it is dead at
    once: for a secret that got out.

    Raises AccessDenied, ClientUnknown, ClientIsRevoked.
    """
    require(actor, Permission.API_CLIENT_MANAGE)
    client = _locked(client_id)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    client.old_secret = client.secret if keep_old else None
    client.old_secret_until = now + OLD_SECRET_ACCEPTED if keep_old else None
    client.secret = seal(secret)
    client.rotated_at = now
    client.save(update_fields=["secret", "old_secret", "old_secret_until", "rotated_at"])
    changes = {"keep_old": keep_old}
    record("rotate_api_secret", actor=actor, now=now, object_kind="api_client", object_id=client_id, changes=changes)
    return NewSecret(client.pk, client.key, secret)


@transaction.atomic
def revoke_client(client_id: int, *, actor: Actor, now: datetime) -> None:
    """End the agreement for good. What the client delivered stays; its secret does too, so that its holder, and nobody
    else, can be told why calls are refused.

    Raises AccessDenied, ClientUnknown, ClientIsRevoked.
    """
    require(actor, Permission.API_CLIENT_MANAGE)
    client = _locked(client_id)
    client.revoked_at = now
    client.old_secret = client.old_secret_until = None
    client.save(update_fields=["revoked_at", "old_secret", "old_secret_until"])
    record("revoke_api_client", actor=actor, now=now, object_kind="api_client", object_id=client_id)


def _locked(client_id: int) -> ApiClient:
    client = ApiClient.objects.select_for_update().filter(pk=client_id).first()
    if client is None:
        raise ClientUnknown(client_id)
    if client.revoked_at is not None:
        raise ClientIsRevoked(client_id)
    return client


def _check(agreement: Agreement, *, now: datetime) -> None:
    if fault := find_fault(agreement, now=now):
        code, params = fault
        raise AgreementRefused(code, **params)


def _save_agreement(client: ApiClient, agreement: Agreement) -> None:
    client.name = agreement.name
    client.owner = agreement.owner
    client.purpose = agreement.purpose
    client.scopes = [asdict(granted) for granted in agreement.scopes]
    client.networks = list(agreement.networks)
    client.calls_per_minute = agreement.calls_per_minute
    client.expires_at = agreement.expires_at
    try:
        with transaction.atomic():
            client.save()
    except IntegrityError as error:
        if ApiClient.objects.filter(name=agreement.name).exclude(pk=client.pk).exists():
            raise ClientNameTaken(agreement.name) from error
        raise


def _plain(agreement: Agreement) -> dict[str, object]:
    """The agreement as the audit trail keeps it."""
    fields = asdict(agreement)
    return {**fields, "networks": list(agreement.networks), "expires_at": agreement.expires_at.isoformat()}
