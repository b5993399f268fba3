"""人员异动: what was decided about a person's goals when they moved. Added, never changed: the database refuses it."""

from django.db import models
from django.db.models import F, Q

from sextant.engines.movement import Cause, Decision
from sextant.goals.models.goals import Goal
from sextant.people.models import Person


class Movement(models.Model):
    """One guided step for one person, in force from the day `on`; `until_on` is the first day after a leave.

    `content` is the addendum to the contracts it touches: the canonical text of what was decided, goal by goal, with
    the figures before and after; `digest` its SHA-256, which the database checks.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="movements")
    cause = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Cause])
    on = models.DateField()
    until_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "-on"], name="goals_movement_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=[one.value for one in Cause]), name="goals_movement_cause_known"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gt=F("on")), name="goals_movement_leave_days"
            ),
        ]


class MovedGoal(models.Model):
    """What became of one goal in a movement; `successor` is the goal that goes on elsewhere, None where none does."""

    movement = models.ForeignKey(Movement, models.PROTECT, related_name="goals")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="moves")
    successor = models.ForeignKey(Goal, models.PROTECT, null=True, related_name="moves_before")
    decision = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Decision])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["movement", "goal"], name="goals_moved_once"),
            models.UniqueConstraint(fields=["successor"], name="goals_moved_from_one"),
            models.CheckConstraint(
                condition=Q(decision__in=[one.value for one in Decision]), name="goals_moved_decision_known"
            ),
        ]
