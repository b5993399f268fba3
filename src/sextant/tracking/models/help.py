"""干预建议包: what is offered when a light stays yellow, what was chosen, and whether the light turned."""

from django.db import models
from django.db.models import Q

from sextant.foundation.files.models import StoredFile
from sextant.goals.models import Goal
from sextant.metrics.models import Metric
from sextant.people.models import Person, Unit
from sextant.tracking.contracts.help import (
    LINE_LENGTH,
    NOTE_LENGTH,
    TITLE_LENGTH,
    ActKind,
    ActState,
    Cause,
    PackOutcome,
    PackState,
)


class Script(models.Model):
    """话术/做法: something that helped before, for others to use. Without a metric it is for any, without a cause too.

    How often it was used and whether it helped is counted from packs, never written here. `number` rises with every
    save; a save names the one it read.
    """

    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.TextField()
    metric = models.ForeignKey(Metric, models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=10, blank=True, choices=[(one.value, one.value) for one in Cause])
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    number = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["metric"], condition=Q(retired_at=None), name="tracking_script_by_metric")]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="tracking_script_says_something"),
            models.CheckConstraint(
                condition=Q(cause="") | Q(cause__in=[one.value for one in Cause]), name="tracking_script_cause_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class HelpOffer(models.Model):
    """我愿意帮: somebody who may be named to others as good at a metric, also to those who do not see their goals."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="+")
    offered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "metric"], name="tracking_offer_once")]


class HelpPack(models.Model):
    """One pack for one stretch of weeks in which a goal's light was not green. `trouble_on` is the end of the first of
    these weeks: the same stretch never opens a second pack. What it showed `before` is as of the opening, what it shows
    `after` as of the end of the watch, both as an evaluation run had it."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="help_packs")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", help_text="whose goal it is")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", help_text="or which unit's")
    keeper = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", help_text="who chooses what is done"
    )
    trouble_on = models.DateField()
    weeks = models.PositiveSmallIntegerField(help_text="weeks not green when it was opened")
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in PackState])
    cause = models.CharField(max_length=10, blank=True, choices=[(one.value, one.value) for one in Cause])
    hypothesis = models.CharField(max_length=NOTE_LENGTH, blank=True)
    opened_at = models.DateTimeField()
    light_before = models.CharField(max_length=6)
    completion_before = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    before_on = models.DateField()
    watch_until = models.DateField(null=True, help_text="last day of the watch")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, choices=[(one.value, one.value) for one in PackOutcome])
    light_after = models.CharField(max_length=6, blank=True)
    completion_after = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    after_on = models.DateField(null=True)
    run_id = models.BigIntegerField(null=True, help_text="the run whose figures the outcome is read from")

    class Meta:
        indexes = [
            models.Index(fields=["keeper", "-opened_at"], name="tracking_pack_by_keeper"),
            models.Index(fields=["person", "-opened_at"], name="tracking_pack_by_person"),
            models.Index(fields=["state"], condition=~Q(state="closed"), name="tracking_pack_live"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["goal", "trouble_on"], name="tracking_pack_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PackState]), name="tracking_pack_state_known"
            ),
            # a closed pack says what came of it, and from which day's figures; an open one says nothing yet
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, outcome__in=[one.value for one in PackOutcome])
                | Q(~Q(state="closed"), closed_at=None, outcome=""),
                name="tracking_pack_end_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="watched") | Q(watch_until__isnull=False), name="tracking_pack_watch_ends"
            ),
        ]


class HelpAct(models.Model):
    """What was chosen: by whom it is done, by when, and how that went."""

    pack = models.ForeignKey(HelpPack, models.CASCADE, related_name="acts")
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in ActKind])
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in ActState])
    text = models.CharField(max_length=LINE_LENGTH)
    script = models.ForeignKey(Script, models.PROTECT, null=True, related_name="uses")
    case_goal = models.ForeignKey(Goal, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", help_text="who does it, or is asked to help")
    due_on = models.DateField()
    reason = models.CharField(max_length=NOTE_LENGTH, blank=True, help_text="why it was declined or dropped")
    chosen_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "state"], name="tracking_act_by_person")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in ActKind]), name="tracking_act_kind"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in ActState]), name="tracking_act_state"),
            models.CheckConstraint(condition=~Q(text=""), name="tracking_act_says_something"),
            models.CheckConstraint(
                condition=~Q(kind="script") | Q(script__isnull=False), name="tracking_act_names_script"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="tracking_act_declined_with_reason"
            ),
            # nobody is asked twice for the same pack while they have not answered or are at it
            models.UniqueConstraint(
                fields=["pack", "person"],
                condition=Q(kind="request", state__in=["asked", "agreed"]),
                name="tracking_act_asked_once",
            ),
        ]


class Intake(models.Model):
    """What a call of another system became: the flow it started, or why it started none."""

    event_id = models.BigIntegerField()
    definition_code = models.CharField(max_length=60)
    instance_id = models.BigIntegerField(null=True)
    problem = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=LINE_LENGTH, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["definition_code", "-id"], name="tracking_intake_by_code")]
        constraints = [models.UniqueConstraint(fields=["event_id", "definition_code"], name="tracking_intake_once")]
