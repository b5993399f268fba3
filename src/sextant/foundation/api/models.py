"""API clients with their agreements, and every call they made."""

from django.db import models
from django.db.models import Q

from sextant.foundation.secrets.fields import SealedField


class ApiClient(models.Model):
    """A program with an agreement. Secrets are sealed (`foundation.secrets`); `key` is public and names the client.

    `allowance` is what is left of the calls of this minute at `allowance_at`: a bucket that refills evenly. `scopes` is
    a list of {"scope", "only"}.
    """

    name = models.CharField(max_length=120, unique=True)
    owner = models.CharField(max_length=200)
    purpose = models.TextField()
    scopes = models.JSONField(default=list)
    networks = models.JSONField(default=list)
    calls_per_minute = models.PositiveIntegerField(default=60)
    expires_at = models.DateTimeField()
    key = models.CharField(max_length=40, unique=True)
    secret = SealedField()
    old_secret = SealedField(null=True)
    old_secret_until = models.DateTimeField(null=True)
    rotated_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)
    allowance = models.FloatField()
    allowance_at = models.DateTimeField()
    last_call_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class ApiCall(models.Model):
    """One call of a known client. Written before the operation runs and completed after it, so that a killed process
    leaves its trace. `nonce` is kept for calls with a good signature alone: nobody else can use one up."""

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    operation = models.CharField(max_length=80)
    nonce = models.CharField(max_length=64, null=True)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=80, blank=True)
    rows = models.PositiveIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "nonce"], condition=Q(nonce__isnull=False), name="api_nonce_used_once"
            )
        ]
        indexes = [
            models.Index(fields=["client", "-at", "-id"], name="api_call_recent"),
            models.Index(fields=["at"], name="api_call_age"),
        ]
