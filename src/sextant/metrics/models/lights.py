"""Rules by which goals are judged, calendars, and lights set by hand. Nothing here is changed: what is replaced stays
with the time of its end, so that any earlier run can be judged again as it was."""

from django.db import models
from django.db.models import F, Q


class LightRules(models.Model):
    """评判规则: one version of a document of rules. The newest version of a code is in force; the code `company` holds
    for everyone."""

    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    document = models.JSONField()
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="metrics_rules_version_once")]


class RulesUse(models.Model):
    """A metric or a goal that rules other than the company's hold for, while `until_at` is empty."""

    scope = models.CharField(max_length=10)  # metric | goal
    object_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    from_by = models.CharField(max_length=200)
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "object_id"], condition=Q(until_at=None), name="metrics_rules_one_in_use"
            )
        ]


class ManualLight(models.Model):
    """人工灯: a light set by hand on the days [from_on, until_on), with its reason."""

    goal_id = models.BigIntegerField()
    light = models.CharField(max_length=6)
    reason = models.CharField(max_length=500)
    from_on = models.DateField()
    until_on = models.DateField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal_id"], condition=Q(cleared_at=None), name="metrics_one_manual_light"),
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="metrics_manual_light_days"),
            models.CheckConstraint(condition=~Q(reason=""), name="metrics_manual_light_reason"),
        ]


class CalendarVersion(models.Model):
    """工作日历: one version of a calendar. The newest of the code `company` counts everyone's days, others are chosen
    by rules."""

    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    document = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="metrics_calendar_version_once")]


class CalendarUse(models.Model):
    """A unit whose days, with those of the units below it, are counted by another calendar than the company's, while
    `until_at` is empty."""

    unit_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    from_by = models.CharField(max_length=200)
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id"], condition=Q(until_at=None), name="metrics_one_calendar_of_a_unit"
            )
        ]
