"""Delivered batches, and the rows of them that were kept back."""

from django.db import models
from django.db.models import Q

from sextant.metrics.contracts import BatchKind, BatchState

SUBJECT_CODES = (
    "ingest.unknown_person",
    "ingest.ambiguous_person",
    "ingest.unknown_unit",
    "ingest.ambiguous_unit",
)
"""Quarantine codes of a key that stands for nobody, or for more than one: what matching can cure."""


class Batch(models.Model):
    """One delivered file under one mapping. `key` (sha-256 of both) makes a second delivery a no-op.

    Rows add up: rows_read = rows_accepted + rows_quarantined + skipped. `accepted` counts measurements, `quarantined`
    counts quarantine entries; `rows_partly` are those accepted rows of which something was kept back as well.
    """

    key = models.CharField(max_length=64, unique=True)
    source = models.CharField(max_length=200)
    filename = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    columns = models.JSONField(default=list, help_text="the file's columns in their order")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in BatchState])
    rows_read = models.PositiveIntegerField(default=0)
    rows_accepted = models.PositiveIntegerField(default=0, help_text="rows that gave at least one measurement")
    rows_partly = models.PositiveIntegerField(default=0, help_text="rows accepted and quarantined in part")
    rows_quarantined = models.PositiveIntegerField(default=0, help_text="rows of which nothing came in")
    accepted = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0, help_text="rows that no measurement's filter chose")
    withdrawn = models.PositiveIntegerField(default=0, help_text="records the source no longer counts")
    ledger_version = models.BigIntegerField(null=True)
    has_corrections = models.BooleanField(default=False)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    error = models.TextField(blank=True)
    kind = models.CharField(max_length=10, default=BatchKind.DELIVERY.value)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="followers", help_text="whose rows these are, or correct"
    )
    reason = models.CharField(max_length=1000, blank=True, help_text="why a person made this batch")
    held_file = models.CharField(max_length=64, blank=True, help_text="judged rows of a held batch, kept by content")
    addresses_rows = models.BooleanField(default=False, help_text="corrects rows that have no record of the source")
    delivered_at = models.DateTimeField()
    delivered_by = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["-delivered_at", "-id"], name="metrics_batch_recent"),
            models.Index(fields=["sha256"], name="metrics_batch_by_file"),
            # the ledger asks for these before every read; there are few
            models.Index(fields=["id"], condition=Q(has_corrections=True), name="metrics_batch_corrects"),
        ]


class QuarantinedRow(models.Model):
    """A source row, or one measurement of it, that was not taken in, with the reason and the row as it came.

    `raw` holds the cells as texts, in the order of `Batch.columns`. `params` fill the sentence and name the `metrics`
    that went without. A released row stays, with who took it in when, and in which batch.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="quarantine")
    row = models.PositiveIntegerField()
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    column = models.CharField(max_length=200)
    value = models.TextField()
    raw = models.JSONField(default=list)
    released_in = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="released")
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "code", "row"], name="metrics_quarantine_by_code"),
            # the keys nobody answers to, across batches: few among many rows
            models.Index(
                fields=["code", "value"],
                condition=Q(code__in=SUBJECT_CODES, released_in=None),
                name="metrics_quarantine_unmatched",
            ),
        ]
