"""对齐: which goal supports which, by how much, and how."""

from django.db import models
from django.db.models import F, Q

from sextant.goals.models.goals import Goal

HOW_LENGTH = 500
"""Room for how a goal supports another: two sentences."""


class Alignment(models.Model):
    """`child` supports `parent`. `contribution` is how many per cent of the parent rest on the child, NULL where nobody
    said.

    The primary one of a child is the one `Goal.parent` names. The database itself keeps the two in step (migration
    0004): whoever writes `Goal.parent`, an import of ten thousand rows or one action, the row here follows.
    """

    child = models.ForeignKey(Goal, models.CASCADE, related_name="alignments")
    parent = models.ForeignKey(Goal, models.CASCADE, related_name="supporters")
    contribution = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    how = models.CharField(max_length=HOW_LENGTH, blank=True)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent"], name="goals_aligned_once"),
            models.UniqueConstraint(fields=["child"], condition=Q(is_primary=True), name="goals_one_primary"),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="goals_no_own_support"),
            models.CheckConstraint(
                condition=Q(contribution=None) | Q(contribution__gt=0, contribution__lte=100),
                name="goals_contribution_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} → {self.parent_id}"
