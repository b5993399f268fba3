"""What persons were told, and how it went on each channel: the deliveries are the outbox."""

from django.db import models
from django.db.models import Q

from sextant.foundation.notices.contracts import OUTSIDE, DeliveryState


class Notice(models.Model):
    """One person is told one thing. `person_id` is no foreign key: persons live above. Texts are not stored: they are
    made from `params` in the reader's language when shown or sent. `is_shown` is False when the person wants this kind
    on other channels only."""

    person_id = models.BigIntegerField()
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=500)
    key = models.CharField(max_length=200)
    at = models.DateTimeField()
    is_shown = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    escalate_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "code", "key"], name="notices_notice_once")]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="notices_notice_mine", condition=Q(is_shown=True)),
            models.Index(
                fields=["person_id"], name="notices_notice_unread", condition=Q(is_shown=True, read_at__isnull=True)
            ),
            models.Index(
                fields=["escalate_at"],
                name="notices_notice_escalates",
                condition=Q(escalate_at__isnull=False, read_at__isnull=True),
            ),
            models.Index(fields=["at"], name="notices_notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.person_id}"


class Delivery(models.Model):
    """One notice on one channel outside the product.

    `reason` says why it does not go at once (`quiet`, `digest`, `rate`) or why it goes at all (`escalated`, `resent`).
    `claimed_until`: a worker has it until then; a worker that died with it leaves a claim that runs out.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in DeliveryState], default="waiting"
    )
    is_digest = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    remote_id = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "kind"], name="notices_delivery_once"),
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in OUTSIDE]), name="notices_delivery_kind"),
        ]
        indexes = [
            models.Index(
                fields=["kind", "due_at", "person_id", "id"], name="notices_delivery_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["claimed_until"], name="notices_delivery_claimed", condition=Q(state="sending")),
            models.Index(fields=["person_id", "kind", "created_at"], name="notices_delivery_rate"),
            models.Index(fields=["-created_at", "-id"], name="notices_delivery_log"),
            models.Index(fields=["state", "-created_at"], name="notices_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.kind}"
