"""周期: the stretches of time goals are set for."""

from django.db import models
from django.db.models import F, Q


class Cycle(models.Model):
    """周期: the stretch of time goals are set for. Half-open: `until_on` is the first day after it."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    from_on = models.DateField()
    until_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="goals_cycle_period")]

    def __str__(self) -> str:
        return self.name
