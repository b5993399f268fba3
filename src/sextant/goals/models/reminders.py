"""催办: that somebody was reminded of a plan that waits for them."""

from django.db import models

from sextant.goals.models.plans import Plan
from sextant.people.models import Person


class PlanReminder(models.Model):
    """A reminder of an open plan, at most one a day whoever sends it; `person` is who was reminded."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="reminders")
    on = models.DateField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "on", "person"], name="goals_reminded_once_a_day")]
