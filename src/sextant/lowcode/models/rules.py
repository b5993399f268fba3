"""规则 at work: when one has to look, what it knows of each subject, when it acted and what it did."""

from django.db import models
from django.db.models import Q

from sextant.lowcode.contracts.rules import ActState
from sextant.lowcode.models.definitions import Definition, DefinitionVersion

WAITING = Q(state=ActState.WAITING.value)
EVERYONE = 0
"""In place of a subject: all in the scope of the rule."""


class RuleOccasion(models.Model):
    """A rule has to look at a subject, or at everyone (0), because of what `key` names: an event, an hour of its
    schedule, a thing past its due. Once each, whoever notices it and however often. `after_id` is how far the looking
    has come among everyone."""

    definition = models.ForeignKey(Definition, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=160)
    subject_id = models.BigIntegerField(default=EVERYONE)
    at = models.DateTimeField()
    after_id = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["definition", "key", "subject_id"], name="lowcode_rule_occasion_once")
        ]
        indexes = [
            models.Index(fields=["definition", "id"], condition=Q(done_at=None), name="lowcode_rule_occasion_open"),
            models.Index(fields=["done_at"], name="lowcode_rule_occasion_done"),
        ]


class RuleState(models.Model):
    """What a rule last saw in a subject: whether its condition held (None: never known), and when it acted. Whoever
    judges holds this row, so that a rule acts once for a subject though several look at the same time."""

    definition = models.ForeignKey(Definition, models.CASCADE, related_name="+", db_index=False)
    context = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    held = models.BooleanField(null=True)
    asked_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["definition", "context", "subject_id"], name="lowcode_rule_state_once")
        ]


class RuleFiring(models.Model):
    """A rule acted on a subject: the log. `lines` are the checks of its condition, `facts` the
    values by name that they and the texts of its acts read."""

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(DefinitionVersion, models.PROTECT, related_name="+")
    context = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    occasion = models.CharField(max_length=160)
    at = models.DateTimeField()
    lines = models.JSONField(default=list)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "context", "subject_id", "occasion"], name="lowcode_rule_firing_once"
            )
        ]
        indexes = [
            models.Index(fields=["definition", "-id"], name="lowcode_rule_firing_log"),
            models.Index(fields=["context", "subject_id", "-id"], name="lowcode_rule_firing_about"),
        ]


class RuleAct(models.Model):
    """One thing to do because a rule fired: `place` in its list, counted from one. Written with the firing, done later
    in a transaction of its own: what fails is tried again without repeating the others."""

    firing = models.ForeignKey(RuleFiring, models.CASCADE, related_name="acts", db_index=False)
    place = models.PositiveSmallIntegerField()
    do = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in ActState], default="waiting")
    is_agreed = models.BooleanField(default=False, help_text="needs nobody's yes, or got it")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.JSONField(null=True)
    result = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firing", "place"], name="lowcode_rule_act_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=WAITING, name="lowcode_rule_act_due"),
            models.Index(fields=["state", "-id"], condition=~Q(state="done"), name="lowcode_rule_act_open"),
        ]
