"""Metric library, delivered batches with their quarantine, evaluation runs and standings.

Measurements themselves live in the ledger (Delta tables, `ledger.py`), not here. `goal_id` is a plain integer:
goals live one floor up.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sextant.metrics.contracts import BatchState


class Metric(models.Model):
    """指标: a number with an owner, a source and a promise of freshness. Vocabulary of the three choice fields is the
    evaluation engine's (`engines.evaluation`)."""

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
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


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
    that went without.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="quarantine")
    row = models.PositiveIntegerField()
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    column = models.CharField(max_length=200)
    value = models.TextField()
    raw = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["batch", "code", "row"], name="metrics_quarantine_by_code")]


class EvaluationRun(models.Model):
    """评估运行: everything that decided its result is recorded, so that it can be replayed."""

    as_of = models.DateField()
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    seconds = models.DecimalField(max_digits=12, decimal_places=3)
    ledger_version = models.BigIntegerField()
    definition_versions = models.JSONField(default=dict)
    calendar_version = models.CharField(max_length=80)
    engine_version = models.CharField(max_length=80)
    code_version = models.CharField(max_length=80)
    goals = models.PositiveIntegerField()
    green = models.PositiveIntegerField()
    yellow = models.PositiveIntegerField()
    red = models.PositiveIntegerField()
    none = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["-as_of", "-id"], name="metrics_run_recent")]


class Standing(models.Model):
    """Where one goal stands after the last run that touched it, with up to 26 weeks behind it.

    Arrays run in parallel, oldest week first, one entry a week that has begun; `week_lights` holds one letter a
    week: g y r n. Pages read this row and never the ledger.
    """

    goal_id = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey(EvaluationRun, models.PROTECT)
    as_of = models.DateField()
    value = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    expected = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    elapsed = models.DecimalField(max_digits=9, decimal_places=6)
    attainment = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    completion = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    score = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    light = models.CharField(max_length=6)
    reason_code = models.CharField(max_length=80)
    reason_params = models.JSONField(default=dict)
    week_ends = ArrayField(models.DateField(), default=list)
    week_values = ArrayField(models.DecimalField(max_digits=28, decimal_places=6, null=True), default=list)
    week_expected = ArrayField(models.DecimalField(max_digits=28, decimal_places=6, null=True), default=list)
    week_lights = models.CharField(max_length=26, default="")

    class Meta:
        indexes = [models.Index(fields=["light", "goal_id"], name="metrics_standing_by_light")]
