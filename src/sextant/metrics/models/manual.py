"""Values that people record by hand, on their way into the ledger."""

from django.db import models
from django.db.models import Q

from sextant.metrics.models.batches import Batch
from sextant.metrics.models.library import Metric


class ManualMeasurement(models.Model):
    """手工填报: the value of a metric for one subject and day. A later one for the same day takes its place.

    It counts from the moment it is saved; a job moves it into the ledger, where `batch` then holds it. Nothing is
    changed or deleted: a correction is another row.
    """

    metric = models.ForeignKey(Metric, models.PROTECT, related_name="+")
    subject_kind = models.PositiveSmallIntegerField()
    subject_id = models.BigIntegerField()
    day = models.DateField()
    value = models.DecimalField(max_digits=28, decimal_places=6)
    note = models.CharField(max_length=1000, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="manual")

    class Meta:
        indexes = [
            models.Index(fields=["metric", "subject_kind", "subject_id", "id"], name="metrics_manual_by_subject"),
            models.Index(fields=["id"], condition=Q(batch=None), name="metrics_manual_pending"),
        ]
