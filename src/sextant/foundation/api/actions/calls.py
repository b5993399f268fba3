"""The door every call goes through: is it signed, is it new, may this client call now, does its agreement allow it.

Whoever cannot sign learns nothing: a wrong key, a wrong secret and a changed body are one answer. Only a caller who has
proved to hold the secret is told what is wrong with a clock, an agreement or an allowance.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from sextant.foundation.access.contracts import Actor
from sextant.foundation.api.allowance import seconds_per_call, take_call
from sextant.foundation.api.contracts import CallRefused, ClientState, Scope
from sextant.foundation.api.models import ApiCall, ApiClient
from sextant.foundation.api.policy import decide_state, is_from, is_timely
from sextant.foundation.api.queries import agreement_of
from sextant.foundation.api.signature import Signature, is_signed_by
from sextant.foundation.secrets import SecretUnreadable, unseal

log = logging.getLogger("sextant.api")
CALLS_KEPT = timedelta(days=400)
REFUSALS_KEPT_PER_MINUTE = 60
"""Unsigned calls can be made by anyone who saw a key; they must not be able to fill the log."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A signed call of the client `key`, called `name`, that was let as far as the log. `refusal` is what to answer
    when it may not go on."""

    call_id: int
    key: str
    name: str
    actor: Actor
    refusal: CallRefused | None


def admit_call(
    claim: Signature,
    *,
    text: str,
    scope: Scope,
    operation: str,
    address: str | None,
    request_id: str,
    now: datetime,
) -> Admission:
    """Open the log's line of a call whose `claim` signs `text`, and decide whether it may go on.

    Raises CallRefused `api.not_signed` (401) when the signature proves nothing, `api.replayed` (401) when the nonce was
    used before. Every other refusal is in the answer, because its call has a line in the log.
    """
    client = ApiClient.objects.filter(key=claim.key).first()
    if client is None:
        raise CallRefused(401, "api.not_signed")
    call = ApiCall(client=client, at=now, operation=operation, address=address, request_id=request_id)
    if not _is_signed(client, text, claim, now=now):
        _log_refusal(call, "api.not_signed")
        raise CallRefused(401, "api.not_signed")
    try:
        with transaction.atomic():
            call.nonce = claim.nonce
            call.save()
    except IntegrityError as error:
        call.nonce = None
        _log_refusal(call, "api.replayed")
        raise CallRefused(401, "api.replayed") from error
    refusal = _find_refusal(client, claim, scope, address=address, now=now)
    return Admission(call.pk, client.key, client.name, actor_of_client(client), refusal)


def close_call(call_id: int, *, status: int, problem: str, rows: int | None, milliseconds: int) -> None:
    """Complete the log's line of a call with what it was answered."""
    ApiCall.objects.filter(pk=call_id).update(
        status=status, problem=problem, rows=rows, milliseconds=min(milliseconds, 2**31 - 1)
    )


def forget_old_calls(*, now: datetime) -> int:
    """Delete calls, and with them their nonces, older than CALLS_KEPT; returns how many. A nonce that is forgotten
    cannot be used again: its time is long outside the tolerance."""
    return ApiCall.objects.filter(at__lt=now - CALLS_KEPT).delete()[0]


def actor_of_client(client: ApiClient) -> Actor:
    """The client as actions see it: no account, no person, no role, only what its agreement grants."""
    grants = frozenset(granted.grant() for granted in agreement_of(client).scopes)
    return Actor(user_id=None, person_id=None, label=f"api:{client.name}", grants=grants)


def _is_signed(client: ApiClient, text: str, claim: Signature, *, now: datetime) -> bool:
    sealed = [client.secret]
    if client.old_secret is not None and client.old_secret_until is not None and now < client.old_secret_until:
        sealed.append(client.old_secret)
    try:
        return any(is_signed_by(unseal(bytes(secret)), text, signature=claim.signature) for secret in sealed)
    except SecretUnreadable:
        log.error("the secret of API client %s cannot be read: rotate it", client.pk)
        return False


def _find_refusal(
    client: ApiClient, claim: Signature, scope: Scope, *, address: str | None, now: datetime
) -> CallRefused | None:
    if not is_timely(claim.ts, now=now):
        return CallRefused(401, "api.not_timely", at=now.isoformat(timespec="seconds"), ts=claim.ts)
    state = decide_state(expires_at=client.expires_at, revoked_at=client.revoked_at, now=now)
    if state is not ClientState.ACTIVE:
        return CallRefused(403, f"api.client_{state}", name=client.name)
    if not is_from(address, tuple(client.networks)):
        return CallRefused(403, "api.wrong_network", address=address or "")
    if scope not in {granted.scope for granted in agreement_of(client).scopes}:
        return CallRefused(403, "api.scope_missing", scope=str(scope))
    if not take_call(client.pk, now=now):
        wait = seconds_per_call(client.calls_per_minute)
        headers = {"Retry-After": str(wait)}
        return CallRefused(429, "api.too_often", headers=headers, limit=client.calls_per_minute, seconds=wait)
    return None


def _log_refusal(call: ApiCall, code: str) -> None:
    since = call.at - timedelta(minutes=1)
    refused = ApiCall.objects.filter(client=call.client, at__gt=since, status=401).count()
    if refused >= REFUSALS_KEPT_PER_MINUTE:
        log.warning("refused call of API client %s from %s not kept: too many", call.client.pk, call.address)
        return
    call.status, call.problem = 401, code
    call.save(force_insert=True)
