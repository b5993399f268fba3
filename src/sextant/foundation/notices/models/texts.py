"""Texts of notices in HR's own words."""

from django.db import models
from django.db.models import Q


class NoticeText(models.Model):
    """What replaces the text of the catalogue for one kind of notice, channel and language."""

    code = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "kind", "language"], name="notices_text_once"),
            models.CheckConstraint(condition=~Q(subject=""), name="notices_text_has_subject"),
        ]


class NoticeTextVersion(models.Model):
    """One saving of such a text, added and never changed (trigger). An empty subject: back to the catalogue's."""

    code = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    language = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "kind", "language", "number"], name="notices_text_version_once")
        ]
