"""目标分摊: a split of a goal's target over those below, as it was sent, and ways to split kept for next time."""

from django.db import models
from django.db.models import Q

from sextant.goals.models.goals import Goal
from sextant.people.models import Person, Unit


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


class QuotaScheme(models.Model):
    """分摊方案: a way to split that has a name, offered wherever a goal of the same owner is split. `document` is
    written by `actions.quota_schemes`: factors with weights, bounds, and the values of `snapshot_on`."""

    owner_unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="quota_schemes")
    owner_person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="quota_schemes")
    name = models.CharField(max_length=60)
    document = models.JSONField()
    snapshot_on = models.DateField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner_person=None, owner_unit__isnull=False)
                | Q(owner_person__isnull=False, owner_unit=None),
                name="goals_scheme_one_owner",
            ),
            models.UniqueConstraint(fields=["owner_unit", "name"], name="goals_scheme_once_per_unit"),
            models.UniqueConstraint(fields=["owner_person", "name"], name="goals_scheme_once_per_person"),
        ]

    def __str__(self) -> str:
        return self.name
