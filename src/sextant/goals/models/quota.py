"""目标分摊: a split of a goal's target over those below, as it was sent."""

from django.db import models

from sextant.goals.models.goals import Goal


class QuotaSplit(models.Model):
    """One split that was sent out, kept for good: the factors with their weights, the values everybody had on the day
    they were taken (`snapshot_on`), bounds and shares. `document` is written by `actions.quota`."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="splits")
    total = models.DecimalField(max_digits=28, decimal_places=6)
    unit = models.DecimalField(max_digits=28, decimal_places=6, help_text="the smallest piece")
    snapshot_on = models.DateField(help_text="the day the values of the factors were taken")
    document = models.JSONField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["goal", "-sent_at"], name="goals_split_by_goal")]

    def __str__(self) -> str:
        return f"{self.goal_id}: {self.total}"
