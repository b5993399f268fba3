"""Evaluation runs and where each goal stands. `goal_id` is a plain integer: goals live one floor up."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class EvaluationRun(models.Model):
    """评估运行: everything that decided its result is recorded, so that it can be replayed.

    A run may have computed only the goals that were touched since `base`, a run of the same day; its counts and its
    digest are of all goals all the same. The database refuses to change a run that was published.
    """

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
    base = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    evaluated = models.PositiveIntegerField(default=0, help_text="goals computed anew, not taken over from the base")
    inputs = models.JSONField(default=dict, help_text="setting, and the kept tables of goals and definitions by name")
    index_sha256 = models.CharField(max_length=64, default="", help_text="the kept digests of its rows")
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [models.Index(fields=["-as_of", "-id"], name="metrics_run_recent")]

    @property
    def is_swept(self) -> bool:
        """Whether what it kept of its inputs was removed. Runs of before inputs were kept never had any."""
        return bool(self.inputs) and not self.index_sha256


class Standing(models.Model):
    """Where one goal stands after the last run that touched it, with up to 26 weeks behind it.

    Arrays run in parallel, oldest week first, one entry a week that has begun; `week_lights` holds one letter a
    week: g y r n. Pages read this row and never the ledger.
    """

    goal_id = models.BigIntegerField(primary_key=True)
    # a check of every row and an index that changes with every row would cost a run of a million goals ten seconds;
    # nothing deletes a run, and nobody looks for standings by run
    run = models.ForeignKey(EvaluationRun, models.PROTECT, db_constraint=False, db_index=False)
    as_of = models.DateField()
    ledger_version = models.BigIntegerField(null=True, help_text="read after the run, for a value recorded by hand")
    manual_through = models.BigIntegerField(null=True, help_text="the last such value that it counts")
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
