"""Channels as an administrator set them up."""

from django.db import models
from django.db.models import Q

from sextant.foundation.notices.contracts import OUTSIDE
from sextant.foundation.secrets.fields import SealedField


class Channel(models.Model):
    """One channel. `settings` are what may be read (server, sender, template); `secret` is sealed (password, robot
    address). `paused_until`: the other side does not answer, nothing is sent before; `failures` in a row made it so
    long. `per_hour` is how many notices one person gets over it in an hour before the rest is collected."""

    kind = models.CharField(max_length=12, unique=True)
    settings = models.JSONField(default=dict)
    secret = SealedField(null=True)
    is_active = models.BooleanField(default=False)
    per_hour = models.PositiveSmallIntegerField(default=20)
    paused_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in OUTSIDE]), name="notices_channel_kind")
        ]

    def __str__(self) -> str:
        return self.kind
