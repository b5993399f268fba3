"""定义: everything HR may change, in versions. A published version is never changed; what runs keeps the one it began
with."""

from django.db import models
from django.db.models import Q

from sextant.lowcode.contracts.definitions import OPEN_STATES, VersionState


class Definition(models.Model):
    """One thing of a kind, known by its code for good; its content lives in versions."""

    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    is_retired = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="lowcode_definition_once")]

    def __str__(self) -> str:
        return self.name


class DefinitionVersion(models.Model):
    """A version: the open draft, or one that was published.

    People are plain ids: persons live on a floor above. `format` is that of the document when it was written; it is
    brought up to date while it is read. A trigger refuses to change what a published version says.
    """

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in VersionState])
    document = models.JSONField()
    format = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=500, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)
    saved_by_person = models.BigIntegerField(null=True)
    writers = models.JSONField(default=list, help_text="ids of the accounts that wrote in the draft")
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=200, blank=True)
    published_by_person = models.BigIntegerField(null=True)
    effective_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["definition", "number"], name="lowcode_version_once"),
            models.UniqueConstraint(
                fields=["definition"],
                condition=Q(state__in=[one.value for one in OPEN_STATES]),
                name="lowcode_one_open_draft",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in VersionState]), name="lowcode_version_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in OPEN_STATES], published_at=None, effective_at=None)
                | Q(
                    ~Q(state__in=[one.value for one in OPEN_STATES]),
                    ~Q(reason=""),
                    published_at__isnull=False,
                    effective_at__isnull=False,
                ),
                name="lowcode_published_with_reason",
            ),
        ]


class DraftSave(models.Model):
    """What a draft said at a revision, so that who saved an older one can be shown what came between. Gone with the
    draft."""

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="saves")
    revision = models.PositiveIntegerField()
    document = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "revision"], name="lowcode_save_once")]


class DefinitionReference(models.Model):
    """What a published version refers to: asked before anything it names is retired or deleted."""

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="references")
    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=120)
    path = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["kind", "code"], name="lowcode_reference_users")]


class ReviewRule(models.Model):
    """Whether definitions of a kind are published by a second person, who wrote nothing in the draft."""

    kind = models.CharField(max_length=40, unique=True)
    is_needed = models.BooleanField(default=False)
