"""Events, and who has been told of them: the outbox."""

from django.db import models
from django.db.models import Q

from sextant.foundation.events.contracts import TellingState


class Event(models.Model):
    """Something that happened, written in the transaction that did it."""

    code = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    params = models.JSONField(default=dict)
    at = models.DateTimeField()
    actor_user_id = models.BigIntegerField(null=True)
    actor_person_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="events_event_of_subject"),
            models.Index(fields=["code", "-at"], name="events_event_of_code"),
            models.Index(fields=["at"], name="events_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_kind}:{self.subject_id}"


class Telling(models.Model):
    """One event for one subscriber. The subject stands here again, because order is kept per subscriber and subject:
    the oldest waiting one goes first, and those behind it wait."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="tellings")
    subscriber = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in TellingState], default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    problem = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="events_told_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="events_telling_due", condition=Q(state="waiting")),
            models.Index(
                fields=["subscriber", "subject_kind", "subject_id", "id"],
                name="events_telling_order",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["state", "done_at"], name="events_telling_done"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.subscriber}"
