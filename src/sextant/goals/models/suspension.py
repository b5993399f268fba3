"""暂缓考核: stretches of days on which a goal is watched and not judged."""

from django.db import models
from django.db.models import F, Q

from sextant.goals.models.goals import Goal
from sextant.people.models import Person


class Suspension(models.Model):
    """Agreed for the days [from_on, until_on); over from `ended_on` on, which is None while it lasts."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="suspensions")
    from_on = models.DateField()
    until_on = models.DateField()
    reason = models.CharField(max_length=500)
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["until_on"], condition=Q(ended_on=None), name="goals_suspension_due")]
        constraints = [
            models.UniqueConstraint(fields=["goal"], condition=Q(ended_on=None), name="goals_suspended_once"),
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="goals_suspension_days"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("from_on")), name="goals_suspension_end"
            ),
        ]
