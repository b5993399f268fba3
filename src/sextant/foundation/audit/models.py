"""The audit trail: one row per change, added in the same transaction as the change."""

from django.db import models


class AuditEntry(models.Model):
    """Who did what to which object, when, and what changed. Rows are only ever added (trigger in 0002)."""

    at = models.DateTimeField()
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    verb = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["object_kind", "object_id", "-at"], name="audit_by_object")]
