"""答卷: answers to forms, and every save of them."""

from django.db import models
from django.db.models import Q

from sextant.lowcode.contracts.sheets import SheetState
from sextant.lowcode.models.definitions import DefinitionVersion


class FormSheet(models.Model):
    """Answers to one version of a form, for one subject; `part` tells several of one subject apart (the step of a
    flow, the code of a set of custom fields); `about_id` is the person it is about, None where it is about a thing.
    People are plain ids: persons live on a floor above."""

    version = models.ForeignKey(DefinitionVersion, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    part = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, default=SheetState.OPEN.value)
    revision = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    computed = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["about_id", "-changed_at"], name="lowcode_sheet_about")]
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "part"], name="lowcode_sheet_once"),
            models.CheckConstraint(
                condition=Q(state=SheetState.OPEN.value, handed_in_at=None)
                | Q(state=SheetState.HANDED_IN.value, handed_in_at__isnull=False),
                name="lowcode_sheet_handed_in",
            ),
        ]


class SheetChange(models.Model):
    """One save: {field: [old answer, new answer]}. Added, never changed (trigger): who said what when stays told, and
    what came between two saves can be put together."""

    sheet = models.ForeignKey(FormSheet, models.PROTECT, related_name="changes", db_index=False)
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    changes = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "revision"], name="lowcode_sheet_change_once")]
