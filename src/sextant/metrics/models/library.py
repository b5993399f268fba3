"""指标库: what is measured."""

from django.db import models


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
