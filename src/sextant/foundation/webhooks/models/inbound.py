"""Addresses under which other systems call us, and what they sent."""

from django.db import models

from sextant.foundation.events.models import Event
from sextant.foundation.secrets.fields import SealedField


class Trigger(models.Model):
    """An address that turns a call into the event `webhook.received`. `key` stands in the address and is no secret."""

    name = models.CharField(max_length=120, unique=True)
    key = models.CharField(max_length=40, unique=True)
    secret = SealedField()
    schema = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Receipt(models.Model):
    """One call that was signed. `idempotency_key` is the caller's own: the same again changes nothing. A refused call
    keeps no key, so that a corrected one may come under it."""

    trigger = models.ForeignKey(Trigger, models.CASCADE, related_name="receipts")
    idempotency_key = models.CharField(max_length=120, null=True)
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    problem = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    event = models.ForeignKey(Event, models.SET_NULL, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trigger", "idempotency_key"], name="webhooks_receipt_once")]
        indexes = [
            models.Index(fields=["trigger", "-id"], name="webhooks_receipt_log"),
            models.Index(fields=["at"], name="webhooks_receipt_age"),
        ]
