"""Setting up triggers, and what happens when one is called."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.events.actions import publish
from sextant.foundation.secrets import SecretUnreadable, seal, unseal
from sextant.foundation.webhooks.contracts import CallRefused, NameTaken, TriggerTerms
from sextant.foundation.webhooks.models import Receipt, Trigger
from sextant.foundation.webhooks.schema import first_problem
from sextant.foundation.webhooks.signing import TOLERANCE_SECONDS, is_signed, new_secret

RECEIVED = "webhook.received"


@dataclass(frozen=True, slots=True)
class Call:
    """An inbound call as it came: the three headers of Standard Webhooks, and the bytes they sign."""

    message_id: str
    timestamp: str
    signature: str
    body: bytes
    address: str | None


def create_trigger(terms: TriggerTerms, *, actor: Actor, now: datetime) -> tuple[int, str]:
    """Open a trigger: its id, and the secret its caller signs with, which is shown once. Raises AccessDenied,
    NameTaken."""
    require(actor, Permission.WEBHOOK_MANAGE)
    secret = new_secret()
    row = Trigger(key=get_random_string(24), secret=seal(secret), created_at=now, created_by=actor.label)
    _save(row, terms, verb="create_trigger", actor=actor, now=now)
    return row.pk, secret


def change_trigger(trigger_id: int, terms: TriggerTerms, *, actor: Actor, now: datetime) -> None:
    """Change what a trigger takes. Raises AccessDenied, NameTaken, Trigger.DoesNotExist."""
    require(actor, Permission.WEBHOOK_MANAGE)
    _save(Trigger.objects.get(pk=trigger_id), terms, verb="change_trigger", actor=actor, now=now)


@transaction.atomic
def rotate_trigger_secret(trigger_id: int, *, actor: Actor, now: datetime) -> str:
    """A new secret, shown once; the old one ends at once. Raises AccessDenied, Trigger.DoesNotExist."""
    require(actor, Permission.WEBHOOK_MANAGE)
    secret = new_secret()
    row = Trigger.objects.select_for_update().get(pk=trigger_id)
    row.secret = seal(secret)
    row.save(update_fields=["secret"])
    record("rotate_trigger_secret", actor=actor, now=now, object_kind="trigger", object_id=trigger_id)
    return secret


@transaction.atomic
def receive(key: str, call: Call, *, now: datetime) -> bool:
    """Turn a call into the event `webhook.received`; False when the same id came before, and nothing happens.

    Raises CallRefused: 404 for a trigger nobody may call, 401 for a call that is not signed or too old, 400 for no JSON
    or a body that does not keep to the schema. What was signed and refused is in the receipts.
    """
    trigger = Trigger.objects.filter(key=key, is_active=True).first()
    if trigger is None:
        raise CallRefused(404, "unknown")
    _check_signature(trigger, call, now=now)
    if Receipt.objects.filter(trigger=trigger, idempotency_key=call.message_id).exists():
        return False
    payload = _payload(trigger, call)
    try:
        with transaction.atomic():
            receipt = Receipt.objects.create(
                trigger=trigger, idempotency_key=call.message_id, at=now, status=202, address=call.address
            )
    except IntegrityError:
        return False  # the same call at the same time
    actor = Actor(user_id=None, person_id=None, label=trigger.name)
    params = {"trigger": trigger.key, "payload": payload}
    event_id = publish(RECEIVED, subject=("trigger", trigger.pk), params=params, now=now, actor=actor)
    Receipt.objects.filter(pk=receipt.pk).update(event_id=event_id)
    return True


def note_refusal(key: str, call: Call, refusal: CallRefused, *, now: datetime) -> None:
    """Keep a signed call that was refused, for whoever looks for the reason."""
    trigger = Trigger.objects.filter(key=key).first()
    if trigger is not None and refusal.status == 400:
        Receipt.objects.create(
            trigger=trigger, at=now, status=400, problem=refusal.code, detail=refusal.detail, address=call.address
        )


def _check_signature(trigger: Trigger, call: Call, *, now: datetime) -> None:
    if not call.message_id or len(call.message_id) > 120 or not call.timestamp.isdecimal() or len(call.timestamp) > 12:
        raise CallRefused(401, "not_signed")
    if abs(int(call.timestamp) - now.timestamp()) > TOLERANCE_SECONDS:
        raise CallRefused(401, "too_old")
    try:
        secret = unseal(bytes(trigger.secret))
    except SecretUnreadable as error:
        raise CallRefused(401, "not_signed") from error
    signed = is_signed(
        secret, call.signature, message_id=call.message_id, timestamp=int(call.timestamp), body=call.body
    )
    if not signed:
        raise CallRefused(401, "not_signed")


def _payload(trigger: Trigger, call: Call) -> object:
    try:
        payload: object = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise CallRefused(400, "no_json", str(error)) from error
    if "\\u0000" in call.body.decode("utf-8", "replace"):
        raise CallRefused(400, "no_json", "NUL")  # no database text may hold it
    if problem := first_problem(trigger.schema, payload):
        raise CallRefused(400, "schema", problem)
    return payload


def _save(row: Trigger, terms: TriggerTerms, *, verb: str, actor: Actor, now: datetime) -> None:
    row.name, row.schema, row.is_active = terms.name, terms.schema, terms.is_active
    try:
        with transaction.atomic():
            row.save()
            changes = {"is_active": row.is_active}
            record(verb, actor=actor, now=now, object_kind="trigger", object_id=row.pk, changes=changes)
    except IntegrityError as error:
        raise NameTaken(terms.name) from error
