"""校调: requests to change what a goal is to reach, what was said to them, who signed, and what counted from which day.

Steps, signatures, files and targets are added and never changed: the database refuses it.
"""

from django.db import models
from django.db.models import F, Q

from sextant.foundation.files.models import StoredFile
from sextant.goals.contracts import (
    AGREED_ADJUSTMENTS,
    OPEN_ADJUSTMENTS,
    AdjustmentAct,
    AdjustmentState,
    Side,
)
from sextant.goals.models.agreement import Contract
from sextant.goals.models.goals import Goal
from sextant.goals.models.plans import Plan
from sextant.people.models import Person

REASON_LENGTH = 2000
_SIDES = [one.value for one in Side]
_OPEN = [one.value for one in OPEN_ADJUSTMENTS]
_AGREED = [one.value for one in AGREED_ADJUSTMENTS]


class AdjustmentRequest(models.Model):
    """A request of one side. `counterpart` speaks for the company where the goal has no plan; of a plan it is the
    plan's own. `before` is the text of the goal when it was asked, `suggestion` the card as it was computed then: both
    stay, whatever moves later."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="adjustments")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="adjustments")
    counterpart = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    side = models.CharField(max_length=12, choices=[(one, one) for one in _SIDES])
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in AdjustmentState])
    reason = models.CharField(max_length=REASON_LENGTH)
    before = models.JSONField()
    growth = models.DecimalField(max_digits=7, decimal_places=4, null=True, help_text="of the industry, 0.064 = 6.4 %")
    growth_source = models.CharField(max_length=200, blank=True, default="")
    suggestion = models.JSONField(default=dict)
    exceptions = models.JSONField(default=list, help_text="codes of `contracts.AdjustmentException`")
    exception_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    expires_on = models.DateField(help_text="from this day on it can no longer be answered")
    approver = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    effective_on = models.DateField(null=True, help_text="set when both have signed")
    use = models.DecimalField(max_digits=9, decimal_places=6, null=True, help_text="share of what was first signed")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["plan", "-asked_at"], name="goals_adjustment_by_plan"),
            models.Index(fields=["goal", "-asked_at"], name="goals_adjustment_by_goal"),
            models.Index(fields=["expires_on"], condition=Q(state__in=_OPEN), name="goals_adjustment_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["goal"], condition=Q(state__in=[*_OPEN, "agreed"]), name="goals_adjusted_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(side__in=_SIDES), name="goals_adjustment_side_known"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in AdjustmentState]), name="goals_adjustment_state_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="goals_adjustment_has_reason"),
            # what counts has a day and its share of the elasticity; what does not, has neither
            models.CheckConstraint(
                condition=Q(state__in=_AGREED, effective_on__isnull=False, use__isnull=False)
                | (~Q(state__in=_AGREED) & Q(effective_on=None, use=None)),
                name="goals_adjustment_agreed",
            ),
        ]


class AdjustmentStep(models.Model):
    """One thing done to a request. `terms`, `changes` and `effective_on` belong to offers alone."""

    request = models.ForeignKey(AdjustmentRequest, models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=12, choices=[(one.value, one.value) for one in AdjustmentAct])
    side = models.CharField(max_length=12, blank=True, default="", help_text='"" for neither side')
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()
    note = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    terms = models.JSONField(null=True)
    changes = models.JSONField(default=list)
    effective_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="goals_adjustment_step_once"),
            models.CheckConstraint(condition=Q(side__in=[*_SIDES, ""]), name="goals_adjustment_step_side"),
        ]


class AdjustmentSignature(models.Model):
    """One side under one offer. It counts while the text it named is still the text that would be signed: `digest` of
    the plan's whole text with the offer in it, at the plan's `revision` (0 for a goal without a plan)."""

    request = models.ForeignKey(AdjustmentRequest, models.PROTECT, related_name="signatures")
    step = models.PositiveIntegerField(help_text="number of the offer")
    side = models.CharField(max_length=12, choices=[(one, one) for one in _SIDES])
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    typed_name = models.CharField(max_length=100)
    at = models.DateTimeField()
    device = models.CharField(max_length=100)
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "side", "step", "revision", "digest"], name="goals_adjustment_signed_once"
            ),
            models.CheckConstraint(condition=Q(side__in=_SIDES), name="goals_adjustment_signature_side"),
        ]


class AdjustmentFile(models.Model):
    """证据: a file one side attached, under its own name, with what it shows."""

    request = models.ForeignKey(AdjustmentRequest, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    note = models.CharField(max_length=200, blank=True, default="")
    by_person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class GoalTarget(models.Model):
    """What a goal is measured against from `from_on` until its next row. A goal that was never adjusted has none: its
    own row says it. The first of a goal is what was signed at the beginning, `request` and `movement` NULL."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="targets")
    from_on = models.DateField()
    until_on = models.DateField(help_text="end of the goal as agreed from this day on")
    base = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    stretch = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    start = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    range_low = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    range_high = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    tolerance = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    request = models.ForeignKey(AdjustmentRequest, models.PROTECT, null=True, related_name="targets")
    movement = models.ForeignKey("goals.Movement", models.PROTECT, null=True, related_name="targets")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["goal", "-from_on", "-id"], name="goals_target_latest")]
        constraints = [
            models.UniqueConstraint(fields=["request"], name="goals_target_once_per_request"),
            models.UniqueConstraint(
                fields=["goal"], condition=Q(request=None, movement=None), name="goals_target_one_first"
            ),
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="goals_target_days"),
        ]
