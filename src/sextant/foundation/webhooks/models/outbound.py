"""Where events are sent, and each of them on its way: the outbox."""

from django.db import models
from django.db.models import Q

from sextant.foundation.events.models import Event
from sextant.foundation.secrets.fields import SealedField
from sextant.foundation.webhooks.contracts import SendingState


class Endpoint(models.Model):
    """A receiver. Old secret: during a change both sign, until `old_secret_until`. `failing_since` is when it last
    stopped taking anything; `owner_person_id` is told when it is switched off for that."""

    name = models.CharField(max_length=120, unique=True)
    url = models.CharField(max_length=1000)
    codes = models.JSONField(default=list)
    only = models.JSONField(default=dict)
    secret = SealedField()
    old_secret = SealedField(null=True)
    old_secret_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    switched_off_at = models.DateTimeField(null=True)
    owner_person_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Sending(models.Model):
    """One event for one endpoint. The body is kept as it was first made: a replay sends the same bytes under the same
    id, so that a receiver can tell."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="sendings")
    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="+")
    message_id = models.CharField(max_length=80)
    code = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in SendingState], default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=40, blank=True)
    excerpt = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "message_id"], name="webhooks_sending_once")]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "id"], name="webhooks_sending_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["claimed_until"], name="webhooks_sending_claimed", condition=Q(state="sending")),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhooks_sending_log"),
            models.Index(fields=["created_at"], name="webhooks_sending_age"),
        ]

    def __str__(self) -> str:
        return self.message_id
