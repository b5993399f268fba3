"""Runs of flows: an instance, the steps it visited, the timers that are set, and its log.

Whoever changes an instance locks its root first (its own row when it is nobody's part): one order, everywhere.
"""

from django.db import models
from django.db.models import Q

from sextant.lowcode.contracts.flows import LIVE, LIVE_STEPS, InstanceState, StepState
from sextant.lowcode.models.definitions import Definition, DefinitionVersion


class FlowInstance(models.Model):
    """One run of a flow, on the version it began with. `log_head` is the digest of its last line of the log."""

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="+")
    version = models.ForeignKey(DefinitionVersion, models.PROTECT, related_name="+")
    key = models.CharField(max_length=120, null=True)
    title = models.CharField(max_length=200)
    about_id = models.BigIntegerField()
    starter_id = models.BigIntegerField(null=True)
    values = models.JSONField(default=dict)
    chosen = models.JSONField(default=dict)
    state = models.CharField(max_length=12)
    serials = models.PositiveIntegerField(default=0)
    forks = models.PositiveIntegerField(default=0)
    root = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    parent_step = models.ForeignKey("FlowStep", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(default=0)
    log_head = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["version"], condition=Q(state__in=[one.value for one in LIVE]), name="lowcode_flow_running"
            ),
            models.Index(fields=["starter_id", "-started_at"], name="lowcode_flow_started"),
            models.Index(
                fields=["started_at"], condition=Q(state=InstanceState.STOPPED.value), name="lowcode_flow_stopped"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "key"], condition=Q(key__isnull=False), name="lowcode_flow_started_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in LIVE], ended_at=None)
                | (~Q(state__in=[one.value for one in LIVE]) & Q(ended_at__isnull=False)),
                name="lowcode_flow_ended",
            ),
        ]


class FlowStep(models.Model):
    """One visit of a step. `serial` numbers the visits of the instance; `scope` names the parallel arms it is in;
    `problem` says why it cannot go on. `due_at` is the first limit of its ladder as it was promised on entering:
    whether it was late is judged by that, whatever the calendar says later."""

    instance = models.ForeignKey(FlowInstance, models.CASCADE, related_name="steps", db_index=False)
    serial = models.PositiveIntegerField()
    node = models.CharField(max_length=60)
    scope = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="lowcode_step_left"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["instance", "serial"], name="lowcode_step_serial"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in LIVE_STEPS], closed_at=None)
                | (~Q(state__in=[one.value for one in LIVE_STEPS]) & Q(closed_at__isnull=False)),
                name="lowcode_step_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state=StepState.STUCK.value) | Q(problem__isnull=False), name="lowcode_step_says_why"
            ),
        ]


class FlowTimer(models.Model):
    """Something that will happen at a step unless it is left before. `code` is the stable name of the rung of the
    ladder, or what the step itself waits for. Fired timers and those of closed steps are deleted."""

    instance = models.ForeignKey(FlowInstance, models.CASCADE, related_name="timers")
    step = models.ForeignKey(FlowStep, models.CASCADE, related_name="timers", db_index=False)
    code = models.CharField(max_length=60)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="lowcode_timer_due")]
        constraints = [models.UniqueConstraint(fields=["step", "code"], name="lowcode_timer_once")]


class FlowLog(models.Model):
    """One line of what happened, added and never changed (trigger). Each carries the digest of the one before it."""

    instance = models.ForeignKey(FlowInstance, models.PROTECT, related_name="log", db_index=False)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=60)
    node = models.CharField(max_length=60, blank=True)
    params = models.JSONField(default=dict)
    note = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "number"], name="lowcode_log_number")]
