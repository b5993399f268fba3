"""What evaluation runs leave behind besides standings: changes of lights, and proofs that a run can be repeated."""

from django.db import models

from sextant.metrics.models.evaluation import EvaluationRun


class LightChange(models.Model):
    """A goal's light became another one. Written with the standing, in the same transaction; kept for ever.

    The first light of a goal is no change. `reason_code` and `reason_params` are those of the new light.
    """

    goal_id = models.BigIntegerField()
    run = models.ForeignKey(EvaluationRun, models.PROTECT, db_constraint=False, db_index=False)
    as_of = models.DateField()
    from_light = models.CharField(max_length=6)
    to_light = models.CharField(max_length=6)
    reason_code = models.CharField(max_length=80)
    reason_params = models.JSONField(default=dict)
    rule_version = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["goal_id", "-id"], name="metrics_change_by_goal"),
            models.Index(fields=["run", "from_light", "to_light"], name="metrics_change_by_run"),
        ]


class RunReplay(models.Model):
    """重放: a run computed again from what it kept, and whether the result was the same to the byte."""

    run = models.ForeignKey(EvaluationRun, models.PROTECT, related_name="replays")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    seconds = models.DecimalField(max_digits=12, decimal_places=3)
    digest = models.CharField(max_length=64)
