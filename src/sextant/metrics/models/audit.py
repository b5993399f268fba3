"""Data audit: who a source's keys stand for, rules in their versions, what they found, what was decided."""

from django.db import models
from django.db.models import Q

from sextant.metrics.models.batches import Batch


class SubjectMatch(models.Model):
    """What a source calls somebody. `subject_id` is a person or a unit; None means that the key is none of ours and
    its rows stay out, for the `reason` given."""

    source = models.CharField(max_length=200)
    kind = models.PositiveSmallIntegerField(help_text="contracts.SubjectKind")
    key = models.CharField(max_length=300)
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    matched_by = models.CharField(max_length=200)
    matched_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "key"], name="metrics_one_match_a_key")]


class AuditRule(models.Model):
    """One version of an audit rule. A code's versions count up; the newest holds. Rows are never changed, so that a
    finding keeps the words it was judged by."""

    code = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    severity = models.CharField(max_length=10)  # warn | block
    is_on = models.BooleanField(default=True)
    document = models.JSONField(help_text="audits.rules.AuditRuleDocument")
    saved_by = models.CharField(max_length=200)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="metrics_one_rule_a_version")]


class AuditFinding(models.Model):
    """What one rule found: in a batch, or (without one) in the ledger as it stood on `day`."""

    rule = models.ForeignKey(AuditRule, models.PROTECT)
    batch = models.ForeignKey(Batch, models.CASCADE, null=True, related_name="findings")
    metric_id = models.BigIntegerField()
    severity = models.CharField(max_length=10)
    day = models.DateField(help_text="the company's day on which it was found")
    found_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    samples = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "batch"], condition=~Q(batch=None), name="metrics_one_finding_a_batch"
            ),
            models.UniqueConstraint(fields=["rule"], condition=Q(batch=None), name="metrics_one_standing_finding"),
        ]


class BatchDecision(models.Model):
    """What a person decided about a batch with findings, once."""

    batch = models.OneToOneField(Batch, models.CASCADE, related_name="decision")
    verdict = models.CharField(max_length=10)  # accept | reject
    reason = models.CharField(max_length=1000)
    decided_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField()


class HeldCorrection(models.Model):
    """What somebody corrected in a held batch before it is decided. Accepted, the batch comes in as it was judged and
    each of these follows as a correction of its own; `value` None takes the row out."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="held_corrections")
    metric_id = models.BigIntegerField()
    row = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    reason = models.CharField(max_length=1000)
    corrected_by = models.CharField(max_length=200)
    corrected_at = models.DateTimeField()
    is_carried_out = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "metric_id", "row"], name="metrics_one_held_correction_a_row"),
            models.CheckConstraint(condition=~Q(reason=""), name="metrics_held_correction_reason"),
        ]
