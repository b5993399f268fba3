"""指标库: what is measured, every version of how, and what derived metrics could not compute."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sextant.metrics.models.batches import Batch


class Metric(models.Model):
    """指标: a number with an owner, a source and a promise of freshness. Vocabulary of direction and aggregation is the
    evaluation engine's, of `roll_up` the roll-up engine's.

    The row is the version in force; `MetricVersion` holds all of them. `inputs` says which metric each name in a
    derived metric's formula means, by code, so that renaming a metric breaks no formula; `input_ids` are the same
    metrics, for asking who uses whom.
    """

    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    unit_label = models.CharField(max_length=40, blank=True)
    decimals = models.PositiveSmallIntegerField(default=0)
    direction = models.CharField(max_length=10, default="higher")  # higher | lower | range
    aggregation = models.CharField(max_length=10, default="sum")  # sum | count | mean | last | ratio
    grain = models.CharField(max_length=10, default="day")  # day | week | month
    source = models.CharField(max_length=200, blank=True)
    owner_person_id = models.BigIntegerField(null=True)
    freshness_days = models.PositiveSmallIntegerField(default=14)
    baseline = models.DecimalField(max_digits=28, decimal_places=6, null=True, help_text="absolute weekly line")
    kind = models.CharField(max_length=10, default="measured")  # measured | derived
    formula = models.TextField(blank=True)
    inputs = models.JSONField(default=dict, blank=True, help_text="name in the formula -> code of the metric")
    input_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    dimension = models.CharField(max_length=80, blank=True, help_text="one value for each of its values")
    roll_up = models.CharField(max_length=10, blank=True, help_text="empty: what follows from the aggregation")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    limit = models.DecimalField(max_digits=28, decimal_places=6, null=True, help_text="what is physically possible")
    peer_group = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class MetricVersion(models.Model):
    """One version of a metric's definition: added, never changed or removed (a trigger sees to it).

    `document` is the whole definition as plain values, `changes` what differs from the version before as
    {field: [before, after]}; `restores` is the version a roll-back brought back.
    """

    metric = models.ForeignKey(Metric, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    restores = models.PositiveIntegerField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["metric", "version"], name="metrics_one_metric_version")]


class Derivation(models.Model):
    """Where a derived metric stands: for which definition and which ledger its values were last computed."""

    metric = models.OneToOneField(Metric, models.CASCADE, primary_key=True, related_name="derivation")
    definition_version = models.PositiveIntegerField()
    ledger_version = models.BigIntegerField()
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, help_text="the last one that changed something")
    computed = models.PositiveIntegerField(help_text="values there are")
    missing = models.PositiveIntegerField(help_text="left without a value because an input is missing")
    failed = models.PositiveIntegerField(help_text="left without a value because the formula has none")
    derived_at = models.DateTimeField()


class UncomputableValue(models.Model):
    """A value of a derived metric that its formula does not have, with the reason: the others keep theirs."""

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="uncomputable")
    subject_kind = models.SmallIntegerField()
    subject_id = models.BigIntegerField()
    starts_on = models.DateField()
    dimension_value = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["metric", "-starts_on", "subject_kind", "subject_id"], name="metrics_uncomputable")
        ]
