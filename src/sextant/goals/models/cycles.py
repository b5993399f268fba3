"""周期: the stretches of time goals are set for."""

from django.db import models
from django.db.models import F, Q

from sextant.goals.policy.closing import DEFAULT_DAYS, MOST_DAYS


class Cycle(models.Model):
    """周期: the stretch of time goals are set for. Half-open: `until_on` is the first day after it."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    from_on = models.DateField()
    until_on = models.DateField()
    closing_days = models.PositiveSmallIntegerField(
        default=DEFAULT_DAYS, db_default=DEFAULT_DAYS, help_text="days after the end until its plans are closed"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="goals_cycle_period"),
            models.CheckConstraint(
                condition=Q(closing_days__gte=1, closing_days__lte=MOST_DAYS), name="goals_cycle_closing_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name
